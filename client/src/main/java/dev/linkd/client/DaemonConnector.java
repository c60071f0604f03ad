package dev.linkd.client;

import com.google.protobuf.Duration;
import dev.linkd.rendezvous.BuildId;
import dev.linkd.rendezvous.SocketPath;
import dev.linkd.v1.StopRequest;
import dev.linkd.v1.VersionRequest;
import dev.linkd.v1.VersionResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Connects to the daemon of a socket, and starts one when none runs. A daemon of another build is
 * asked to stop and replaced: it might understand requests differently, and its state is only a
 * cache.
 */
public final class DaemonConnector {
  /** A machine on which many compile is slow, not without a daemon. */
  private static final long CALL_SECONDS = 60;

  private static final long START_MILLIS_MAX = 30_000;
  private static final long POLL_MILLIS = 20;
  private static final int LOG_LINES_SHOWN = 5;

  /** Exit code of a daemon that found another one. */
  private static final int ALREADY_RUNNING = 3;

  private final Path socket;
  private final String build;
  private final long callSeconds;

  public DaemonConnector(Path socket) throws IOException {
    this(socket, BuildId.current());
  }

  DaemonConnector(Path socket, String build) {
    this(socket, build, CALL_SECONDS);
  }

  DaemonConnector(Path socket, String build, long callSeconds) {
    this.socket = socket;
    this.build = build;
    this.callSeconds = callSeconds;
  }

  /**
   * The daemon that runs, of whatever build.
   *
   * @throws UnavailableException when none does
   */
  public DaemonConnection connectRunning() throws UnavailableException {
    return running()
        .orElseThrow(
            () ->
                new UnavailableException(
                    "no daemon serves " + socket + "; one is started when it is needed"));
  }

  /**
   * A daemon of this build, started when necessary.
   *
   * @throws IOException when that is not possible
   */
  public DaemonConnection connect() throws IOException, InterruptedException {
    checkOwner();
    Optional<DaemonConnection> present = running();
    if (present.isPresent()) {
      VersionResponse version = version(present.get());
      if (version.getBuild().equals(build)) {
        return present.get();
      }
      try (DaemonConnection other = present.get()) {
        replace(other, version);
      }
    }
    return start();
  }

  /** Work is given only to a daemon of our own: one of somebody else would learn what we link. */
  private void checkOwner() throws IOException {
    if (!Files.exists(socket, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Object owner = Files.getAttribute(socket, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    if (((Number) owner).longValue() != SocketPath.currentUid()) {
      throw new UnavailableException(
          "the daemon at " + socket + " belongs to another user, number " + owner);
    }
  }

  private Optional<DaemonConnection> running() throws UnavailableException {
    if (!Files.exists(socket)) {
      return Optional.empty();
    }
    DaemonConnection connection = DaemonConnection.to(socket);
    try {
      version(connection);
      return Optional.of(connection);
    } catch (StatusRuntimeException fault) {
      connection.close();
      if (fault.getStatus().getCode() == Status.Code.DEADLINE_EXCEEDED) {
        throw new UnavailableException(
            "the daemon at "
                + socket
                + " has not answered for "
                + callSeconds
                + " s; end the process that listens there, or choose --socket");
      }
      if (fault.getStatus().getCode() != Status.Code.UNAVAILABLE) {
        throw fault;
      }
      return Optional.empty();
    }
  }

  private VersionResponse version(DaemonConnection connection) {
    return connection
        .admin()
        .withDeadlineAfter(callSeconds, TimeUnit.SECONDS)
        .version(VersionRequest.getDefaultInstance());
  }

  private void replace(DaemonConnection connection, VersionResponse version)
      throws IOException, InterruptedException {
    connection
        .admin()
        .withDeadlineAfter(callSeconds, TimeUnit.SECONDS)
        .stop(StopRequest.newBuilder().setGrace(Duration.newBuilder().setSeconds(5)).build());
    Optional<ProcessHandle> process = ProcessHandle.of(version.getPid());
    try {
      if (process.isPresent()) {
        process.get().onExit().get(START_MILLIS_MAX, TimeUnit.MILLISECONDS);
      }
    } catch (TimeoutException late) {
      throw new UnavailableException(
          "the daemon of another build, process "
              + version.getPid()
              + ", does not stop; end it, then try again",
          late);
    } catch (ExecutionException fault) {
      throw new UnavailableException("cannot wait for process " + version.getPid(), fault);
    }
  }

  private DaemonConnection start() throws IOException, InterruptedException {
    Process process = DaemonLauncher.start(socket);
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(START_MILLIS_MAX);
    while (System.nanoTime() < deadline) {
      Optional<DaemonConnection> connection = running();
      if (connection.isPresent()) {
        return connection.get();
      }
      if (!process.isAlive() && process.exitValue() != ALREADY_RUNNING) {
        throw failed("the daemon could not start (exit code " + process.exitValue() + ")");
      }
      Thread.sleep(POLL_MILLIS);
    }
    throw failed(
        "the daemon has not answered for "
            + TimeUnit.MILLISECONDS.toSeconds(START_MILLIS_MAX)
            + " s");
  }

  /** What happened, and the end of the log, which says why. */
  private UnavailableException failed(String what) throws IOException {
    Path log = DaemonLauncher.logFile(socket);
    List<String> lines = Files.exists(log) ? Files.readAllLines(log) : List.of();
    if (lines.isEmpty()) {
      return new UnavailableException(what + "; it left no log");
    }
    List<String> last = lines.subList(Math.max(0, lines.size() - LOG_LINES_SHOWN), lines.size());
    return new UnavailableException(
        what + "; see " + log + ":\n  " + String.join("\n  ", last),
        what + ": " + lines.getLast() + " (in " + log + ")");
  }
}
