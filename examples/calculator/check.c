/* Expressions whose values, or faults, are known. */
#include "calculator.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

struct check {
  const char *text;
  double value;
  const char *fault; /* NULL: none */
};

static const struct check CHECKS[] = {
    {"1 + 2 * 3", 7, NULL},
    {"(1 + 2) * 3", 9, NULL},
    {"2 ^ 3 ^ 2", 512, NULL},
    {"-2 ^ 2", -4, NULL},
    {"2 ^ -1", 0.5, NULL},
    {"7 % 4 - 10 / 4", 0.5, NULL},
    {".5e1 # a comment", 5, NULL},
    {"a = b = 6", 6, NULL},
    {"a * b + a", 42, NULL},
    {"sqrt(hypot(3, 4) + 11)", 4, NULL},
    {"max(1, 5, 3) - min(1, 5, 3)", 4, NULL},
    {"gcd(48, 36, 30)", 6, NULL},
    {"log(8, 2)", 3, NULL},
    {"round(2.345, 1)", 2.3, NULL},
    {"mean(1, 2, 6)", 3, NULL},
    {"median(5, 1, 4, 2)", 3, NULL},
    {"deviation(2, 4, 4, 4, 5, 5, 7, 9) ^ 2 * 7", 32, NULL},
    {"floor(-0.5) + ceil(0.5) + abs(-3)", 3, NULL},
    {"sin(0) + cos(0) + tan(0) + exp(0)", 2, NULL},
    {"1 / 0", 0, "division by zero"},
    {"nobody + 1", 0, "'nobody' has no value"},
    {"nothing(1)", 0, "there is no function 'nothing'"},
    {"sin()", 0, "'sin' takes 1 to 1 arguments, not 0"},
    {"1 +", 0, "expected a number, a name or '('"},
    {"(1", 0, "expected ')'"},
    {"1 = 2", 0, "expected a name before '='"},
    {"1 2", 0, "expected an operator or the end"},
};

static int is_right(const struct check *check, double value, const struct fault *fault) {
  if (check->fault != NULL) {
    return strcmp(check->fault, fault->text) == 0;
  }
  return fault->text[0] == '\0' && fabs(value - check->value) < 1e-9;
}

int run_checks(void) {
  struct symbols *symbols = symbols_new();
  int count = (int)(sizeof CHECKS / sizeof CHECKS[0]);
  int wrong = 0;
  for (int i = 0; i < count; i++) {
    struct fault fault;
    double value = calculate(CHECKS[i].text, symbols, &fault);
    if (!is_right(&CHECKS[i], value, &fault)) {
      printf("wrong: %s gives %g %s\n", CHECKS[i].text, value, fault.text);
      wrong++;
    }
  }
  symbols_free(symbols);
  printf("%d of %d checks passed\n", count - wrong, count);
  return wrong;
}
