package dev.linkd.driver;

import static dev.linkd.driver.Arity.NONE;
import static dev.linkd.driver.Arity.OPTIONAL;
import static dev.linkd.driver.Arity.REQUIRED;
import static dev.linkd.driver.Option.noOp;

import java.util.List;

/** Options without effect: the output is what they ask for anyhow. */
final class AcceptedOptions {
  private static final String GROUPS = "Archives are always searched until nothing is found.";
  private static final String SPEED = "Concerns the linker's own work only.";
  private static final String EXTRA = "Concerns warnings that are not given.";
  private static final String ORDER = "Concerns the placement of sections, which has no meaning.";
  private static final String PLUGIN =
      "Machine code is linked; an input with bytecode only is an error that names it.";

  private AcceptedOptions() {}

  static List<Option> rows() {
    return List.of(
        noOp(
            Arity.REQUIRED,
            "Every byte of the file belongs to something and is written.",
            "filler"),
        noOp(REQUIRED, PLUGIN, "plugin"),
        noOp(REQUIRED, PLUGIN, "plugin-opt"),
        noOp(NONE, GROUPS, "(", "start-group"),
        noOp(NONE, GROUPS, ")", "end-group"),
        noOp(REQUIRED, "Optimises for size at most.", "O"),
        noOp(OPTIONAL, ORDER, "sort-common"),
        noOp(NONE, ORDER, "no-call-graph-profile-sort"),
        noOp(OPTIONAL, ORDER, "call-graph-profile-sort"),
        noOp(REQUIRED, ORDER, "call-graph-ordering-file"),
        noOp(NONE, "Always so.", "no-ld-generated-unwind-info", "ld-generated-unwind-info"),
        noOp(NONE, "x86-64 has one byte order.", "EL"),
        noOp(NONE, "Always so in a relocatable output.", "no-define-common"),
        noOp(NONE, "Historic; ld ignores it too.", "g"),
        noOp(OPTIONAL, SPEED, "threads"),
        noOp(REQUIRED, SPEED, "thread-count"),
        noOp(
            NONE,
            SPEED,
            "no-threads",
            "quick-exit",
            "no-quick-exit",
            "no-keep-memory",
            "reduce-memory-overheads",
            "no-mmap-output-file",
            "mmap-output-file",
            "no-map-whole-files",
            "map-whole-files",
            "stats",
            "perf"),
        noOp(OPTIONAL, PLUGIN, "save-temps"),
        noOp(OPTIONAL, "No profile of the link is written.", "time-trace"),
        noOp(
            NONE,
            "Concerns the columns of GNU ld's map.",
            "print-map-discarded",
            "no-print-map-discarded",
            "print-map-locals",
            "no-print-map-locals"),
        noOp(
            NONE,
            "Symbols of sections that are left out are left out, too.",
            "strip-discarded",
            "no-strip-discarded"),
        noOp(
            NONE,
            "Information about types (CTF) stays as it is.",
            "ctf-variables",
            "no-ctf-variables"),
        noOp(REQUIRED, SPEED, "hash-size", "max-cache-size", "time-trace-granularity"),
        noOp(
            NONE,
            "The process that was started ends when the output is whole.",
            "fork",
            "no-fork",
            "detach",
            "no-detach"),
        noOp(
            REQUIRED,
            PLUGIN,
            "mllvm",
            "lto-O",
            "lto-partitions",
            "lto-obj-path",
            "thinlto-jobs",
            "thinlto-cache-dir",
            "thinlto-cache-policy"),
        noOp(
            REQUIRED,
            PLUGIN,
            "lto-basic-block-sections",
            "lto-sample-profile",
            "opt-remarks-filename",
            "opt-remarks-passes",
            "opt-remarks-format"),
        noOp(
            NONE,
            PLUGIN,
            "lto-O0",
            "lto-O1",
            "lto-O2",
            "lto-O3",
            "lto-whole-program-visibility",
            "no-lto-whole-program-visibility",
            "optimize-bb-jumps",
            "no-optimize-bb-jumps",
            "fat-lto-objects",
            "no-fat-lto-objects"),
        noOp(NONE, "As without it: members replace common symbols.", "fortran-common"),
        noOp(NONE, "Allows more only.", "ignore-function-address-equality"),
        noOp(
            NONE,
            "The dynamic linker reads addends from the relocation only.",
            "check-dynamic-relocations",
            "no-check-dynamic-relocations"),
        noOp(NONE, "Names have no underscore in front.", "no-leading-underscore"),
        noOp(NONE, "So without it too.", "z nokeep-data-section-prefix", "no-debug-names"),
        noOp(
            NONE,
            "Relocations of the dynamic linker have their addends beside them (RELA).",
            "apply-dynamic-relocs",
            "no-apply-dynamic-relocs"),
        noOp(NONE, "Common symbols of an image are objects.", "z nocommon", "z common"),
        noOp(
            NONE,
            "Protected symbols are never copied into a program.",
            "z noextern-protected-data",
            "z noindirect-extern-access"),
        noOp(NONE, "So without it too.", "z nomark-plt", "z nomemory-seal"),
        noOp(NONE, "Processors have no MPX any more.", "z bndplt"),
        noOp(NONE, "Code and constants have pages of their own.", "xosegment", "no-xosegment"),
        noOp(NONE, "As in GNU ld: without meaning here.", "Qy", "traditional-format"),
        noOp(REQUIRED, "As in GNU ld: without meaning here.", "G", "gpsize", "assert"),
        noOp(
            NONE,
            "As `ld` for x86-64 does: inputs for other machines are refused.",
            "accept-unknown-input-arch",
            "no-accept-unknown-input-arch"),
        noOp(
            NONE,
            "The comment with the linker's version is not written.",
            "disable-linker-version"),
        noOp(
            NONE,
            EXTRA,
            "warn-once",
            "warn-constructors",
            "warn-section-align",
            "warn-alternate-em",
            "warn-rwx-segments",
            "no-warn-rwx-segments",
            "no-warn-mismatch",
            "no-warn-search-mismatch",
            "warn-backrefs",
            "no-warn-backrefs",
            "no-warn-symbol-ordering",
            "warn-symbol-ordering",
            "warn-ifunc-textrel",
            "error-rwx-segments",
            "no-error-rwx-segments",
            "check-sections",
            "no-check-sections"),
        noOp(REQUIRED, EXTRA, "warn-backrefs-exclude"));
  }
}
