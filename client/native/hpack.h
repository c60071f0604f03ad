/* Reading the headers of an answer (HPACK, RFC 7541). */
#ifndef LINKD_HPACK_H
#define LINKD_HPACK_H

#include "http2.h"

/*
 * Appends the value of a header to `value`. False if there is none of that name, or its name or
 * value is Huffman coded, which the daemon does only with long ones. The names in the static table
 * are not found. The dynamic table must be empty, as the settings of http2.c demand.
 */
bool hpack_find(const uint8_t *block, size_t size, const char *name, struct bytes *value);

#endif
