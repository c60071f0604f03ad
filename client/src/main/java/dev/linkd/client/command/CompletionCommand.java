package dev.linkd.client.command;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** {@code linkctl completion}. */
@Command(
    name = "completion",
    description =
        "Prints a script that completes the commands in bash and zsh: source <(linkctl completion)")
final class CompletionCommand implements Callable<Integer> {
  @ParentCommand private Linkctl linkctl = new Linkctl();

  @Override
  public Integer call() {
    linkctl.printer().line(AutoComplete.bash("linkctl", Linkctl.commandLine()));
    return ExitCode.OK;
  }
}
