package dev.linkd.driver;

import static dev.linkd.driver.Arity.NONE;
import static dev.linkd.driver.Arity.OPTIONAL;
import static dev.linkd.driver.Arity.REQUIRED;
import static dev.linkd.driver.Option.implemented;

import dev.linkd.output.BuildIdStyle;
import java.util.List;

/** Options that say what the output is. */
final class OutputOptions {
  private OutputOptions() {}

  static List<Option> rows() {
    return List.of(
        implemented(
            REQUIRED,
            "Path of the output; `a.out` without it. `-` is standard output.",
            "SideFilesLinkTest#theOutputCanBePassedOn",
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
            "no-pie",
            "nopie",
            "no-pic-executable"),
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
            "Name of the entry symbol, or the address itself; `_start` for executables without it.",
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
            "Records an identity of the content, the root of a hash tree: 20 bytes, `md5` and"
                + " `uuid` 16, `sha256` and `fast` 32; or the bytes that are given as `0x`…; or"
                + " `none`.",
            "SpecsTest#aBuildIdIsAskedFor",
            OutputOptions::buildId,
            "build-id"),
        implemented(
            NONE,
            "Records no identity; so it is without the option.",
            "SpecsTest#aBuildIdIsAskedFor",
            (plan, none) -> plan.buildId = BuildIdStyle.NONE,
            "no-build-id"));
  }

  private static void buildId(Plan plan, String style) throws UsageException {
    plan.buildId =
        switch (style) {
          case "none" -> BuildIdStyle.NONE;
          case "", "sha1", "tree" -> BuildIdStyle.USUAL;
          case "md5" -> BuildIdStyle.SHORT;
          case "uuid" -> BuildIdStyle.UUID;
          case "sha256", "fast" -> BuildIdStyle.LONG;
          default -> givenBuildId(style);
        };
  }

  /** Digits may be grouped by {@code -} and {@code :}. */
  private static BuildIdStyle givenBuildId(String style) throws UsageException {
    try {
      if (style.startsWith("0x") || style.startsWith("0X")) {
        return BuildIdStyle.of(style.substring(2).replaceAll("[-:]", ""));
      }
    } catch (IllegalArgumentException e) {
      throw new UsageException("invalid build id: " + style);
    }
    throw new UsageException("unknown style of build id: " + style);
  }
}
