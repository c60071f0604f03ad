/* The wire format of Protocol Buffers: writing fields, and reading them one after the other. */
#ifndef LINKD_PROTOBUF_H
#define LINKD_PROTOBUF_H

#include "http2.h"

void put_varint(struct bytes *out, uint64_t value);
void put_varint_field(struct bytes *out, uint32_t field, uint64_t value);
void put_bytes_field(struct bytes *out, uint32_t field, const void *data, size_t size);
void put_text_field(struct bytes *out, uint32_t field, const char *text);
void put_fixed64_field(struct bytes *out, uint32_t field, uint64_t value);

/* How sint64 represents a number. */
uint64_t zigzag(int64_t value);

/* One field of a message. `data` and `size` are set for strings, bytes, messages and packed numbers. */
struct field {
  uint32_t number;
  uint64_t value;
  const uint8_t *data;
  size_t size;
};

/* What is left of a message; `damaged` sticks. */
struct reader {
  const uint8_t *data;
  size_t size;
  bool damaged;
};

/* Reads the next field; false at the end, and where the message is damaged. */
bool next_field(struct reader *reader, struct field *field);

#endif
