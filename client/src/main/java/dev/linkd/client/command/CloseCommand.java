package dev.linkd.client.command;

import dev.linkd.client.DaemonConnection;
import dev.linkd.v1.CloseRequest;
import dev.linkd.v1.CloseResponse;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code linkctl close}. */
@Command(
    name = "close",
    description =
        "Closes an output for all clients. The published file stays; what was not flushed is lost.")
final class CloseCommand implements Callable<Integer> {
  @ParentCommand private Linkctl linkctl = new Linkctl();

  @Parameters(paramLabel = "OUTPUT", description = "An open output.")
  private Path output = Path.of("");

  @Override
  public Integer call() throws Exception {
    Printer printer = linkctl.printer();
    try (DaemonConnection daemon = linkctl.connectRunning()) {
      long handle = Outputs.find(daemon, output).getHandle();
      CloseResponse answer =
          daemon.link().close(CloseRequest.newBuilder().setHandle(handle).build());
      if (printer.json()) {
        printer.message(answer);
      } else {
        printer.line("closed " + output);
      }
    }
    return ExitCode.OK;
  }
}
