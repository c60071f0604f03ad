/* Evaluates expressions: the arguments, or the lines of standard input. */
#include "calculator.h"

#include <stdio.h>
#include <string.h>

static const char USAGE[] =
    "Usage: calculator [EXPRESSION...]\n"
    "       calculator --check | --functions | --help\n"
    "Evaluates the expressions, or the lines of standard input, and prints their values.\n";

static void define_constants(struct symbols *symbols) {
  symbols_set(symbols, "pi", 3.14159265358979323846);
  symbols_set(symbols, "e", 2.71828182845904523536);
}

/* Returns 1 when the expression was wrong. */
static int answer(const char *text, struct symbols *symbols) {
  struct fault fault;
  char buffer[NUMBER_BYTES];
  double value = calculate(text, symbols, &fault);
  if (fault.text[0] != '\0') {
    printf("%s : column %zu: %s\n", text, fault.column, fault.text);
    return 1;
  }
  printf("%s -> %s\n", text, format_number(value, buffer));
  return 0;
}

static void print_variable(const char *name, double value, void *context) {
  char buffer[NUMBER_BYTES];
  fprintf(context, "  %-10s %s\n", name, format_number(value, buffer));
}

static int answer_lines(struct symbols *symbols) {
  char line[1024];
  int faults = 0;
  while (fgets(line, sizeof line, stdin) != NULL) {
    line[strcspn(line, "\n")] = '\0';
    if (strcmp(line, "variables") == 0) {
      printf("%zu variables\n", symbols_count(symbols));
      symbols_each(symbols, print_variable, stdout);
    } else if (line[0] != '\0') {
      faults += answer(line, symbols);
    }
  }
  return faults;
}

static int print_functions(void) {
  size_t count;
  const struct function *functions = function_table(&count);
  for (size_t i = 0; i < count; i++) {
    printf("%-10s %s\n", functions[i].name, functions[i].help);
  }
  return 0;
}

int main(int argc, char **argv) {
  const char *first = argc > 1 ? argv[1] : "";
  if (strcmp(first, "--help") == 0) {
    fputs(USAGE, stdout);
    return 0;
  }
  if (strcmp(first, "--check") == 0) {
    return run_checks() == 0 ? 0 : 1;
  }
  if (strcmp(first, "--functions") == 0) {
    return print_functions();
  }
  struct symbols *symbols = symbols_new();
  define_constants(symbols);
  int faults = 0;
  for (int i = 1; i < argc; i++) {
    faults += answer(argv[i], symbols);
  }
  if (argc == 1) {
    faults = answer_lines(symbols);
  }
  symbols_free(symbols);
  return faults == 0 ? 0 : 1;
}
