#include "diagnostic.h"

#include <stdio.h>
#include <string.h>

/* Field numbers of linkd/v1/diagnostic.proto. */
enum place { INPUT = 1, SECTION = 2, OFFSET = 4 };

void put_string(struct bytes *text, const char *string) { bytes_put(text, string, strlen(string)); }

void put_place(struct bytes *text, const struct field *message) {
  struct reader place = {.data = message->data, .size = message->size};
  struct field field, input = {0}, section = {0};
  char offset[24] = "";
  while (next_field(&place, &field)) {
    if (field.number == INPUT) {
      input = field;
    } else if (field.number == SECTION) {
      section = field;
    } else if (field.number == OFFSET) {
      snprintf(offset, sizeof offset, "+0x%llx", (unsigned long long)field.value);
    }
  }
  bytes_put(text, input.data, input.size);
  if (section.size > 0 || offset[0] != '\0') {
    put_string(text, input.size > 0 ? ":(" : "(");
    bytes_put(text, section.data, section.size);
    put_string(text, offset);
    put_string(text, ")");
  }
  if (text->size > 0) {
    put_string(text, ": ");
  }
}
