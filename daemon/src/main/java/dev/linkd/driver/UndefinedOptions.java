package dev.linkd.driver;

import static dev.linkd.driver.Arity.NONE;
import static dev.linkd.driver.Arity.REQUIRED;
import static dev.linkd.driver.Option.implemented;

import dev.linkd.output.UndefinedRules.Weak;
import java.util.List;

/** Options about references to what nothing defines. */
final class UndefinedOptions {
  private UndefinedOptions() {}

  static List<Option> rows() {
    return List.of(
        implemented(
            REQUIRED,
            "`report-all`, `ignore-all`, `ignore-in-object-files` or `ignore-in-shared-libs`.",
            "UndefinedLinkTest#undefinedSymbolsAreReportedAsAskedFor",
            UndefinedOptions::unresolved,
            "unresolved-symbols"),
        implemented(
            NONE,
            "Undefined symbols are warnings.",
            "UndefinedLinkTest#undefinedSymbolsCanBeWarnings",
            (plan, none) -> plan.exports.warnUndefined = true,
            "warn-unresolved-symbols"),
        implemented(
            NONE,
            "Undefined symbols are errors; so without it too.",
            "UndefinedLinkTest#undefinedSymbolsCanBeWarnings",
            (plan, none) -> plan.exports.warnUndefined = false,
            "error-unresolved-symbols"),
        implemented(
            NONE,
            "Faults of the link are warnings, and the output is made all the same.",
            "UndefinedLinkTest#theOutputIsMadeDespiteFaultsOnRequest",
            (plan, none) -> plan.exports.faultsTolerated = true,
            "noinhibit-exec"),
        implemented(
            REQUIRED,
            "The symbol may stay undefined.",
            "UndefinedLinkTest#oneSymbolCanStayUndefined",
            (plan, name) -> plan.exports.undefinedNames.add(name),
            "ignore-unresolved-symbol"),
        implemented(
            NONE,
            "Undefined symbols of shared libraries are not reported.",
            "UndefinedLinkTest#whatLibrariesRequireHasToBeDefined",
            (plan, none) -> plan.exports.undefinedOfLibraries = false,
            "allow-shlib-undefined"),
        implemented(
            NONE,
            "Reports undefined symbols of those shared libraries of which all that they need is an"
                + " input; for executables so without it too.",
            "UndefinedLinkTest#whatLibrariesRequireHasToBeDefined",
            (plan, none) -> plan.exports.undefinedOfLibraries = true,
            "no-allow-shlib-undefined"),
        implemented(
            NONE,
            "The dynamic linker is asked for weak symbols that nothing defines.",
            "UndefinedLinkTest#weakSymbolsAreLeftToTheDynamicLinker",
            (plan, none) -> plan.exports.weak = Weak.ALWAYS,
            "z dynamic-undefined-weak"),
        implemented(
            NONE,
            "Weak symbols that nothing defines are 0.",
            "UndefinedLinkTest#weakSymbolsAreLeftToTheDynamicLinker",
            (plan, none) -> plan.exports.weak = Weak.NEVER,
            "z nodynamic-undefined-weak"));
  }

  private static void unresolved(Plan plan, String what) throws UsageException {
    boolean all = what.equals("ignore-all");
    boolean objects = all || what.equals("ignore-in-object-files");
    boolean libraries = all || what.equals("ignore-in-shared-libs");
    if (!objects && !libraries && !what.equals("report-all")) {
      throw new UsageException("bad --unresolved-symbols option: " + what);
    }
    plan.undefinedSymbols = objects ? Plan.Undefined.ALLOW : Plan.Undefined.REPORT;
    plan.exports.undefinedOfLibraries = !libraries;
  }
}
