#include "protobuf.h"

#include <string.h>

enum { VARINT = 0, FIXED64 = 1, LENGTH_DELIMITED = 2, FIXED32 = 5, VARINT_BYTES_MAX = 10 };

void put_varint(struct bytes *out, uint64_t value) {
  for (; value >= 0x80; value >>= 7) {
    bytes_byte(out, (uint8_t)(value | 0x80));
  }
  bytes_byte(out, (uint8_t)value);
}

void put_varint_field(struct bytes *out, uint32_t field, uint64_t value) {
  put_varint(out, (uint64_t)field << 3 | VARINT);
  put_varint(out, value);
}

void put_bytes_field(struct bytes *out, uint32_t field, const void *data, size_t size) {
  put_varint(out, (uint64_t)field << 3 | LENGTH_DELIMITED);
  put_varint(out, size);
  bytes_put(out, data, size);
}

void put_text_field(struct bytes *out, uint32_t field, const char *text) {
  put_bytes_field(out, field, text, strlen(text));
}

void put_fixed64_field(struct bytes *out, uint32_t field, uint64_t value) {
  put_varint(out, (uint64_t)field << 3 | FIXED64);
  for (int i = 0; i < 8; i++) {
    bytes_byte(out, (uint8_t)(value >> (8 * i)));
  }
}

uint64_t zigzag(int64_t value) { return (uint64_t)value << 1 ^ (uint64_t)(value >> 63); }

static uint64_t varint(struct reader *reader) {
  uint64_t value = 0;
  for (int i = 0; i < VARINT_BYTES_MAX && reader->size > 0; i++) {
    uint8_t byte = *reader->data++;
    reader->size--;
    value |= (uint64_t)(byte & 0x7f) << (7 * i);
    if (byte < 0x80) {
      return value;
    }
  }
  reader->damaged = true;
  return 0;
}

static void skip(struct reader *reader, struct field *field, uint64_t size) {
  if (size > reader->size) {
    reader->damaged = true;
    return;
  }
  field->data = reader->data;
  field->size = (size_t)size;
  reader->data += size;
  reader->size -= (size_t)size;
}

bool next_field(struct reader *reader, struct field *field) {
  memset(field, 0, sizeof *field);
  if (reader->damaged || reader->size == 0) {
    return false;
  }
  uint64_t tag = varint(reader);
  field->number = (uint32_t)(tag >> 3);
  switch (tag & 7) {
    case VARINT:
      field->value = varint(reader);
      break;
    case FIXED64:
      skip(reader, field, 8);
      for (size_t i = 0; i < field->size; i++) {
        field->value |= (uint64_t)field->data[i] << (8 * i);
      }
      break;
    case LENGTH_DELIMITED:
      skip(reader, field, varint(reader));
      break;
    case FIXED32:
      skip(reader, field, 4);
      break;
    default:
      reader->damaged = true;
  }
  return !reader->damaged;
}
