package dev.linkd.driver;

import static dev.linkd.driver.Arity.NONE;
import static dev.linkd.driver.Arity.REQUIRED;
import static dev.linkd.driver.Option.implemented;

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
            (plan, file) -> plan.versionScripts.add(file),
            "version-script"),
        implemented(
            NONE,
            "Reports names of a version script that nothing defines.",
            "VersionScriptLinkTest#namesThatNothingDefinesAreReportedOnRequest",
            (plan, none) -> plan.undefinedVersions = false,
            "no-undefined-version"),
        implemented(
            NONE,
            "A version script may name what nothing defines; so without it too.",
            "VersionScriptLinkTest#namesThatNothingDefinesAreReportedOnRequest",
            (plan, none) -> plan.undefinedVersions = true,
            "undefined-version"),
        implemented(
            NONE,
            "Symbols without a version get one that is called like the library.",
            "VersionScriptLinkTest#symbolsCanHaveTheVersionOfTheLibrary",
            (plan, none) -> plan.defaultVersion = true,
            "default-symver"));
  }
}
