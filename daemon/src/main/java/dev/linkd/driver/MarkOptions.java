package dev.linkd.driver;

import static dev.linkd.driver.Arity.NONE;
import static dev.linkd.driver.Arity.REQUIRED;
import static dev.linkd.driver.Option.implemented;
import static dev.linkd.object.ElfConstants.*;

import dev.linkd.output.BoundarySymbols;
import java.util.List;

/** Keywords of {@code -z} that are recorded for the dynamic linker, or concern what it does. */
final class MarkOptions {
  private static final String PROOF = "ExportLinkTest#marksAreRecorded";

  private MarkOptions() {}

  static List<Option> rows() {
    return List.of(
        mark(DF_1_INITFIRST, "The library is initialised before others.", "z initfirst"),
        mark(DF_1_INTERPOSE, "The symbols come before those of other libraries.", "z interpose"),
        mark(DF_1_NODELETE, "The library stays loaded.", "z nodelete"),
        mark(DF_1_NOOPEN, "The library cannot be loaded by a running program.", "z nodlopen"),
        mark(DF_1_NODUMP, "The library cannot be dumped.", "z nodump"),
        mark(DF_1_NODEFLIB, "Needed libraries are not looked for elsewhere.", "z nodefaultlib"),
        mark(DF_1_LOADFLTR, "Libraries that a filter stands for are loaded at once.", "z loadfltr"),
        mark(DF_1_GLOBAUDIT, "Auditors see what the program needs too.", "z globalaudit"),
        mark(DF_1_GLOBAL, "The symbols are global whoever loads the library.", "z global"),
        implemented(
            NONE,
            "The library is loaded once, in the main namespace (DF_GNU_1_UNIQUE).",
            PROOF,
            (plan, none) -> plan.tags.unique = true,
            "z unique"),
        implemented(
            NONE,
            "It is loaded in every namespace; so without it too.",
            PROOF,
            (plan, none) -> plan.tags.unique = false,
            "z nounique"),
        implemented(
            NONE,
            "The dynamic linker looks for symbols of the library in it and in what it needs first"
                + " (DF_1_GROUP); undefined symbols are reported.",
            "ExportLinkTest#aGroupIsMarked",
            (plan, none) -> {
              plan.tags.flags1 |= DF_1_GROUP;
              plan.undefinedSymbols = Plan.Undefined.REPORT;
            },
            "Bgroup"),
        implemented(
            NONE,
            "Paths with `$ORIGIN` are expanded at once.",
            PROOF,
            (plan, none) -> {
              plan.tags.flags |= DF_ORIGIN;
              plan.tags.flags1 |= DF_1_ORIGIN;
            },
            "z origin"),
        implemented(
            NONE,
            "An executable may hold copies of objects of libraries; so without it too.",
            "ExportLinkTest#copiesOfObjectsCanBeRefused",
            (plan, none) -> plan.exports.copies = true,
            "z copyreloc"),
        implemented(
            NONE,
            "Code that needs copies of objects of libraries is refused.",
            "ExportLinkTest#copiesOfObjectsCanBeRefused",
            (plan, none) -> plan.exports.copies = false,
            "z nocopyreloc"),
        implemented(
            REQUIRED,
            "`hidden` and `internal` keep `__start_` and `__stop_` symbols from being exported;"
                + " `default` and `protected` export those of all sections, from executables"
                + " too.",
            "LinkerSymbolsLinkTest#anExecutableExportsBoundariesOnRequest",
            MarkOptions::boundaries,
            "z start-stop-visibility"));
  }

  private static Option mark(int bit, String text, String name) {
    return implemented(NONE, text, PROOF, (plan, none) -> plan.tags.flags1 |= bit, name);
  }

  private static void boundaries(Plan plan, String visibility) throws UsageException {
    plan.exports.boundaries =
        switch (visibility) {
          case "hidden", "internal" -> BoundarySymbols.HIDDEN;
          case "default", "protected" -> BoundarySymbols.EXPORTED;
          default ->
              throw new UsageException("unknown -z start-stop-visibility= value: " + visibility);
        };
  }
}
