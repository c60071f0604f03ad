package dev.linkd.output;

import java.util.List;

/**
 * Names that the user adds, redirects or demands, beside what the inputs say.
 *
 * @param defined symbols that the command line defines; they win over definitions of inputs
 * @param wrapped undefined references to {@code NAME} become {@code __wrap_NAME}, and those to
 *     {@code __real_NAME} become {@code NAME}
 * @param demanded names that count as referred to and have to be defined
 * @param demandedPatterns wildcards: archive members that define a matching name are taken
 * @param firstWins of several strong definitions the first counts, instead of being reported
 * @param warnCommon reports names that are common and defined elsewhere too
 * @param entryOptional says nothing when no input defines the entry symbol
 */
public record NameRules(
    List<DefinedSymbol> defined,
    List<String> wrapped,
    List<String> demanded,
    List<String> demandedPatterns,
    boolean firstWins,
    boolean warnCommon,
    boolean entryOptional) {

  /** What linkers do without options. */
  public static final NameRules USUAL =
      new NameRules(List.of(), List.of(), List.of(), List.of(), false, false, false);

  public NameRules {
    defined = List.copyOf(defined);
    wrapped = List.copyOf(wrapped);
    demanded = List.copyOf(demanded);
    demandedPatterns = List.copyOf(demandedPatterns);
  }

  /** A symbol with the expression that gives its value. */
  public record DefinedSymbol(String name, SymbolExpression value) {}
}
