/* Parts of diagnostics as text. */
#ifndef LINKD_DIAGNOSTIC_H
#define LINKD_DIAGNOSTIC_H

#include "protobuf.h"

void put_string(struct bytes *text, const char *string);

/* Appends a Place of diagnostic.proto as "input:(section+0xoffset): ", as far as it is known. */
void put_place(struct bytes *text, const struct field *message);

#endif
