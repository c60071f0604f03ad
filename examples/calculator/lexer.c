/* Cuts text into tokens. */
#include "calculator.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

void lexer_start(struct lexer *lexer, const char *text) {
  lexer->start = text;
  lexer->next = text;
}

static int starts_number(const char *text) {
  return isdigit((unsigned char)text[0]) || (text[0] == '.' && isdigit((unsigned char)text[1]));
}

static int in_name(char c) { return isalnum((unsigned char)c) || c == '_'; }

static void read_number(struct lexer *lexer, struct token *token) {
  char *end;
  token->kind = TOKEN_NUMBER;
  token->number = strtod(lexer->next, &end);
  lexer->next = end;
}

static void read_name(struct lexer *lexer, struct token *token) {
  const char *first = lexer->next;
  while (in_name(*lexer->next)) {
    lexer->next++;
  }
  size_t length = (size_t)(lexer->next - first);
  if (length > NAME_MAX_BYTES) {
    token->kind = TOKEN_UNKNOWN;
    return;
  }
  token->kind = TOKEN_NAME;
  memcpy(token->name, first, length);
  token->name[length] = '\0';
}

struct token lexer_next(struct lexer *lexer) {
  struct token token = {0};
  while (isspace((unsigned char)*lexer->next)) {
    lexer->next++;
  }
  token.column = (size_t)(lexer->next - lexer->start) + 1;
  if (*lexer->next == '\0' || *lexer->next == '#') {
    token.kind = TOKEN_END;
  } else if (starts_number(lexer->next)) {
    read_number(lexer, &token);
  } else if (in_name(*lexer->next)) {
    read_name(lexer, &token);
  } else if (strchr("+-*/%^(),=", *lexer->next) != NULL) {
    token.kind = TOKEN_OPERATOR;
    token.operator = *lexer->next++;
  } else {
    token.kind = TOKEN_UNKNOWN;
  }
  return token;
}
