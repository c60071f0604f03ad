/* Builds the tree of an expression by recursive descent, one function for each precedence:
 *
 *   assignment:  name = assignment | sum
 *   sum:         product { (+|-) product }
 *   product:     sign { (*|/|%) sign }
 *   sign:        (+|-) sign | power
 *   power:       primary [ ^ sign ]
 *   primary:     number | name | name ( [ assignment { , assignment } ] ) | ( assignment )
 */
#include "calculator.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct parser {
  struct lexer lexer;
  struct token token; /* the one that is looked at */
  struct fault *fault;
  int depth;
};

static struct node *parse_assignment(struct parser *parser);
static struct node *parse_sign(struct parser *parser);

void fault_set(struct fault *fault, size_t column, const char *format, ...) {
  if (fault->text[0] != '\0') {
    return; /* the first one is the cause of the others */
  }
  va_list values;
  va_start(values, format);
  vsnprintf(fault->text, sizeof fault->text, format, values);
  va_end(values);
  fault->column = column;
}

static struct node *node_new(enum node_kind kind, const struct token *token) {
  struct node *node = calloc(1, sizeof *node);
  if (node == NULL) {
    perror("calculator");
    exit(3);
  }
  node->kind = kind;
  node->column = token->column;
  node->operator = token->operator;
  node->number = token->number;
  memcpy(node->name, token->name, sizeof node->name);
  return node;
}

void node_free(struct node *node) {
  if (node == NULL) {
    return;
  }
  for (int i = 0; i < node->child_count; i++) {
    node_free(node->children[i]);
  }
  free(node);
}

/* Gives the child to the node; a child that could not be parsed takes the node with it. */
static struct node *with_child(struct node *node, struct node *child) {
  if (child == NULL) {
    node_free(node);
    return NULL;
  }
  node->children[node->child_count++] = child;
  return node;
}

static void advance(struct parser *parser) { parser->token = lexer_next(&parser->lexer); }

static int at(const struct parser *parser, char operator) {
  return parser->token.kind == TOKEN_OPERATOR && parser->token.operator == operator;
}

static int at_one_of(const struct parser *parser, const char *operators) {
  return parser->token.kind == TOKEN_OPERATOR && strchr(operators, parser->token.operator) != NULL;
}

static struct node *unexpected(struct parser *parser, const char *wanted) {
  fault_set(parser->fault, parser->token.column, "expected %s", wanted);
  return NULL;
}

static struct node *parse_call(struct parser *parser, const struct token *name) {
  struct node *call = node_new(NODE_CALL, name);
  advance(parser); /* the opening parenthesis */
  while (!at(parser, ')')) {
    if (call->child_count == ARGUMENTS_MAX) {
      fault_set(parser->fault, parser->token.column, "more than %d arguments", ARGUMENTS_MAX);
      node_free(call);
      return NULL;
    }
    call = with_child(call, parse_assignment(parser));
    if (call == NULL) {
      return NULL;
    }
    if (at(parser, ',')) {
      advance(parser);
    } else if (!at(parser, ')')) {
      node_free(call);
      return unexpected(parser, "',' or ')'");
    }
  }
  advance(parser);
  return call;
}

static struct node *parse_group(struct parser *parser) {
  advance(parser);
  struct node *inner = parse_assignment(parser);
  if (inner != NULL && !at(parser, ')')) {
    node_free(inner);
    return unexpected(parser, "')'");
  }
  advance(parser);
  return inner;
}

static struct node *parse_primary(struct parser *parser) {
  struct token token = parser->token;
  if (token.kind == TOKEN_NUMBER) {
    advance(parser);
    return node_new(NODE_NUMBER, &token);
  }
  if (token.kind == TOKEN_NAME) {
    advance(parser);
    return at(parser, '(') ? parse_call(parser, &token) : node_new(NODE_NAME, &token);
  }
  if (at(parser, '(')) {
    return parse_group(parser);
  }
  return unexpected(parser, "a number, a name or '('");
}

static struct node *binary(struct parser *parser, struct node *left,
                           struct node *(*operand)(struct parser *)) {
  struct node *node = node_new(NODE_BINARY, &parser->token);
  advance(parser);
  node = with_child(node, left);
  return with_child(node, operand(parser));
}

static struct node *parse_power(struct parser *parser) {
  struct node *base = parse_primary(parser);
  return base != NULL && at(parser, '^') ? binary(parser, base, parse_sign) : base;
}

static struct node *parse_sign(struct parser *parser) {
  if (++parser->depth > DEPTH_MAX) {
    fault_set(parser->fault, parser->token.column, "nested more than %d deep", DEPTH_MAX);
    return NULL;
  }
  struct node *node;
  if (at_one_of(parser, "+-")) {
    node = node_new(NODE_UNARY, &parser->token);
    advance(parser);
    node = with_child(node, parse_sign(parser));
  } else {
    node = parse_power(parser);
  }
  parser->depth--;
  return node;
}

static struct node *parse_product(struct parser *parser) {
  struct node *node = parse_sign(parser);
  while (node != NULL && at_one_of(parser, "*/%")) {
    node = binary(parser, node, parse_sign);
  }
  return node;
}

static struct node *parse_sum(struct parser *parser) {
  struct node *node = parse_product(parser);
  while (node != NULL && at_one_of(parser, "+-")) {
    node = binary(parser, node, parse_product);
  }
  return node;
}

static struct node *parse_assignment(struct parser *parser) {
  struct node *node = parse_sum(parser);
  if (node == NULL || !at(parser, '=')) {
    return node;
  }
  if (node->kind != NODE_NAME) {
    node_free(node);
    return unexpected(parser, "a name before '='");
  }
  node->kind = NODE_ASSIGN;
  advance(parser);
  return with_child(node, parse_assignment(parser));
}

struct node *parse(const char *text, struct fault *fault) {
  struct parser parser = {.fault = fault};
  lexer_start(&parser.lexer, text);
  advance(&parser);
  struct node *node = parse_assignment(&parser);
  if (node != NULL && parser.token.kind != TOKEN_END) {
    node_free(node);
    return unexpected(&parser, "an operator or the end");
  }
  return node;
}
