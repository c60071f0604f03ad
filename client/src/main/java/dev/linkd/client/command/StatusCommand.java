package dev.linkd.client.command;

import com.google.protobuf.MessageOrBuilder;
import dev.linkd.client.DaemonConnection;
import dev.linkd.v1.ListRequest;
import dev.linkd.v1.ListResponse;
import dev.linkd.v1.OutputState;
import dev.linkd.v1.StatsRequest;
import dev.linkd.v1.StatsResponse;
import dev.linkd.v1.VersionRequest;
import dev.linkd.v1.VersionResponse;
import dev.linkd.v1.WarmUpStats;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** {@code linkctl status}. */
@Command(
    name = "status",
    description =
        "Shows the daemon and what it holds: outputs, generations, memory, what happened last."
            + " Does not start a daemon.")
final class StatusCommand implements Callable<Integer> {
  @ParentCommand private Linkctl linkctl = new Linkctl();

  @Override
  public Integer call() throws Exception {
    Printer printer = linkctl.printer();
    try (DaemonConnection daemon = linkctl.connectRunning()) {
      VersionResponse version = daemon.admin().version(VersionRequest.getDefaultInstance());
      StatsResponse stats = daemon.admin().stats(StatsRequest.getDefaultInstance());
      ListResponse list = daemon.link().list(ListRequest.getDefaultInstance());
      if (printer.json()) {
        Map<String, MessageOrBuilder> members = new LinkedHashMap<>();
        members.put("version", version);
        members.put("stats", stats);
        members.put("list", list);
        printer.messages(members);
      } else {
        print(printer, daemon, version, stats);
        list.getOutputsList().forEach(output -> print(printer, output));
      }
    }
    return ExitCode.OK;
  }

  private static void print(
      Printer printer, DaemonConnection daemon, VersionResponse version, StatsResponse stats) {
    printer.line(
        "linkd %s, process %d, up %s%s"
            .formatted(
                version.getRelease(),
                version.getPid(),
                Units.time(stats.getUptime()),
                stats.getDraining() ? ", draining" : ""));
    printer.line("socket   " + daemon.socket());
    printer.line(
        "memory   %s resident in %s, %s Java heap"
            .formatted(
                Units.bytes(stats.getResidentBytes()),
                stats.getOutputs() == 1 ? "1 output" : stats.getOutputs() + " outputs",
                Units.bytes(stats.getHeapBytes())));
    printer.line(
        "work     %,d updates, %,d flushes (%,d failed), %,d links"
            .formatted(
                stats.getUpdates(),
                stats.getFlushes(),
                stats.getFailedFlushes(),
                stats.getLinks()));
    printer.line(
        "idle     "
            + (stats.hasIdleStop()
                ? "stops in " + Units.time(stats.getIdleStop()) + " when unused"
                : "never stops by itself"));
    printer.line("warm-up  " + describe(stats.getWarmUp()));
  }

  static String describe(WarmUpStats warmUp) {
    String played = "%d of %d rehearsals".formatted(warmUp.getPlayed(), warmUp.getScenes());
    return switch (warmUp.getState()) {
      case WARM_UP_STATE_OFF -> "off";
      case WARM_UP_STATE_RUNNING -> played + ", goes on while nothing is asked for";
      case WARM_UP_STATE_DONE ->
          warmUp.getPlayed() < warmUp.getScenes()
              ? played + " in " + Units.time(warmUp.getTime()) + ", its time was over"
              : "done in " + Units.time(warmUp.getTime());
      case WARM_UP_STATE_ENDED -> "ended after " + played + ", see the log";
      case WARM_UP_STATE_UNSPECIFIED, UNRECOGNIZED -> "unknown";
    };
  }

  private static void print(Printer printer, OutputState output) {
    printer.line("");
    printer.line(printer.colours().bold(output.getOptions().getPath()));
    printer.line(
        "  generation %d, %,d atoms, %,d relocations, %s resident"
            .formatted(
                output.getGeneration(),
                output.getAtoms(),
                output.getRelocations(),
                Units.bytes(output.getResidentBytes())));
    printer.line("  last: " + output.getLastEvent());
    if (output.getChangesSince() < output.getGeneration()) {
      printer.line("  changes held since generation " + output.getChangesSince());
    }
  }
}
