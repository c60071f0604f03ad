package dev.linkd.client.command;

import dev.linkd.client.DaemonConnection;
import dev.linkd.client.UpdateStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code linkctl apply}. */
@Command(
    name = "apply",
    description =
        "Compares input files with what the output holds, takes out those to remove, patches the"
            + " functions and data that differ, and publishes.")
final class ApplyCommand implements Callable<Integer> {
  @ParentCommand private Linkctl linkctl = new Linkctl();

  @Parameters(index = "0", paramLabel = "OUTPUT", description = "An open output.")
  private Path output = Path.of("");

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "FILE",
      description = "Inputs that changed, or new ones.")
  private List<Path> files = new ArrayList<>();

  @Option(
      names = "--remove",
      paramLabel = "FILE",
      description =
          "Input to take out before the others are compared; repeatable. Also one that was refused.")
  private List<Path> removed = new ArrayList<>();

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    if (files.isEmpty() && removed.isEmpty()) {
      throw new ParameterException(
          Objects.requireNonNull(spec).commandLine(), "name files to apply or to --remove");
    }
    try (DaemonConnection daemon = linkctl.connect();
        UpdateStream updates = daemon.update(Outputs.find(daemon, output).getHandle(), "linkctl")) {
      return Inputs.apply(updates, removed, files, linkctl.printer());
    }
  }
}
