/* Numbers for people. */
#include "calculator.h"

#include <math.h>
#include <stdio.h>

int significant_digits(void) { return 6; }

/* Integers of a reasonable size in full, everything else with the significant digits. */
const char *format_number(double number, char *buffer) {
  if (isnan(number)) {
    return "not a number";
  }
  if (number == floor(number) && fabs(number) < 1e15) {
    snprintf(buffer, NUMBER_BYTES, "%.0f", number == 0 ? 0 : number);
  } else {
    snprintf(buffer, NUMBER_BYTES, "%.*g", significant_digits(), number);
  }
  return buffer;
}
