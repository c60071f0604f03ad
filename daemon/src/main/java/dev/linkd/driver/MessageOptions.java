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
            "Prints no warnings.",
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
        noOp(OPTIONAL, "The front-end knows the terminal.", "color-diagnostics"),
        noOp(NONE, "The front-end knows the terminal.", "no-color-diagnostics"),
        noOp(OPTIONAL, "Concerns names in messages.", "demangle"),
        noOp(NONE, "Concerns names in messages.", "no-demangle"),
        noOp(NONE, "Nothing is removed that could be printed.", "print-gc-sections"),
        noOp(NONE, "Nothing is removed that could be printed.", "no-print-gc-sections"));
  }

  private static void errorLimit(Plan plan, String text) throws UsageException {
    try {
      plan.errorLimit = Integer.parseUnsignedInt(text);
    } catch (NumberFormatException e) {
      throw new UsageException("--error-limit is no number: " + text);
    }
  }
}
