package dev.linkd.client.command;

import dev.linkd.client.DaemonConnection;
import dev.linkd.v1.FlushReport;
import dev.linkd.v1.FlushRequest;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code linkctl flush}. */
@Command(name = "flush", description = "Applies what clients have sent, checks it and publishes.")
final class FlushCommand implements Callable<Integer> {
  @ParentCommand private Linkctl linkctl = new Linkctl();

  @Parameters(paramLabel = "OUTPUT", description = "An open output.")
  private Path output = Path.of("");

  @Override
  public Integer call() throws Exception {
    Printer printer = linkctl.printer();
    try (DaemonConnection daemon = linkctl.connect()) {
      long handle = Outputs.find(daemon, output).getHandle();
      FlushReport report =
          daemon.link().flush(FlushRequest.newBuilder().setHandle(handle).build()).getReport();
      if (printer.json()) {
        printer.message(report);
        return Printer.failed(report) ? ExitCode.LINK_ERRORS : ExitCode.OK;
      }
      int code = printer.report(report);
      Inputs.adviseOnInputs(report, printer);
      return code;
    }
  }
}
