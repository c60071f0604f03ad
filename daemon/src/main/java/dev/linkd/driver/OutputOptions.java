package dev.linkd.driver;

import static dev.linkd.driver.Arity.NONE;
import static dev.linkd.driver.Arity.OPTIONAL;
import static dev.linkd.driver.Arity.REQUIRED;
import static dev.linkd.driver.Option.implemented;

import java.util.List;
import java.util.Set;

/** Options that say what the output is. */
final class OutputOptions {
  private static final Set<String> BUILD_IDS = Set.of("", "sha1", "md5", "uuid", "fast", "tree");

  private OutputOptions() {}

  static List<Option> rows() {
    return List.of(
        implemented(
            REQUIRED,
            "Path of the output; `a.out` without it.",
            "CommandLineTest#theOutputIsNamed",
            (plan, path) -> plan.output = path,
            "o",
            "output"),
        implemented(
            NONE,
            "Makes a shared library.",
            "SharedLibraryLinkTest#aProgramUsesTheLibraryBesideIt",
            (plan, none) -> plan.shared = true,
            "shared",
            "Bshareable"),
        implemented(
            NONE,
            "Makes a position-independent executable.",
            "ProgramLinkTest#helloRuns",
            (plan, none) -> plan.pie = true,
            "pie",
            "pic-executable"),
        implemented(
            NONE,
            "Makes an executable at a fixed address.",
            "CommandLineTest#theLastKindCounts",
            (plan, none) -> plan.pie = false,
            "no-pie"),
        implemented(
            NONE,
            "Makes an executable that needs no dynamic linker; libraries are archives.",
            "ProgramLinkTest#aFreestandingProgramIsStatic",
            (plan, none) -> {
              plan.fixedStatic = true;
              plan.flags = plan.flags.withArchivesOnly(true);
            },
            "static"),
        implemented(
            REQUIRED,
            "Name of the entry symbol; `_start` for executables without it.",
            "ProgramLinkTest#aFreestandingProgramIsStatic",
            (plan, symbol) -> plan.entry = symbol,
            "e",
            "entry"),
        implemented(
            REQUIRED,
            "Path of the dynamic linker (PT_INTERP).",
            "SpecsTest#theDynamicLinkerIsRecorded",
            (plan, path) -> plan.interpreter = path,
            "I",
            "dynamic-linker"),
        implemented(
            NONE,
            "Records no dynamic linker.",
            "SpecsTest#theDynamicLinkerIsRecorded",
            (plan, none) -> plan.noInterpreter = true,
            "no-dynamic-linker"),
        implemented(
            REQUIRED,
            "Name of a shared library (DT_SONAME).",
            "SharedLibraryLinkTest#aProgramUsesTheLibraryBesideIt",
            (plan, name) -> plan.soname = name,
            "h",
            "soname"),
        implemented(
            REQUIRED,
            "Adds to the search path of the dynamic linker (DT_RUNPATH).",
            "SharedLibraryLinkTest#aProgramUsesTheLibraryBesideIt",
            (plan, path) -> plan.addRunPath(path),
            "rpath"),
        implemented(
            NONE,
            "Puts all global symbols of an executable into the dynamic symbol table.",
            "SharedLibraryLinkTest#exportedSymbolsAreFoundAtRunTime",
            (plan, none) -> plan.exportDynamic = true,
            "E",
            "export-dynamic"),
        implemented(
            NONE,
            "Puts only those symbols there that shared libraries refer to.",
            "SpecsTest#laterOptionsUndoEarlierOnes",
            (plan, none) -> plan.exportDynamic = false,
            "no-export-dynamic"),
        implemented(
            NONE,
            "Reports undefined symbols of a shared library too.",
            "SharedLibraryLinkTest#undefinedSymbolsOfALibraryAreReportedOnRequest",
            (plan, none) -> plan.undefinedSymbols = Plan.Undefined.REPORT,
            "no-undefined"),
        implemented(
            OPTIONAL,
            "Records an identity of the content. All styles but `none` give the root of a hash tree;"
                + " a given number is refused.",
            "SpecsTest#aBuildIdIsAskedFor",
            OutputOptions::buildId,
            "build-id"),
        implemented(
            NONE,
            "Records no identity; so it is without the option.",
            "SpecsTest#aBuildIdIsAskedFor",
            (plan, none) -> plan.buildId = false,
            "no-build-id"));
  }

  private static void buildId(Plan plan, String style) throws UsageException {
    if (!BUILD_IDS.contains(style) && !style.equals("none")) {
      throw new UsageException("unsupported style of build id: " + style);
    }
    plan.buildId = BUILD_IDS.contains(style);
  }
}
