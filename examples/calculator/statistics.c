/* What can be said about several values. */
#include "calculator.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int ascending(const void *left, const void *right) {
  double a = *(const double *)left;
  double b = *(const double *)right;
  return (a > b) - (a < b);
}

static void sort_copy(double *sorted, const double *values, int count) {
  memcpy(sorted, values, (size_t)count * sizeof *sorted);
  qsort(sorted, (size_t)count, sizeof *sorted, ascending);
}

double statistics_sum(const double *values, int count) {
  double sum = 0;
  for (int i = 0; i < count; i++) {
    sum += values[i];
  }
  return sum;
}

double statistics_mean(const double *values, int count) {
  return statistics_sum(values, count) / count;
}

double statistics_median(const double *values, int count) {
  double sorted[ARGUMENTS_MAX];
  sort_copy(sorted, values, count);
  int middle = count / 2;
  return count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

double statistics_deviation(const double *values, int count) {
  double mean = statistics_sum(values, count) / count;
  double squares = 0;
  for (int i = 0; i < count; i++) {
    squares += (values[i] - mean) * (values[i] - mean);
  }
  return sqrt(squares / (count - 1));
}
