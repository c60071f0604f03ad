package dev.linkd.client.command;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import dev.linkd.client.DaemonConnection;
import dev.linkd.v1.FlushStatistics;
import dev.linkd.v1.OutputState;
import dev.linkd.v1.OutputWork;
import dev.linkd.v1.StatsRequest;
import dev.linkd.v1.StatsResponse;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code linkctl stats}. */
@Command(
    name = "stats",
    description =
        "Prints the daemon's counters, one name and value per line, and what the last update of each"
            + " output took: table rows visited, bytes written, system calls. With an output, only"
            + " the latter.")
final class StatsCommand implements Callable<Integer> {
  @ParentCommand private Linkctl linkctl = new Linkctl();

  @Parameters(arity = "0..1", paramLabel = "OUTPUT", description = "An open output.")
  private @Nullable Path output;

  @Override
  public Integer call() throws Exception {
    Printer printer = linkctl.printer();
    try (DaemonConnection daemon = linkctl.connectRunning()) {
      if (output != null) {
        print(work(Outputs.find(daemon, output)), printer);
        return ExitCode.OK;
      }
      StatsResponse stats = daemon.admin().stats(StatsRequest.getDefaultInstance());
      if (printer.json()) {
        printer.message(stats);
      } else {
        counters(stats, "", printer);
        for (OutputWork each : stats.getWorkList()) {
          printer.line("");
          print(each, printer);
        }
      }
    }
    return ExitCode.OK;
  }

  private static OutputWork work(OutputState output) {
    return OutputWork.newBuilder()
        .setPath(output.getOptions().getPath())
        .setGeneration(output.getGeneration())
        .setLastFlush(output.getLastFlush())
        .build();
  }

  /** Messages inside of a message follow with its name in front of theirs. */
  private static void counters(Message message, String prefix, Printer printer) {
    for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
      if (field.isRepeated()) {
        continue;
      }
      String name = prefix + field.getName();
      Object value = message.getField(field);
      if (value instanceof Message inner && !(value instanceof Duration)) {
        counters(inner, name + ".", printer);
      } else {
        printer.line(
            "%-28s %s".formatted(name, value instanceof Duration time ? Units.time(time) : value));
      }
    }
  }

  private static void print(OutputWork work, Printer printer) throws Exception {
    if (printer.json()) {
      printer.message(work);
      return;
    }
    printer.line(printer.colours().bold(work.getPath()));
    FlushStatistics last = work.getLastFlush();
    printer.line("  generation   " + work.getGeneration());
    Printer.statistics(last).lines().forEach(printer::line);
    printer.line("  rows         %,d visited".formatted(last.getRowsVisited()));
    counters(last.getRows(), "    ", printer);
  }
}
