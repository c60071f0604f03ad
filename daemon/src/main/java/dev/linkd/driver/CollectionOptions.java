package dev.linkd.driver;

import static dev.linkd.driver.Arity.NONE;
import static dev.linkd.driver.Arity.OPTIONAL;
import static dev.linkd.driver.Arity.REQUIRED;
import static dev.linkd.driver.Option.implemented;

import dev.linkd.output.FoldingRules;
import java.util.List;

/** Options about sections that are left out or become one. */
final class CollectionOptions {
  private CollectionOptions() {}

  static List<Option> rows() {
    return List.of(
        implemented(
            NONE,
            "Leaves out sections that nothing leads to: not the entry, an exported or required"
                + " symbol, nor a section that is always wanted.",
            "CollectionLinkTest#whatNothingLeadsToIsLeftOut",
            (plan, none) -> plan.collect = true,
            "gc-sections"),
        implemented(
            NONE,
            "Keeps all sections.",
            "CollectionLinkTest#theLastOptionCounts",
            (plan, none) -> plan.collect = false,
            "no-gc-sections"),
        implemented(
            REQUIRED,
            "Leaves out input sections of that name, whatever refers to them.",
            "CollectionLinkTest#sectionsAreDiscardedByName",
            (plan, name) -> plan.discarded.add(name),
            "discard-section"),
        implemented(
            REQUIRED,
            "Takes back `--discard-section` for that name.",
            "CollectionLinkTest#sectionsAreDiscardedByName",
            (plan, name) -> plan.discarded.remove(name),
            "no-discard-section"),
        implemented(
            NONE,
            "Variables in sections with names of their own that are written out as zeros take no"
                + " room in the file. Without effect when a linker script places sections.",
            "PlacementLinkTest#zerosNeedNoRoomOnRequest",
            (plan, none) -> plan.zerosOmitted = true,
            "zero-to-bss"),
        implemented(
            NONE,
            "Zeros of such sections are in the file; so without it too.",
            "PlacementLinkTest#zerosNeedNoRoomOnRequest",
            (plan, none) -> plan.zerosOmitted = false,
            "no-zero-to-bss"),
        implemented(
            NONE,
            "Lists the sections that are left out.",
            "CollectionLinkTest#whatIsLeftOutIsListed",
            (plan, none) -> plan.printCollected = true,
            "print-gc-sections"),
        implemented(
            NONE,
            "Lists nothing.",
            "CollectionLinkTest#theLastOptionCounts",
            (plan, none) -> plan.printCollected = false,
            "no-print-gc-sections"),
        implemented(
            NONE,
            "What is visible to other modules is kept in an executable, too.",
            "CollectionLinkTest#whatCouldBeExportedIsKeptOnRequest",
            (plan, none) -> plan.keepExported = true,
            "gc-keep-exported"),
        implemented(
            NONE,
            "An executable keeps what other modules refer to; so without it too.",
            "CollectionLinkTest#whatCouldBeExportedIsKeptOnRequest",
            (plan, none) -> plan.keepExported = false,
            "no-gc-keep-exported"),
        implemented(
            OPTIONAL,
            "`all`, and without a value: functions of the same meaning get one address; `safe`:"
                + " only those whose address nobody takes; `none`, which is the default.",
            "FoldingLinkTest#functionsOfTheSameMeaningBecomeOne",
            CollectionOptions::fold,
            "icf"),
        implemented(
            REQUIRED,
            "The symbol keeps an address of its own.",
            "FoldingLinkTest#aUniqueFunctionIsNotFolded",
            (plan, symbol) -> plan.unique.add(symbol),
            "keep-unique"),
        implemented(
            NONE,
            "Lists the sections that are folded.",
            "FoldingLinkTest#whatIsFoldedIsListed",
            (plan, none) -> plan.printFolded = true,
            "print-icf-sections"),
        implemented(
            NONE,
            "Lists nothing.",
            "FoldingLinkTest#whatIsFoldedIsListed",
            (plan, none) -> plan.printFolded = false,
            "no-print-icf-sections"),
        implemented(
            NONE,
            "With `--icf` constants of the same content get one address, too.",
            "FoldingLinkTest#constantsAreFoldedOnRequest",
            (plan, none) -> plan.foldData = true,
            "ignore-data-address-equality"));
  }

  private static void fold(Plan plan, String mode) throws UsageException {
    plan.folded =
        switch (mode) {
          case "", "all" -> FoldingRules.Functions.ALL;
          case "safe" -> FoldingRules.Functions.SAFE;
          case "none" -> FoldingRules.Functions.NONE;
          default -> throw new UsageException("unknown --icf= value: " + mode);
        };
  }
}
