package dev.linkd.driver;

import static dev.linkd.driver.Arity.NONE;
import static dev.linkd.driver.Arity.REQUIRED;
import static dev.linkd.driver.Option.implemented;

import java.util.Arrays;
import java.util.List;

/** Options that say which inputs there are, where they are, and how they count. */
final class InputOptions {
  private InputOptions() {}

  static List<Option> rows() {
    return List.of(
        implemented(
            REQUIRED,
            "How words of response files are quoted: `posix`, as for a shell; so without it too."
                + " `windows` is refused.",
            "CommandLineTest#responseFilesAreQuotedAsForAShell",
            InputOptions::quoting,
            "rsp-quoting"),
        implemented(
            REQUIRED,
            "Links lib`NAME`.so or lib`NAME`.a from the search path; `:NAME`, the file of that"
                + " name.",
            "LibrarySearchTest#aSharedLibraryComesBeforeAnArchive",
            (plan, name) -> plan.words.add(plan.flags.library(name)),
            "l",
            "library"),
        implemented(
            REQUIRED,
            "Adds a directory to the search path; `=DIR` lies below the sysroot.",
            "LibrarySearchTest#directoriesAreSearchedInTheirOrder",
            (plan, directory) -> plan.directories.add(directory),
            "L",
            "library-path"),
        implemented(
            REQUIRED,
            "Directories that are searched behind those of `-L`, with colons between them, perhaps"
                + " behind `P,`; the last one counts.",
            "LibrarySearchTest#directoriesOfSolarisComeBehindTheOthers",
            InputOptions::lastDirectories,
            "Y"),
        implemented(
            REQUIRED,
            "`archive` is `-Bstatic`; `shared` and `default` are `-Bdynamic`.",
            "LibrarySearchTest#librariesCanBeChosenAsOnHpUx",
            InputOptions::libraries,
            "a"),
        implemented(
            REQUIRED,
            "The usual directories, and absolute paths in scripts below it, lie below this one.",
            "LibrarySearchTest#theUsualDirectoriesLieBelowTheSysroot",
            (plan, directory) -> plan.sysroot = directory,
            "sysroot"),
        implemented(
            NONE,
            "Searches only the directories of `-L`.",
            "LibrarySearchTest#withoutUsualDirectoriesOnlyThoseOfTheCommandLineCount",
            (plan, none) -> plan.defaultDirectories = false,
            "nostdlib"),
        implemented(
            NONE,
            "The search for later libraries finds archives only.",
            "LibrarySearchTest#onlyArchivesAreFoundAfterBstatic",
            (plan, none) -> plan.flags = plan.flags.withArchivesOnly(true),
            "Bstatic",
            "dn",
            "non_shared"),
        implemented(
            NONE,
            "The search for later libraries finds shared libraries too.",
            "CommandLineTest#flagsHoldForTheInputsBehindThem",
            (plan, none) -> plan.flags = plan.flags.withArchivesOnly(false),
            "Bdynamic",
            "dy",
            "call_shared"),
        implemented(
            NONE,
            "A later shared library is recorded only when something refers to it.",
            "SharedLibraryLinkTest#anUnusedLibraryIsLeftOutAsNeeded",
            (plan, none) -> plan.flags = plan.flags.withAsNeeded(true),
            "as-needed"),
        implemented(
            NONE,
            "Later shared libraries are always recorded.",
            "SharedLibraryLinkTest#anUnusedLibraryIsLeftOutAsNeeded",
            (plan, none) -> plan.flags = plan.flags.withAsNeeded(false),
            "no-as-needed"),
        implemented(
            NONE,
            "Takes all members of later archives.",
            "ArchiveLinkTest#allMembersOfAWholeArchiveAreTaken",
            (plan, none) -> plan.flags = plan.flags.withWholeArchive(true),
            "whole-archive"),
        implemented(
            NONE,
            "Takes the members of later archives that are referred to.",
            "ArchiveLinkTest#allMembersOfAWholeArchiveAreTaken",
            (plan, none) -> plan.flags = plan.flags.withWholeArchive(false),
            "no-whole-archive"),
        implemented(
            NONE,
            "Saves `--as-needed`, `--whole-archive` and `-Bstatic`.",
            "CommandLineTest#savedFlagsComeBack",
            (plan, none) -> plan.pushState(),
            "push-state"),
        implemented(
            NONE,
            "Restores what `--push-state` saved.",
            "CommandLineTest#savedFlagsComeBack",
            (plan, none) -> plan.popState(),
            "pop-state"),
        implemented(
            NONE,
            "Later objects are taken when they define what is required, like members of an"
                + " archive.",
            "LazyObjectLinkTest#anObjectIsTakenWhenItIsNeeded",
            (plan, none) -> plan.flags = plan.flags.withLazy(true),
            "start-lib"),
        implemented(
            NONE,
            "Later objects are always taken.",
            "LazyObjectLinkTest#anObjectIsTakenWhenItIsNeeded",
            (plan, none) -> plan.flags = plan.flags.withLazy(false),
            "end-lib"),
        implemented(
            REQUIRED,
            "Adds directories to the search for libraries that libraries need; then follow those of"
                + " `-rpath`, LD_RUN_PATH, LD_LIBRARY_PATH, DT_RUNPATH and the usual ones.",
            "NeededLibrariesLinkTest#librariesThatLibrariesNeedAreSearched",
            (plan, list) -> plan.neededDirectories.addAll(List.of(list.split(":", -1))),
            "rpath-link"),
        implemented(
            NONE,
            "Libraries that libraries need define symbols for the output too, and are recorded when"
                + " something refers to them.",
            "NeededLibrariesLinkTest#neededLibrariesDefineSymbolsOnRequest",
            (plan, none) -> plan.copyNeeded = true,
            "copy-dt-needed-entries",
            "add-needed"),
        implemented(
            NONE,
            "Only libraries that are named define symbols for the output; so without the option.",
            "NeededLibrariesLinkTest#neededLibrariesDefineSymbolsOnRequest",
            (plan, none) -> plan.copyNeeded = false,
            "no-copy-dt-needed-entries",
            "no-add-needed"),
        implemented(
            REQUIRED,
            "Takes the addresses of a file's symbols and nothing else; a directory is a run path.",
            "JustSymbolsLinkTest#aProgramCallsIntoAnImage",
            (plan, path) -> plan.words.add(Word.symbols(path)),
            "R",
            "just-symbols"),
        implemented(
            NONE,
            "Prints the inputs on standard output.",
            "MessagesTest#traceNamesTheInputs",
            (plan, none) -> plan.trace = true,
            "t",
            "trace",
            "verbose"),
        implemented(
            REQUIRED,
            "Accepts `elf_x86_64`, refuses other emulations.",
            "CommandLineTest#otherMachinesAreRefused",
            (plan, emulation) -> only(emulation, "elf_x86_64", "emulation"),
            "m"),
        implemented(
            REQUIRED,
            "`binary`: the bytes of later files are data between the symbols `_binary_NAME_start`"
                + " and `_binary_NAME_end`; `default`, `elf` or `elf64-x86-64` ends that. Other"
                + " formats are refused.",
            "DataInputsLinkTest#bytesAreDataBetweenSymbols",
            (plan, format) -> plan.flags = plan.flags.withData(isData(format)),
            "b",
            "format"));
  }

