package dev.linkd.driver;

import static dev.linkd.driver.Arity.NONE;
import static dev.linkd.driver.Arity.REQUIRED;
import static dev.linkd.driver.Option.refused;

import java.util.List;

/** Options that ask for an output which linkd does not make. */
final class RefusedOptions {
  private static final String REPORT = "The report is not written.";

  private RefusedOptions() {}

  static List<Option> rows() {
    return List.of(
        refused(NONE, "Libraries are not told where to look for symbols first.", "Bgroup"),
        refused(NONE, "Undefined symbols are errors, or see -z undefs.", "noinhibit-exec"),
        refused(
            NONE,
            "Only libraries that are named define symbols.",
            "copy-dt-needed-entries",
            "add-needed"),
        refused(NONE, "x86-64 has one byte order.", "EB"),
        refused(REQUIRED, REPORT, "reproduce"),
        refused(REQUIRED, REPORT, "why-live"),
        refused(REQUIRED, REPORT, "print-archive-stats"));
  }
}
