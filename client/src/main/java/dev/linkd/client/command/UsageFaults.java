package dev.linkd.client.command;

import java.io.PrintWriter;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Says what is wrong with a command line, and where there is more to read: the whole help would
 * push the message out of sight. Only who gives no command at all gets it.
 */
final class UsageFaults implements IParameterExceptionHandler {
  @Override
  public int handleParseException(ParameterException fault, String[] arguments) {
    CommandLine line = fault.getCommandLine();
    PrintWriter err = line.getErr();
    if (arguments.length == 0) {
      line.usage(err);
      return ExitCode.USAGE;
    }
    err.println("linkctl: " + message(fault, arguments));
    UnmatchedArgumentException.printSuggestions(fault, err);
    CommandLine.Help help = line.getHelp();
    err.print(help.synopsisHeading() + help.synopsis(help.synopsisHeadingLength()));
    err.println("More: " + line.getCommandSpec().qualifiedName() + " --help");
    return ExitCode.USAGE;
  }

  /** What is missing matters less than an option that does not exist: often that is the reason. */
  private static @Nullable String message(ParameterException fault, String[] arguments) {
    if (fault instanceof MissingParameterException) {
      Set<String> known = fault.getCommandLine().getCommandSpec().optionsMap().keySet();
      for (String word : arguments) {
        if (word.equals("--")) {
          break;
        }
        if (word.startsWith("--") && !known.contains(word.replaceFirst("=.*", ""))) {
          return "Unknown option: '" + word + "'";
        }
      }
    }
    return fault.getMessage();
  }
}
