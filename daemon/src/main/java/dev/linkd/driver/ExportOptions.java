package dev.linkd.driver;

import static dev.linkd.driver.Arity.NONE;
import static dev.linkd.driver.Arity.REQUIRED;
import static dev.linkd.driver.Option.implemented;

import dev.linkd.object.SymbolPattern;
import dev.linkd.output.SymbolBinding;
import dev.linkd.output.UndefinedVersions;
import java.util.List;

/** Options that say which symbols other modules see, and under which versions. */
final class ExportOptions {
  private ExportOptions() {}

  static List<Option> rows() {
    return List.of(
        implemented(
            REQUIRED,
            "Reads versions and what is exported from a file; several are one.",
            "VersionScriptLinkTest#everythingElseIsHidden",
            (plan, file) -> plan.exports.versionScripts.add(file),
            "version-script"),
        implemented(
            NONE,
            "Names of a version script that nothing defines are errors. Without the option there is a"
                + " warning for the first one, unless `--fatal-warnings` asks for no more than must"
                + " be said.",
            "UndefinedVersionsLinkTest#theFirstOneIsReported",
            (plan, none) -> plan.exports.undefinedVersions = UndefinedVersions.REFUSED,
            "no-undefined-version"),
        implemented(
            NONE,
            "A version script may name what nothing defines, and nothing is said of it.",
            "UndefinedVersionsLinkTest#theFirstOneIsReported",
            (plan, none) -> plan.exports.undefinedVersions = UndefinedVersions.ALLOWED,
            "undefined-version"),
        implemented(
            NONE,
            "Symbols without a version get one that is called like the library.",
            "VersionScriptLinkTest#symbolsCanHaveTheVersionOfTheLibrary",
            (plan, none) -> plan.exports.defaultVersion = true,
            "default-symver"),
        implemented(
            REQUIRED,
            "Exports the symbols of an executable that a file lists; in a library only they can be"
                + " replaced.",
            "ExportLinkTest#aDynamicListExportsFromAProgram",
            (plan, file) -> plan.exports.dynamicLists.add(file),
            "dynamic-list"),
        implemented(
            NONE,
            "Lists all objects.",
            "ExportLinkTest#allObjectsCanBeListed",
            (plan, none) -> {
              plan.exports.listed = true;
              plan.exports.data = true;
            },
            "dynamic-list-data"),
        implemented(
            NONE,
            "Lists the operators new and delete of C++.",
            "ExportLinkTest#operatorsAndTypesOfCppCanBeListed",
            (plan, none) -> list(plan, "_Znw*", "_Zna*", "_Zdl*", "_Zda*"),
            "dynamic-list-cpp-new"),
        implemented(
            NONE,
            "Lists the descriptions of types of C++.",
            "ExportLinkTest#operatorsAndTypesOfCppCanBeListed",
            (plan, none) -> list(plan, "_ZTI*", "_ZTS*"),
            "dynamic-list-cpp-typeinfo"),
        implemented(
            REQUIRED,
            "Exports the symbols of an executable that match a pattern.",
            "ExportLinkTest#singleSymbolsAreExported",
            (plan, pattern) -> plan.exports.names.add(SymbolPattern.glob(pattern)),
            "export-dynamic-symbol"),
        implemented(
            REQUIRED,
            "Exports the symbols of an executable that a file lists.",
            "ExportLinkTest#singleSymbolsAreExported",
            (plan, file) -> plan.exports.exportLists.add(file),
            "export-dynamic-symbol-list"),
        implemented(
            REQUIRED,
            "Exports nothing of these archives; `ALL` for every one.",
            "ExportLinkTest#whatArchivesDefineIsNotExportedOnRequest",
            (plan, archives) -> plan.exports.hideArchives(archives),
            "exclude-libs"),
        binding(SymbolBinding.ALL, "References of a library mean its own definitions.", ""),
        binding(SymbolBinding.FUNCTIONS, "So for functions only.", "-functions"),
        binding(SymbolBinding.NON_WEAK, "So for what is not weak.", "-non-weak"),
        binding(
            SymbolBinding.NON_WEAK_FUNCTIONS,
            "So for functions that are not weak.",
            "-non-weak-functions"),
        implemented(
            NONE,
            "Exported definitions of a library can be replaced; so without it too.",
            "ExportLinkTest#aLibraryMeansItsOwnSymbolsOnRequest",
            (plan, none) -> plan.exports.binding = SymbolBinding.NONE,
            "Bno-symbolic"),
        implemented(
            NONE,
            "Unique symbols stay unique; so without it too.",
            "ExportLinkTest#uniqueSymbolsCanBeMadeGlobal",
            (plan, none) -> plan.exports.unique = true,
            "gnu-unique"),
        implemented(
            NONE,
            "Unique symbols become global ones.",
            "ExportLinkTest#uniqueSymbolsCanBeMadeGlobal",
            (plan, none) -> plan.exports.unique = false,
            "no-gnu-unique"));
  }

  private static Option binding(SymbolBinding binding, String text, String suffix) {
    return implemented(
        NONE,
        text,
        "ExportLinkTest#aLibraryMeansItsOwnSymbolsOnRequest",
        (plan, none) -> plan.exports.binding = binding,
        "Bsymbolic" + suffix);
  }

  private static void list(Plan plan, String... patterns) {
    plan.exports.listed = true;
    for (String pattern : patterns) {
      plan.exports.names.add(SymbolPattern.glob(pattern));
    }
  }
}