  private static boolean isData(String format) throws UsageException {
    return switch (format) {
      case "binary" -> true;
      case "default", "elf", "elf64-x86-64" -> false;
      default ->
          throw new UsageException(
              "unsupported format: " + format + "; there are elf64-x86-64 and binary");
    };
  }

  private static void lastDirectories(Plan plan, String paths) {
    String list = paths.startsWith("P,") ? paths.substring(2) : paths;
    plan.lastDirectories.clear();
    plan.lastDirectories.addAll(
        Arrays.stream(list.split(":")).filter(path -> !path.isEmpty()).toList());
  }

  private static void libraries(Plan plan, String kind) throws UsageException {
    boolean archives =
        switch (kind) {
          case "archive" -> true;
          case "shared", "default" -> false;
          default ->
              throw new UsageException(
                  "unknown command line option: -a%s; -a takes archive, shared or default"
                      .formatted(kind));
        };
    plan.flags = plan.flags.withArchivesOnly(archives);
  }

  private static void only(String value, String known, String what) throws UsageException {
    if (!value.equals(known)) {
      throw new UsageException("unsupported " + what + ": " + value + "; there is " + known);
    }
  }

  private static void quoting(Plan plan, String style) throws UsageException {
    if (!style.equals("posix")) {
      throw new UsageException("unsupported --rsp-quoting value: " + style);
    }
  }
}
