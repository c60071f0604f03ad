package dev.linkd.client.command;

import dev.linkd.client.DaemonConnection;
import dev.linkd.v1.DumpRequest;
import dev.linkd.v1.DumpResponse;
import dev.linkd.v1.LayoutNode;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code linkctl dump}. */
@Command(
    name = "dump",
    description = "Prints the layout tree: offset in the file, address, size, slack, name.")
final class DumpCommand implements Callable<Integer> {
  private static final String ROW = "%10s %16s %10s %8s  %s%s";

  @ParentCommand private Linkctl linkctl = new Linkctl();

  @Parameters(paramLabel = "OUTPUT", description = "An open output.")
  private Path output = Path.of("");

  @Option(
      names = "--depth",
      paramLabel = "N",
      converter = Count.FromZero.class,
      description = "Leave out what is deeper.")
  private @Nullable Long depth;

  @Override
  public Integer call() throws Exception {
    Printer printer = linkctl.printer();
    try (DaemonConnection daemon = linkctl.connectRunning()) {
      DumpRequest.Builder request =
          DumpRequest.newBuilder().setHandle(Outputs.find(daemon, output).getHandle());
      if (depth != null) {
        request.setDepthMax(depth.intValue());
      }
      if (!printer.json()) {
        String header = ROW.formatted("OFFSET", "ADDRESS", "SIZE", "SLACK", "NODE", "");
        printer.line(printer.colours().faint(header));
      }
      print(daemon.link().dump(request.build()), printer);
    }
    return ExitCode.OK;
  }

  private static void print(Iterator<DumpResponse> responses, Printer printer) throws Exception {
    while (responses.hasNext()) {
      DumpResponse response = responses.next();
      if (printer.json()) {
        printer.message(response);
        continue;
      }
      response.getNodesList().forEach(node -> printer.line(row(node, printer.colours())));
      if (response.getTruncated()) {
        printer.error("linkctl: the tree is larger; use --depth to see its upper levels");
      }
    }
  }

  private static String row(LayoutNode node, Colours colours) {
    boolean hole = node.getKind().equals("hole");
    String label =
        node.getName().isEmpty() ? node.getKind() : node.getKind() + " " + node.getName();
    return ROW.formatted(
        node.hasFileOffset() ? "0x" + Long.toHexString(node.getFileOffset()) : "-",
        node.getAddress() == 0 ? "-" : "0x" + Long.toHexString(node.getAddress()),
        node.getSize(),
        node.getCapacity() - node.getSize(),
        "  ".repeat(node.getDepth()),
        hole ? colours.faint(label) : label);
  }
}
