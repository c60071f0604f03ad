package dev.linkd.driver;

import static dev.linkd.driver.Arity.NONE;
import static dev.linkd.driver.Arity.REQUIRED;
import static dev.linkd.driver.Option.implemented;

import java.util.List;

/** Options that ask for reports beside the output. */
final class ReportOptions {
  private ReportOptions() {}

  static List<Option> rows() {
    return List.of(
        implemented(
            REQUIRED,
            "Writes where everything is to a file, in the columns of lld.",
            "SideFilesLinkTest#theMapSaysWhereEverythingIs",
            (plan, file) -> plan.side.map = file,
            "Map"),
        implemented(
            NONE,
            "Prints the map on standard output.",
            "SideFilesLinkTest#theMapSaysWhereEverythingIs",
            (plan, none) -> plan.side.printMap = true,
            "M",
            "print-map"),
        implemented(
            NONE,
            "Adds to the map, or prints, which inputs define a symbol and refer to it.",
            "SideFilesLinkTest#crossReferencesNameTheDefinitionFirst",
            (plan, none) -> plan.side.crossReferences = true,
            "cref"),
        implemented(
            NONE,
            "Undoes `--cref`.",
            "SideFilesLinkTest#crossReferencesNameTheDefinitionFirst",
            (plan, none) -> plan.side.crossReferences = false,
            "no-cref"),
        implemented(
            REQUIRED,
            "Prints the inputs that define the symbol or refer to it.",
            "SideFilesLinkTest#aTracedSymbolIsFollowed",
            (plan, symbol) -> plan.side.traced.add(symbol),
            "y",
            "trace-symbol"),
        implemented(
            REQUIRED,
            "Writes a rule for make: the output depends on every file that was read.",
            "SideFilesLinkTest#makeLearnsWhatWasRead",
            (plan, file) -> plan.side.dependencies = file,
            "dependency-file"),
        implemented(
            REQUIRED,
            "Writes why archive members are part of the output.",
            "SideFilesLinkTest#everyMemberHasAReason",
            (plan, file) -> plan.side.whyExtract = file,
            "why-extract"),
        implemented(
            REQUIRED,
            "Prints what leads to the symbols that match the wildcard, with `--gc-sections`.",
            "ReportsLinkTest#aSymbolIsAliveForAReason",
            (plan, pattern) -> plan.side.whyLive.add(pattern),
            "why-live"),
        implemented(
            REQUIRED,
            "Writes how many members each archive has, and how many are taken.",
            "ReportsLinkTest#membersOfArchivesAreCounted",
            (plan, file) -> plan.side.archives = file,
            "print-archive-stats"),
        implemented(
            NONE,
            "Prints which input refers to which, and the symbol.",
            "ReportsLinkTest#inputsDependOnEachOther",
            (plan, none) -> plan.side.dependenciesOfInputs = true,
            "print-dependencies"),
        implemented(
            NONE,
            "Prints how full the regions of a linker script's `MEMORY` are.",
            "ScriptCommandsLinkTest#regionsOfMemoryAreReported",
            (plan, none) -> plan.side.memory = true,
            "print-memory-usage"),
        implemented(
            REQUIRED,
            "Writes an archive with all inputs, a response file and the version, also when the link"
                + " fails.",
            "ReproduceLinkTest#theLinkCanBeRepeatedFromTheArchive",
            (plan, file) -> plan.side.reproduce = file,
            "reproduce"),
        implemented(
            NONE,
            "As `--reproduce`, to `OUTPUT.repro.tar`.",
            "ReproduceLinkTest#theArchiveLiesBesideTheOutput",
            (plan, none) -> plan.side.reproduceBesideOutput = true,
            "repro"));
  }
}
