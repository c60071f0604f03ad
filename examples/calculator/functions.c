/* The functions that expressions can call: one table, sorted by name. */
#include "calculator.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static double call_abs(const double *a, int count) {
  (void)count;
  return fabs(a[0]);
}

static double call_ceil(const double *a, int count) {
  (void)count;
  return ceil(a[0]);
}

static double call_cos(const double *a, int count) {
  (void)count;
  return cos(a[0]);
}

static double call_exp(const double *a, int count) {
  (void)count;
  return exp(a[0]);
}

static double call_floor(const double *a, int count) {
  (void)count;
  return floor(a[0]);
}

static double call_gcd(const double *a, int count) {
  double divisor = 0;
  for (int i = 0; i < count; i++) {
    double x = fabs(trunc(a[i]));
    while (x > 0) {
      double rest = fmod(divisor, x);
      divisor = x;
      x = rest;
    }
  }
  return divisor;
}

static double call_hypot(const double *a, int count) {
  (void)count;
  return hypot(a[0], a[1]);
}

static double call_log(const double *a, int count) {
  return count == 1 ? log(a[0]) : log(a[0]) / log(a[1]);
}

static double call_max(const double *a, int count) {
  double most = a[0];
  for (int i = 1; i < count; i++) {
    most = fmax(most, a[i]);
  }
  return most;
}

static double call_min(const double *a, int count) {
  double least = a[0];
  for (int i = 1; i < count; i++) {
    least = fmin(least, a[i]);
  }
  return least;
}

static double call_round(const double *a, int count) {
  double scale = count == 1 ? 1 : pow(10, a[1]);
  return round(a[0] * scale) / scale;
}

static double call_sin(const double *a, int count) {
  (void)count;
  return sin(a[0]);
}

static double call_sqrt(const double *a, int count) {
  (void)count;
  return sqrt(a[0]);
}

static double call_tan(const double *a, int count) {
  (void)count;
  return tan(a[0]);
}

static const struct function TABLE[] = {
    {"abs", 1, 1, call_abs, "distance from 0"},
    {"ceil", 1, 1, call_ceil, "next integer above"},
    {"cos", 1, 1, call_cos, "cosine of an angle in radians"},
    {"deviation", 2, ARGUMENTS_MAX, statistics_deviation, "standard deviation of a sample"},
    {"exp", 1, 1, call_exp, "e to the power"},
    {"floor", 1, 1, call_floor, "next integer below"},
    {"gcd", 2, ARGUMENTS_MAX, call_gcd, "greatest common divisor"},
    {"hypot", 2, 2, call_hypot, "length of the longest side"},
    {"log", 1, 2, call_log, "natural logarithm, or the one to a base"},
    {"max", 1, ARGUMENTS_MAX, call_max, "largest"},
    {"mean", 1, ARGUMENTS_MAX, statistics_mean, "average"},
    {"median", 1, ARGUMENTS_MAX, statistics_median, "the one in the middle"},
    {"min", 1, ARGUMENTS_MAX, call_min, "smallest"},
    {"round", 1, 2, call_round, "nearest integer, or to so many places"},
    {"sin", 1, 1, call_sin, "sine of an angle in radians"},
    {"sqrt", 1, 1, call_sqrt, "square root"},
    {"sum", 1, ARGUMENTS_MAX, statistics_sum, "sum"},
    {"tan", 1, 1, call_tan, "tangent of an angle in radians"},
};

static int by_name(const void *name, const void *function) {
  return strcmp(name, ((const struct function *)function)->name);
}

const struct function *function_find(const char *name) {
  return bsearch(name, TABLE, sizeof TABLE / sizeof TABLE[0], sizeof TABLE[0], by_name);
}

const struct function *function_table(size_t *count) {
  *count = sizeof TABLE / sizeof TABLE[0];
  return TABLE;
}
