package dev.linkd.client.command;

import dev.linkd.client.DaemonConnection;
import dev.linkd.client.UpdateStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code linkctl apply}. */
@Command(
    name = "apply",
    description =
        "Compares input files with what the output holds, patches the functions and data that"
            + " differ, and publishes.")
final class ApplyCommand implements Callable<Integer> {
  @ParentCommand private Linkctl linkctl = new Linkctl();

  @Parameters(index = "0", paramLabel = "OUTPUT", description = "An open output.")
  private Path output = Path.of("");

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "FILE",
      description = "Inputs that changed, or new ones.")
  private List<Path> files = new ArrayList<>();

  @Override
  public Integer call() throws Exception {
    try (DaemonConnection daemon = linkctl.connect();
        UpdateStream updates = daemon.update(Outputs.find(daemon, output).getHandle(), "linkctl")) {
      return Inputs.apply(updates, files, linkctl.printer());
    }
  }
}
