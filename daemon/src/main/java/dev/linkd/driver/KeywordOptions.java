package dev.linkd.driver;

import static dev.linkd.driver.Arity.NONE;
import static dev.linkd.driver.Option.implemented;
import static dev.linkd.driver.Option.noOp;

import java.util.List;

/** The keywords of {@code -z}; in the table their names begin with "z ". */
final class KeywordOptions {
  private KeywordOptions() {}

  static List<Option> rows() {
    return List.of(
        implemented(
            NONE,
            "All imports are resolved when the program starts.",
            "SpecsTest#importsAreBoundNow",
            (plan, none) -> plan.bindNow = true,
            "z now"),
        implemented(
            NONE,
            "Imported functions are resolved at their first call.",
            "SpecsTest#laterOptionsUndoEarlierOnes",
            (plan, none) -> plan.bindNow = false,
            "z lazy"),
        implemented(
            NONE,
            "Reports undefined symbols of a shared library too.",
            "SharedLibraryLinkTest#undefinedSymbolsOfALibraryAreReportedOnRequest",
            (plan, none) -> plan.undefinedSymbols = Plan.Undefined.REPORT,
            "z defs"),
        implemented(
            NONE,
            "Leaves undefined symbols to the dynamic linker.",
            "SpecsTest#undefinedSymbolsAreAllowed",
            (plan, none) -> plan.undefinedSymbols = Plan.Undefined.ALLOW,
            "z undefs",
            "z nodefs"),
        implemented(
            NONE,
            "Of several definitions the first counts.",
            "NamesLinkTest#ofSeveralDefinitionsTheFirstCountsOnRequest",
            (plan, none) -> plan.names.firstWins = true,
            "z muldefs"),
        noOp(NONE, "The order of dynamic relocations has no meaning.", "z combreloc"),
        noOp(NONE, "The order of dynamic relocations has no meaning.", "z nocombreloc"),
        noOp(NONE, "Always so.", "z rela"),
        implemented(
            NONE,
            "`__start_` and `__stop_` symbols do not keep the sections that they surround.",
            "CollectionLinkTest#sectionsBehindStartSymbolsAreKeptUnlessAskedOtherwise",
            (plan, none) -> plan.collectStartStop = true,
            "z start-stop-gc"),
        implemented(
            NONE,
            "References to `__start_` and `__stop_` symbols keep the sections that they surround.",
            "CollectionLinkTest#sectionsBehindStartSymbolsAreKeptUnlessAskedOtherwise",
            (plan, none) -> plan.collectStartStop = false,
            "z nostart-stop-gc"),
        implemented(
            NONE,
            "Packs relative relocations (`.relr.dyn`, DT_RELR), and says so to glibc.",
            "PackedRelocationsLinkTest#relativeRelocationsArePacked",
            (plan, none) -> plan.tags.packRelative = true,
            "z pack-relative-relocs"),
        implemented(
            NONE,
            "Packs no relocations; so it is without the option.",
            "PackedRelocationsLinkTest#theyAreNotPackedUnlessAskedFor",
            (plan, none) -> plan.tags.packRelative = false,
            "z nopack-relative-relocs"));
  }
}
