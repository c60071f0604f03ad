package dev.linkd.client.command;

import dev.linkd.client.DaemonConnection;
import dev.linkd.v1.ListRequest;
import dev.linkd.v1.ListResponse;
import dev.linkd.v1.OutputState;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** {@code linkctl outputs}. */
@Command(name = "outputs", description = "Lists the open outputs. Does not start a daemon.")
final class OutputsCommand implements Callable<Integer> {
  private static final String KIND_PREFIX = "OUTPUT_KIND_";
  private static final String ROW = "%-17s %10s %9s %9s %10s %10s %7s  %s";

  @ParentCommand private Linkctl linkctl = new Linkctl();

  @Override
  public Integer call() throws Exception {
    Printer printer = linkctl.printer();
    try (DaemonConnection daemon = linkctl.connectRunning()) {
      ListResponse list = daemon.link().list(ListRequest.getDefaultInstance());
      if (printer.json()) {
        printer.message(list);
      } else if (list.getOutputsCount() == 0) {
        printer.line("no outputs are open");
      } else {
        printer.line(
            printer
                .colours()
                .faint(
                    ROW.formatted(
                        "KIND",
                        "GENERATION",
                        "ATOMS",
                        "SYMBOLS",
                        "FILE",
                        "SLACK",
                        "STREAMS",
                        "PATH")));
        list.getOutputsList().forEach(output -> printer.line(row(output)));
      }
    }
    return ExitCode.OK;
  }

  private static String row(OutputState output) {
    String kind =
        output
            .getOptions()
            .getKind()
            .name()
            .substring(KIND_PREFIX.length())
            .toLowerCase(Locale.ROOT)
            .replace('_', '-');
    return ROW.formatted(
        kind,
        output.getGeneration(),
        output.getAtoms(),
        output.getSymbols(),
        Units.bytes(output.getFileBytes()),
        Units.bytes(output.getSlackBytes()),
        output.getStreams(),
        output.getOptions().getPath());
  }
}
