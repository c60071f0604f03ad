package dev.linkd.client.demo;

/**
 * A change of one source file.
 *
 * @param title what a person sees of it
 * @param unit the translation unit
 * @param from text that is replaced
 * @param to text that replaces it
 * @param note what there is to know about the numbers; may be empty
 */
record Edit(String title, String unit, String from, String to, String note) {
  /** The function keeps its size, hence its place. */
  static final Edit IN_PLACE =
      new Edit(
          "Edit one function: significant_digits() in format.c returns 10 instead of 6",
          "format",
          "return 6;",
          "return 10;",
          "Debug information changes too. The first patch writes the second of the two files whole.");

  private static final String MEAN =
      """
      double statistics_mean(const double *values, int count) {
        return statistics_sum(values, count) / count;
      }
      """;

  /** The function outgrows its place, and calls one that is new. */
  private static final String TRIMMED_MEAN =
      """
      __attribute__((noinline)) static int without_extremes(double *sorted, int count) {
        int dropped = count / 5;
        memmove(sorted, sorted + dropped, (size_t)(count - 2 * dropped) * sizeof *sorted);
        return count - 2 * dropped;
      }

      double statistics_mean(const double *values, int count) {
        double sorted[ARGUMENTS_MAX];
        double scaled = 0;
        if (count < 5) {
          return statistics_sum(values, count) / count;
        }
        sort_copy(sorted, values, count);
        int kept = without_extremes(sorted, count);
        double largest = fmax(fabs(sorted[0]), fabs(sorted[kept - 1]));
        if (largest == 0) {
          return 0;
        }
        for (int i = 0; i < kept; i++) {
          scaled += sorted[i] / largest;
        }
        return scaled / kept * largest;
      }
      """;

  static final Edit GROWS =
      new Edit(
          "A function grows and calls a new one: statistics_mean() leaves out the extremes",
          "statistics",
          MEAN,
          TRIMMED_MEAN,
          "");

  /** The new function is gone again. */
  static final Edit SHRINKS =
      new Edit("Take that back: the new function is removed", "statistics", TRIMMED_MEAN, MEAN, "");
}
