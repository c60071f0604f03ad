package dev.linkd.client.command;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code linkctl completion}. */
@Command(
    name = "completion",
    description = {
      "Prints a script that completes commands, options and their values:",
      "  bash, zsh   source <(linkctl completion)",
      "  fish        linkctl completion fish | source"
    })
final class CompletionCommand implements Callable<Integer> {

  /** The shells that the scripts are for. */
  enum Shell {
    bash,
    zsh,
    fish
  }

  @ParentCommand private Linkctl linkctl = new Linkctl();

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "SHELL",
      description = "bash, zsh or fish. Default: bash, which zsh understands.")
  private Shell shell = Shell.bash;

  @Override
  public Integer call() {
    CommandLine commands = Linkctl.commandLine();
    linkctl
        .printer()
        .line(shell == Shell.fish ? FishCompletion.of(commands) : BashCompletion.of(commands));
    return ExitCode.OK;
  }
}
