package dev.linkd.client.command;

import dev.linkd.client.DaemonConnection;
import dev.linkd.v1.FlushStatistics;
import dev.linkd.v1.WatchRequest;
import dev.linkd.v1.WatchResponse;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code linkctl watch}. */
@Command(
    name = "watch",
    description =
        "Prints what happens to an output, or to all, until it is closed or the command is"
            + " interrupted.")
final class WatchCommand implements Callable<Integer> {
  @ParentCommand private Linkctl linkctl = new Linkctl();

  @Parameters(arity = "0..1", paramLabel = "OUTPUT", description = "An open output; none: all.")
  private @Nullable Path output;

  @Option(names = "--count", paramLabel = "N", description = "Stop after so many events.")
  private long count = Long.MAX_VALUE;

  @Override
  public Integer call() throws Exception {
    Printer printer = linkctl.printer();
    try (DaemonConnection daemon = linkctl.connectRunning()) {
      long handle = output == null ? 0 : Outputs.find(daemon, output).getHandle();
      Iterator<WatchResponse> events =
          daemon.link().watch(WatchRequest.newBuilder().setHandle(handle).build());
      for (long seen = 0; seen < count && events.hasNext(); seen++) {
        WatchResponse event = events.next();
        if (printer.json()) {
          printer.message(event);
        } else {
          printer.line(text(event));
          event
              .getFlush()
              .getDiagnosticsList()
              .forEach(d -> printer.line("  " + Diagnostics.text(d, printer.colours())));
        }
      }
    }
    return ExitCode.OK;
  }

  private static String text(WatchResponse event) {
    String missed = event.getMissed() == 0 ? "" : " (" + event.getMissed() + " events missed)";
    return event.getPath()
        + ": "
        + switch (event.getEventCase()) {
          case STATE -> "open, generation " + event.getState().getGeneration();
          case CLOSED -> "closed: " + event.getClosed().getReason();
          case FLUSH -> flush(event);
          case EVENT_NOT_SET -> "something that this version does not know";
        }
        + missed;
  }

  private static String flush(WatchResponse event) {
    if (!event.getFlush().getPublished()) {
      return Printer.failed(event.getFlush())
          ? "not published"
          : "nothing changed, generation " + event.getFlush().getGeneration();
    }
    FlushStatistics work = event.getFlush().getStatistics();
    return "generation %d: %,d atoms added, %,d changed, %,d moved, %,d removed; %,d bytes"
        .formatted(
            event.getFlush().getGeneration(),
            work.getAtomsAdded(),
            work.getAtomsChanged(),
            work.getAtomsMoved(),
            work.getAtomsRemoved(),
            work.getBytesWritten());
  }
}
