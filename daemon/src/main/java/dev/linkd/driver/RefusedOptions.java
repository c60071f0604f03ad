package dev.linkd.driver;

import static dev.linkd.driver.Arity.NONE;
import static dev.linkd.driver.Arity.REQUIRED;
import static dev.linkd.driver.Option.refused;

import java.util.List;

/** Options that ask for an output which linkd does not make. */
final class RefusedOptions {
  private static final String STRIP = "Symbols and debug information are not removed; use strip.";
  private static final String LAYOUT = "Addresses are not given by the command line.";
  private static final String REPORT = "The report is not written.";

  private RefusedOptions() {}

  static List<Option> rows() {
    return List.of(
        refused(NONE, STRIP, "s", "strip-all"),
        refused(NONE, STRIP, "S", "strip-debug"),
        refused(NONE, STRIP, "x", "discard-all"),
        refused(NONE, STRIP, "X", "discard-locals"),
        refused(REQUIRED, STRIP, "retain-symbols-file"),
        refused(NONE, "Relocatable outputs are not made.", "r", "i", "relocatable"),
        refused(NONE, "Relocations are not kept.", "q", "emit-relocs"),
        refused(REQUIRED, "Scripts that lay out an image are not followed.", "T", "script"),
        refused(
            REQUIRED, "Scripts that lay out an image are not followed.", "default-script", "dT"),
        refused(REQUIRED, LAYOUT, "Ttext", "Tdata", "Tbss", "Ttext-segment", "Trodata-segment"),
        refused(REQUIRED, LAYOUT, "section-start"),
        refused(REQUIRED, LAYOUT, "image-base"),
        refused(NONE, LAYOUT, "n", "nmagic"),
        refused(NONE, LAYOUT, "N", "omagic"),
        refused(NONE, "Libraries are not told where to look for symbols first.", "Bgroup"),
        refused(REQUIRED, "Symbols are defined by inputs only.", "defsym"),
        refused(REQUIRED, "References are not redirected.", "wrap"),
        refused(REQUIRED, "Use -u.", "require-defined"),
        refused(NONE, "Undefined symbols are errors, or see -z undefs.", "noinhibit-exec"),
        refused(NONE, "Of two definitions none is preferred.", "allow-multiple-definition"),
        refused(
            NONE,
            "Only libraries that are named define symbols.",
            "copy-dt-needed-entries",
            "add-needed"),
        refused(REQUIRED, "Symbols are not read from an image.", "R", "just-symbols"),
        refused(NONE, "x86-64 has one byte order.", "EB"),
        refused(NONE, REPORT, "M", "print-map"),
        refused(REQUIRED, REPORT, "Map"),
        refused(NONE, REPORT, "cref"),
        refused(REQUIRED, REPORT, "y", "trace-symbol"),
        refused(REQUIRED, REPORT, "dependency-file"),
        refused(REQUIRED, REPORT, "reproduce"),
        refused(REQUIRED, REPORT, "why-extract"),
        refused(REQUIRED, REPORT, "why-live"),
        refused(REQUIRED, REPORT, "print-archive-stats"));
  }
}
