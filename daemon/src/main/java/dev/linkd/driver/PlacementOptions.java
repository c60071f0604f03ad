package dev.linkd.driver;

import static dev.linkd.driver.Arity.NONE;
import static dev.linkd.driver.Arity.OPTIONAL;
import static dev.linkd.driver.Arity.REQUIRED;
import static dev.linkd.driver.Option.implemented;

import dev.linkd.output.PlacementRules.Sort;
import dev.linkd.output.SectionOrder;
import dev.linkd.output.SectionOrder.Kind;
import java.util.List;

/** Options that choose output sections, and the order of what they contain. */
final class PlacementOptions {
  private PlacementOptions() {}

  static List<Option> rows() {
    return List.of(
        implemented(
            NONE,
            "`.text.hot`, `.text.unknown`, `.text.unlikely`, `.text.startup`, `.text.exit` and"
                + " `.text.split` are sections of their own.",
            "PlacementLinkTest#partsOfTheCodeKeepTheirNames",
            (plan, none) -> plan.layout.textPrefixes = true,
            "z keep-text-section-prefix"),
        implemented(
            NONE,
            "All code is in `.text`; so it is without the option.",
            "PlacementLinkTest#partsOfTheCodeKeepTheirNames",
            (plan, none) -> plan.layout.textPrefixes = false,
            "z nokeep-text-section-prefix"),
        implemented(
            OPTIONAL,
            "Input sections whose names match the wildcard keep their names; without one, all do.",
            "PlacementLinkTest#sectionsKeepTheirNamesOnRequest",
            (plan, pattern) -> plan.layout.unique.add(pattern.isEmpty() ? "*" : pattern),
            "unique"),
        implemented(
            REQUIRED,
            "`NAME=ALIGNMENT`: the section is aligned at least so much.",
            "PlacementLinkTest#aSectionIsAlignedAsAskedFor",
            (plan, value) -> plan.layout.sectionAlignment(value),
            "section-align"),
        implemented(
            REQUIRED,
            "So many PT_NULL entries follow the program headers, for tools that add some.",
            "PlacementLinkTest#programHeadersAreSpared",
            (plan, value) -> plan.layout.spareHeaders(value),
            "spare-program-headers"),
        implemented(
            NONE,
            "Defines `__start_` and `__stop_` symbols for all sections of the image, also"
                + " `__start_text` for `.text`.",
            "PlacementLinkTest#everySectionHasBoundariesOnRequest",
            (plan, none) -> plan.layout.boundaries = true,
            "start-stop"),
        implemented(
            REQUIRED,
            "At the first link, sections that define the symbols in the file come first.",
            "PlacementLinkTest#listedSymbolsComeFirst",
            (plan, file) -> {
              plan.layout.orderFile = file;
              plan.layout.orderFileKind = Kind.SYMBOLS;
            },
            "symbol-ordering-file"),
        implemented(
            REQUIRED,
            "At the first link, sections that match the wildcards in the file come first.",
            "PlacementLinkTest#listedSectionsComeFirst",
            (plan, file) -> {
              plan.layout.orderFile = file;
              plan.layout.orderFileKind = Kind.SECTIONS;
            },
            "section-ordering-file"),
        implemented(
            REQUIRED,
            "`name` or `alignment`: how wildcards of a linker script are sorted that do not say"
                + " it.",
            "ScriptCommandsLinkTest#wildcardsAreSortedOnRequest",
            PlacementOptions::sort,
            "sort-section"),
        implemented(
            OPTIONAL,
            "A first link places functions and data in an order that the seed decides.",
            "PlacementLinkTest#sectionsAreShuffled",
            (plan, seed) -> plan.layout.shuffle(seed),
            "shuffle-sections"),
        implemented(
            NONE,
            "A first link places the inputs in the opposite order; constructors run in it too.",
            "PlacementLinkTest#inputsAreReversed",
            (plan, none) -> plan.layout.order = new SectionOrder(Kind.REVERSED, 0, List.of()),
            "reverse-sections"));
  }

  private static void sort(Plan plan, String key) throws UsageException {
    plan.layout.sort =
        switch (key) {
          case "name" -> Sort.NAME;
          case "alignment" -> Sort.ALIGNMENT;
          case "none" -> Sort.INPUTS;
          default -> throw new UsageException("invalid section sorting option: " + key);
        };
  }
}
