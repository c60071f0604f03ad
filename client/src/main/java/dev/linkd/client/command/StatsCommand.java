package dev.linkd.client.command;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Duration;
import dev.linkd.client.DaemonConnection;
import dev.linkd.v1.StatsRequest;
import dev.linkd.v1.StatsResponse;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** {@code linkctl stats}. */
@Command(name = "stats", description = "Prints the daemon's counters, one name and value per line.")
final class StatsCommand implements Callable<Integer> {
  @ParentCommand private Linkctl linkctl = new Linkctl();

  @Override
  public Integer call() throws Exception {
    Printer printer = linkctl.printer();
    try (DaemonConnection daemon = linkctl.connectRunning()) {
      StatsResponse stats = daemon.admin().stats(StatsRequest.getDefaultInstance());
      if (printer.json()) {
        printer.message(stats);
      } else {
        for (FieldDescriptor field : StatsResponse.getDescriptor().getFields()) {
          Object value = stats.getField(field);
          printer.line(
              "%-16s %s"
                  .formatted(
                      field.getName(), value instanceof Duration time ? Units.time(time) : value));
        }
      }
    }
    return ExitCode.OK;
  }
}
