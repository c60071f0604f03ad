/* A calculator for expressions: 2 * pi, r = 3, mean(1, 2, 3). One header for its few files. */
#ifndef CALCULATOR_H
#define CALCULATOR_H

#include <stddef.h>

enum {
  ARGUMENTS_MAX = 16, /* of one call */
  DEPTH_MAX = 200,    /* of nested parentheses, calls and signs */
  NAME_MAX_BYTES = 31,
  MESSAGE_BYTES = 96
};

/* What was wrong with an expression; an empty text when nothing was. */
struct fault {
  size_t column; /* counted from 1 */
  char text[MESSAGE_BYTES];
};

/* ---- lexer.c: text to tokens ---- */

enum token_kind { TOKEN_END, TOKEN_NUMBER, TOKEN_NAME, TOKEN_OPERATOR, TOKEN_UNKNOWN };

struct token {
  enum token_kind kind;
  size_t column;
  double number;                 /* of TOKEN_NUMBER */
  char name[NAME_MAX_BYTES + 1]; /* of TOKEN_NAME; longer names are unknown tokens */
  char operator;                 /* of TOKEN_OPERATOR: one of + - * / % ^ ( ) , = */
};

struct lexer {
  const char *start;
  const char *next;
};

void lexer_start(struct lexer *lexer, const char *text);
struct token lexer_next(struct lexer *lexer);

/* ---- parser.c: tokens to a tree ---- */

enum node_kind { NODE_NUMBER, NODE_NAME, NODE_UNARY, NODE_BINARY, NODE_CALL, NODE_ASSIGN };

struct node {
  enum node_kind kind;
  size_t column;
  double number;
  char name[NAME_MAX_BYTES + 1];
  char operator;
  int child_count;
  struct node *children[ARGUMENTS_MAX];
};

/* The tree of an expression, to be given to node_free; NULL after a fault. */
struct node *parse(const char *text, struct fault *fault);
void node_free(struct node *node);
void fault_set(struct fault *fault, size_t column, const char *format, ...);

/* ---- symbols.c: names to values ---- */

struct symbols;

struct symbols *symbols_new(void);
void symbols_free(struct symbols *symbols);
void symbols_set(struct symbols *symbols, const char *name, double value);
/* 1 and the value, or 0 when the name is not known. */
int symbols_get(const struct symbols *symbols, const char *name, double *value);
size_t symbols_count(const struct symbols *symbols);
/* Calls visit with each name in alphabetical order. */
void symbols_each(const struct symbols *symbols,
                  void (*visit)(const char *name, double value, void *context), void *context);

/* ---- functions.c and statistics.c: what can be called ---- */

struct function {
  const char *name;
  int arguments_min;
  int arguments_max;
  double (*call)(const double *arguments, int count);
  const char *help;
};

/* NULL when there is no such function. */
const struct function *function_find(const char *name);
const struct function *function_table(size_t *count);

double statistics_sum(const double *values, int count);
double statistics_mean(const double *values, int count);
double statistics_median(const double *values, int count);
double statistics_deviation(const double *values, int count);

/* ---- evaluate.c: a tree to a value ---- */

/* The value; with a fault, 0. */
double evaluate(const struct node *node, struct symbols *symbols, struct fault *fault);
/* Parses and evaluates. */
double calculate(const char *text, struct symbols *symbols, struct fault *fault);

/* ---- format.c: values to text ---- */

enum { NUMBER_BYTES = 40 };

int significant_digits(void);
/* Writes the number into a buffer of NUMBER_BYTES and returns it. */
const char *format_number(double number, char *buffer);

/* ---- check.c ---- */

/* Evaluates expressions whose values are known; returns how many were wrong. */
int run_checks(void);

#endif
