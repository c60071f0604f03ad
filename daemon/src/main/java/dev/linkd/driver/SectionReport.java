package dev.linkd.driver;

import dev.linkd.output.Output;

/** What {@code --print-gc-sections} and {@code --print-icf-sections} print, in the words of lld. */
final class SectionReport {
  private SectionReport() {}

  static boolean wanted(Plan plan) {
    return plan.printCollected || plan.printFolded;
  }

  static String text(Plan plan, Output output) {
    StringBuilder text = new StringBuilder();
    if (plan.printCollected) {
      output.collected(
          (input, section) -> section(text, "removing unused section ", input, section));
    }
    if (plan.printFolded) {
      output.folded(
          (leads, input, section) ->
              section(
                  text,
                  leads ? "selected section " : "  removing identical section ",
                  input,
                  section));
    }
    return text.toString();
  }

  private static void section(StringBuilder text, String what, String input, String section) {
    text.append(what).append(input).append(":(").append(section).append(")\n");
  }
}
