package dev.linkd.client.command;

import com.google.protobuf.util.Durations;
import dev.linkd.client.DaemonConnection;
import dev.linkd.client.UnavailableException;
import dev.linkd.v1.StopRequest;
import dev.linkd.v1.StopResponse;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code linkctl stop}. */
@Command(
    name = "stop",
    description = "Stops the daemon and waits for its end. No daemon is a success too.")
final class StopCommand implements Callable<Integer> {
  /** Outputs are closed after the grace. */
  private static final long CLOSE_SECONDS = 30;

  @ParentCommand private Linkctl linkctl = new Linkctl();

  @Option(
      names = "--grace",
      paramLabel = "SECONDS",
      converter = Count.FromZero.class,
      description = "Running calls may take so long. Default: 10.")
  private long graceSeconds = 10;

  @Override
  public Integer call() throws Exception {
    Printer printer = linkctl.printer();
    StopResponse answer;
    try (DaemonConnection daemon = linkctl.connectRunning()) {
      answer =
          daemon
              .admin()
              .stop(StopRequest.newBuilder().setGrace(Durations.fromSeconds(graceSeconds)).build());
    } catch (UnavailableException none) {
      printer.error("linkctl: no daemon runs");
      return ExitCode.OK;
    }
    Optional<ProcessHandle> process = ProcessHandle.of(answer.getPid());
    long seconds = graceSeconds + CLOSE_SECONDS;
    if (process.isPresent() && !ended(process.get(), seconds)) {
      printer.error(
          "linkctl: process %d has not ended after %d s; it may still be closing its outputs"
              .formatted(answer.getPid(), seconds));
      return ExitCode.UNAVAILABLE;
    }
    if (printer.json()) {
      printer.message(answer);
    } else {
      printer.line("stopped process " + answer.getPid());
    }
    return ExitCode.OK;
  }

  /** Whether a process has ended after at most so many seconds. */
  static boolean ended(ProcessHandle process, long seconds)
      throws InterruptedException, ExecutionException {
    try {
      process.onExit().get(seconds, TimeUnit.SECONDS);
      return true;
    } catch (TimeoutException late) {
      return false;
    }
  }
}
