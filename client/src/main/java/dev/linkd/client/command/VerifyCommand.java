package dev.linkd.client.command;

import dev.linkd.client.DaemonConnection;
import dev.linkd.v1.VerifyRequest;
import dev.linkd.v1.VerifyResponse;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code linkctl verify}. */
@Command(
    name = "verify",
    description = "Compares the live state with an independent link of the same inputs.")
final class VerifyCommand implements Callable<Integer> {
  @ParentCommand private Linkctl linkctl = new Linkctl();

  @Parameters(paramLabel = "OUTPUT", description = "An open output.")
  private Path output = Path.of("");

  @Override
  public Integer call() throws Exception {
    Printer printer = linkctl.printer();
    try (DaemonConnection daemon = linkctl.connectRunning()) {
      long handle = Outputs.find(daemon, output).getHandle();
      VerifyResponse answer =
          daemon.link().verify(VerifyRequest.newBuilder().setHandle(handle).build());
      if (printer.json()) {
        printer.message(answer);
      } else if (answer.getDifferencesCount() == 0) {
        printer.line("verified: equal to a full link");
      } else {
        answer.getDifferencesList().forEach(printer::error);
        printer.line(Units.count(answer.getDifferencesCount(), "difference"));
      }
      return answer.getDifferencesCount() == 0 ? ExitCode.OK : ExitCode.LINK_ERRORS;
    }
  }
}
