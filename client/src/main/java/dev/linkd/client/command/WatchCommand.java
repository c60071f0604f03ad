package dev.linkd.client.command;

import dev.linkd.client.DaemonConnection;
import dev.linkd.v1.ByteRange;
import dev.linkd.v1.Change;
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

  @Option(
      names = "--changes",
      description = "Also say what every publish changed: ranges of the file, and atoms.")
  private boolean changes;

  @Option(
      names = "--since",
      paramLabel = "GENERATION",
      description = "With --changes: begin with the changes after this generation.")
  private @Nullable Long since;

  @Option(
      names = "--count",
      paramLabel = "N",
      converter = Count.class,
      description = "Stop after so many events.")
  private long count = Long.MAX_VALUE;

  @Override
  public Integer call() throws Exception {
    Printer printer = linkctl.printer();
    try (DaemonConnection daemon = linkctl.connectRunning()) {
      long handle = output == null ? 0 : Outputs.find(daemon, output).getHandle();
      WatchRequest.Builder request =
          WatchRequest.newBuilder().setHandle(handle).setChanges(changes);
      if (since != null) {
        request.setSince(since);
      }
      Iterator<WatchResponse> events = daemon.link().watch(request.build());
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
          case CHANGE -> change(event.getChange());
          case GAP ->
              "gap: the changes between generation %d and %d are not known, look at everything"
                  .formatted(event.getGap().getKnown(), event.getGap().getGeneration());
          case EVENT_NOT_SET -> "something that this version does not know";
        }
        + missed;
  }

  private static String change(Change change) {
    long bytes = change.getFileRangesList().stream().mapToLong(ByteRange::getSize).sum();
    return "change to generation %d: %s in %s of %,d; %s"
        .formatted(
            change.getGeneration(),
            Units.count(bytes, "byte"),
            Units.count(change.getFileRangesCount(), "range"),
            change.getFileBytes(),
            change.getAtomsComplete() ? atoms(change) : "all atoms in doubt");
  }

  private static String atoms(Change change) {
    return "%,d atoms added, %,d changed, %,d moved, %,d removed"
        .formatted(
            change.getAtomsAdded(),
            change.getAtomsChanged(),
            change.getAtomsMoved(),
            change.getAtomsRemoved());
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
