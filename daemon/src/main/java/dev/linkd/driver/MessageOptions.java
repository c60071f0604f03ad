package dev.linkd.driver;

import static dev.linkd.driver.Arity.NONE;
import static dev.linkd.driver.Arity.OPTIONAL;
import static dev.linkd.driver.Arity.REQUIRED;
import static dev.linkd.driver.Option.implemented;
import static dev.linkd.driver.Option.noOp;

import java.util.List;

/** Options about what is printed, and when a link counts as failed. */
final class MessageOptions {
  private MessageOptions() {}

  static List<Option> rows() {
    return List.of(
        implemented(
            NONE,
            "Prints these options and ends.",
            "MessagesTest#helpListsTheOptions",
            (plan, none) -> {
              plan.announcement.append(OptionsDocument.help());
              plan.announceOnly = true;
            },
            "help"),
        implemented(
            NONE,
            "Prints the version and ends.",
            "MessagesTest#versionSaysWhatConfigureScriptsLookFor",
            (plan, none) -> {
              plan.announcement.append(Version.TEXT);
              plan.announceOnly = true;
            },
            "version"),
        implemented(
            NONE,
            "Prints the version and goes on.",
            "MessagesTest#versionSaysWhatConfigureScriptsLookFor",
            (plan, none) -> {
              plan.announcement.append(Version.TEXT);
              plan.announced = true;
            },
            "v"),
        implemented(
            NONE,
            "Prints version and emulations and goes on.",
            "MessagesTest#versionSaysWhatConfigureScriptsLookFor",
            (plan, none) -> {
              plan.announcement.append(Version.TEXT).append(Version.EMULATIONS);
              plan.announced = true;
            },
            "V"),
        implemented(
            NONE,
            "Prints the sysroot, if there is one, and ends.",
            "MessagesTest#theSysrootIsPrinted",
            (plan, none) -> {
              plan.announcement.append(plan.sysroot.isEmpty() ? "" : plan.sysroot + '\n');
              plan.announceOnly = true;
            },
            "print-sysroot"),
        implemented(
            NONE,
            "Prints the name of the output's format and ends.",
            "MessagesTest#theSysrootIsPrinted",
            (plan, none) -> {
              plan.announcement.append("elf64-x86-64\n");
              plan.announceOnly = true;
            },
            "print-output-format"),
        implemented(
            NONE,
            "Warnings are errors.",
            "MessagesTest#aWarningCanBeMadeFatal",
            (plan, none) -> plan.fatalWarnings = true,
            "fatal-warnings"),
        implemented(
            NONE,
            "Warnings are only warnings.",
            "MessagesTest#aWarningCanBeMadeFatal",
            (plan, none) -> plan.fatalWarnings = false,
            "no-fatal-warnings"),
        implemented(
            NONE,
            "Prints no warnings, nor makes them errors.",
            "MessagesTest#warningsCanBeSilenced",
            (plan, none) -> plan.warnings = false,
            "w",
            "no-warnings"),
        implemented(
            REQUIRED,
            "Prints so many errors at most; 0: all.",
            "MessagesTest#errorsAreCounted",
            MessageOptions::errorLimit,
            "error-limit"),
        implemented(
            OPTIONAL,
            "Colours messages: `always`, `never`, or `auto`: on a terminal; the usual.",
            "MessagesTest#coloursAreChosen",
            MessageOptions::colour,
            "color-diagnostics"),
        implemented(
            NONE,
            "Colours no messages.",
            "MessagesTest#coloursAreChosen",
            (plan, none) -> plan.colour = Plan.Colour.NEVER,
            "no-color-diagnostics"),
        implemented(
            NONE,
            "Says on standard error whether the output was patched, or why not.",
            "RelinkTest#itIsExplainedWhatWasDone",
            (plan, none) -> plan.explain = true,
            "linkd-explain"),
        noOp(
            NONE, "Read by the front-end, which then links in its own process.", "linkd-no-daemon"),
        implemented(
            OPTIONAL,
            "Shows C++ and Rust names in messages as they stand in the source; the usual. A style"
                + " as value is ignored.",
            "SymbolMessagesTest#namesAreShownAsInTheSource",
            (plan, style) -> plan.demangle = true,
            "demangle"),
        implemented(
            NONE,
            "Shows names in messages as they stand in the objects.",
            "SymbolMessagesTest#namesAreShownAsInTheSource",
            (plan, none) -> plan.demangle = false,
            "no-demangle"));
  }

  private static void colour(Plan plan, String text) throws UsageException {
    plan.colour =
        switch (text) {
          case "always" -> Plan.Colour.ALWAYS;
          case "never" -> Plan.Colour.NEVER;
          case "", "auto" -> Plan.Colour.AUTO;
          default ->
              throw new UsageException(
                  "unknown argument '" + text + "' of --color-diagnostics: always, auto or never");
        };
  }

  private static void errorLimit(Plan plan, String text) throws UsageException {
    try {
      plan.errorLimit = Integer.parseUnsignedInt(text);
    } catch (NumberFormatException e) {
      throw new UsageException("--error-limit is no number: " + text);
    }
  }
}
