#include "hpack.h"

#include <string.h>

/* Section 6 of RFC 7541: what the first bits of a field say, and how many bits its number has. */
enum { INDEXED = 0x80, LITERAL_INDEXED = 0x40, TABLE_SIZE = 0x20, HUFFMAN = 0x80 };
enum { INDEXED_BITS = 7, LITERAL_INDEXED_BITS = 6, TABLE_SIZE_BITS = 5, LITERAL_BITS = 4, LENGTH_BITS = 7 };

struct block {
  const uint8_t *data;
  size_t size;
  bool damaged;
};

struct text {
  const uint8_t *data;
  size_t size;
  bool coded;
};

/* Section 5.1: a number in the last bits of a byte, and in the bytes behind it if it is larger. */
static size_t number(struct block *block, int bits) {
  if (block->size == 0) {
    block->damaged = true;
    return 0;
  }
  size_t most = (1u << bits) - 1;
  size_t value = *block->data & most;
  block->data++;
  block->size--;
  if (value < most) {
    return value;
  }
  for (int shift = 0; shift < 28 && block->size > 0; shift += 7) {
    uint8_t byte = *block->data++;
    block->size--;
    value += (size_t)(byte & 0x7f) << shift;
    if (byte < 0x80) {
      return value;
    }
  }
  block->damaged = true;
  return 0;
}

static struct text string(struct block *block) {
  struct text text = {.coded = block->size > 0 && (*block->data & HUFFMAN) != 0};
  size_t size = number(block, LENGTH_BITS);
  if (block->damaged || size > block->size) {
    block->damaged = true;
    return text;
  }
  text.data = block->data;
  text.size = size;
  block->data += size;
  block->size -= size;
  return text;
}

bool hpack_find(const uint8_t *data, size_t size, const char *name, struct bytes *value) {
  struct block block = {.data = data, .size = size};
  while (block.size > 0 && !block.damaged) {
    uint8_t first = *block.data;
    if ((first & INDEXED) != 0) {
      number(&block, INDEXED_BITS);
      continue;
    }
    if ((first & (LITERAL_INDEXED | TABLE_SIZE)) == TABLE_SIZE) {
      number(&block, TABLE_SIZE_BITS);
      continue;
    }
    bool indexed = (first & LITERAL_INDEXED) != 0;
    struct text key = {.coded = true};
    if (number(&block, indexed ? LITERAL_INDEXED_BITS : LITERAL_BITS) == 0 && !block.damaged) {
      key = string(&block);
    }
    struct text found = string(&block);
    if (!block.damaged && !key.coded && !found.coded && key.size == strlen(name)
        && memcmp(key.data, name, key.size) == 0) {
      bytes_put(value, found.data, found.size);
      return !value->failed;
    }
  }
  return false;
}
