package dev.linkd.client.command;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IParameterExceptionHandler;
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
    err.println("linkctl: " + fault.getMessage());
    UnmatchedArgumentException.printSuggestions(fault, err);
    CommandLine.Help help = line.getHelp();
    err.print(help.synopsisHeading() + help.synopsis(help.synopsisHeadingLength()));
    err.println("More: " + line.getCommandSpec().qualifiedName() + " --help");
    return ExitCode.USAGE;
  }
}
