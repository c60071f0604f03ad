package dev.linkd.driver;

import static dev.linkd.driver.Arity.NONE;
import static dev.linkd.driver.Arity.REQUIRED;
import static dev.linkd.driver.Option.implemented;

import dev.linkd.output.Stripping.Locals;
import dev.linkd.output.Stripping.Strip;
import java.util.List;
import java.util.stream.Stream;

/** Options about names and the symbol table. */
final class SymbolOptions {
  private SymbolOptions() {}

  static List<Option> rows() {
    return Stream.concat(names().stream(), stripping().stream()).toList();
  }

  private static List<Option> names() {
    return List.of(
        implemented(
            REQUIRED,
            "The symbol counts as referred to: archive members that define it are taken.",
            "ArchiveLinkTest#aRequiredSymbolTakesItsMember",
            (plan, symbol) -> plan.required.add(symbol),
            "u",
            "undefined"),
        implemented(
            REQUIRED,
            "Like `-u`, and an error when nothing defines the symbol.",
            "NamesLinkTest#aDemandedSymbolHasToBeDefined",
            (plan, symbol) -> plan.names.demanded.add(symbol),
            "require-defined"),
        implemented(
            REQUIRED,
            "Takes all archive members that define a name which matches the wildcard.",
            "NamesLinkTest#aPatternTakesTheMembersThatMatch",
            (plan, pattern) -> plan.names.demandedPatterns.add(pattern),
            "undefined-glob"),
        implemented(
            REQUIRED,
            "`NAME=EXPRESSION` defines a symbol: numbers, symbols, operators and functions as in"
                + " linker scripts.",
            "DefinedSymbolLinkTest#aNumberIsAnAbsoluteSymbol",
            (plan, text) -> plan.names.define(text),
            "defsym"),
        implemented(
            REQUIRED,
            "Undefined references to `NAME` become `__wrap_NAME`; those to `__real_NAME`, `NAME`.",
            "NamesLinkTest#aWrapperStandsBeforeTheFunction",
            (plan, name) -> plan.names.wrapped.add(name),
            "wrap"),
        implemented(
            NONE,
            "Of several definitions the first counts.",
            "NamesLinkTest#ofSeveralDefinitionsTheFirstCountsOnRequest",
            (plan, none) -> plan.names.firstWins = true,
            "allow-multiple-definition"),
        implemented(
            NONE,
            "Several definitions are an error.",
            "NamesLinkTest#ofSeveralDefinitionsTheFirstCountsOnRequest",
            (plan, none) -> plan.names.firstWins = false,
            "no-allow-multiple-definition"),
        implemented(
            NONE,
            "Warns about names that are common and defined elsewhere too.",
            "NamesLinkTest#commonSymbolsAreReportedOnRequest",
            (plan, none) -> plan.names.warnCommon = true,
            "warn-common"),
        implemented(
            NONE,
            "Common symbols are not reported; so without it too.",
            "NamesLinkTest#commonSymbolsAreReportedOnRequest",
            (plan, none) -> plan.names.warnCommon = false,
            "no-warn-common"));
  }

  private static List<Option> stripping() {
    return List.of(
        implemented(
            NONE,
            "Makes no symbol table and leaves debug information out.",
            "StrippingLinkTest#aStrippedProgramHasNoSymbolTable",
            (plan, none) -> plan.stripping.strip(Strip.ALL),
            "s",
            "strip-all"),
        implemented(
            NONE,
            "Leaves debug information out.",
            "StrippingLinkTest#debugInformationIsLeftOut",
            (plan, none) -> plan.stripping.strip(Strip.DEBUG),
            "S",
            "strip-debug"),
        implemented(
            NONE,
            "Leaves local symbols out of the symbol table.",
            "StrippingLinkTest#localSymbolsAreDiscarded",
            (plan, none) -> plan.stripping.locals = Locals.DISCARDED,
            "x",
            "discard-all"),
        implemented(
            NONE,
            "Leaves local symbols out whose names begin with `.L`.",
            "StrippingLinkTest#temporarySymbolsAreDiscarded",
            (plan, none) -> plan.stripping.locals = Locals.TEMPORARY_DISCARDED,
            "X",
            "discard-locals"),
        implemented(
            NONE,
            "Keeps local symbols.",
            "StrippingLinkTest#temporarySymbolsAreDiscarded",
            (plan, none) -> plan.stripping.locals = Locals.KEPT,
            "discard-none"),
        implemented(
            REQUIRED,
            "The symbol table keeps only the global symbols that the file lists.",
            "StrippingLinkTest#onlyListedSymbolsAreRetained",
            (plan, file) -> plan.stripping.retainedFile = file,
            "retain-symbols-file"));
  }
}
