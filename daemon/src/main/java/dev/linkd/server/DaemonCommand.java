package dev.linkd.server;

import dev.linkd.output.LinkDriver;
import dev.linkd.output.OutputFactory;
import dev.linkd.rendezvous.BuildId;
import dev.linkd.rendezvous.RuntimeDirectory;
import dev.linkd.rendezvous.SocketPath;
import dev.linkd.server.SocketLock.AlreadyRunningException;
import dev.linkd.server.rehearsal.Engine;
import dev.linkd.session.DaemonIdentity;
import dev.linkd.store.ColdContents;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line of the daemon. */
@Command(
    name = "linkd",
    description = "Keeps links resident and patches their outputs. Runs in the foreground.",
    mixinStandardHelpOptions = true,
    versionProvider = Release.class,
    sortOptions = false,
    usageHelpAutoWidth = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:stopped as asked, or idle for the time given",
      "1:could not start; the message says why",
      "2:wrong usage",
      "3:another daemon serves the socket"
    })
final class DaemonCommand implements Callable<Integer> {
  private static final int FAILED = 1;
  private static final int ALREADY_RUNNING = 3;

  /** Running calls may take so long when the process is asked to end. */
  private static final long SIGNAL_GRACE_NANOS = TimeUnit.SECONDS.toNanos(2);

  private static final Path NO_COLD_INPUTS = Path.of("none");

  @Option(
      names = "--socket",
      paramLabel = "PATH",
      description =
          "Unix domain socket; default: $LINKD_SOCKET, else daemon.sock in"
              + " $XDG_RUNTIME_DIR/linkd or /tmp/linkd-UID.")
  private @Nullable Path socket;

  @Option(
      names = "--idle-timeout",
      paramLabel = "TIME",
      defaultValue = "3h",
      converter = DurationConverter.class,
      description = "Stop when unused for so long: 90s, 10m, 3h, 2d; 0: never. Default: 3h.")
  private Duration idleTimeout = Duration.ZERO;

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      converter = AddressConverter.class,
      description = "Serve TCP too. Other addresses than loopback need the TLS options.")
  private @Nullable InetSocketAddress listen;

  @ArgGroup(exclusive = false)
  private @Nullable TlsArguments tls;

  /** All three or none. */
  private static final class TlsArguments {
    @Option(
        names = "--tls-cert",
        paramLabel = "FILE",
        required = true,
        description = "Certificate chain of the daemon, PEM.")
    private Path certificate = Path.of("");

    @Option(
        names = "--tls-key",
        paramLabel = "FILE",
        required = true,
        description = "Its private key, PKCS#8 PEM.")
    private Path key = Path.of("");

    @Option(
        names = "--tls-client-ca",
        paramLabel = "FILE",
        required = true,
        description = "Authorities of the client certificates, PEM; clients must have one.")
    private Path clientAuthorities = Path.of("");
  }

  @Option(
      names = "--metrics",
      paramLabel = "HOST:PORT",
      converter = AddressConverter.class,
      description = "Serve GET /metrics for Prometheus on a loopback address.")
  private @Nullable InetSocketAddress metrics;

  @Option(
      names = "--no-warm-up",
      description =
          "Do not link samples while idle after the start. They take some seconds of processor"
              + " time, and the first links are then about as fast as later ones.")
  private boolean unrehearsed;

  @Option(
      names = "--cold-inputs",
      paramLabel = "DIR",
      defaultValue = "/var/tmp",
      description =
          "While nobody links, keep the contents of inputs in a file without a name in DIR, which"
              + " has to be on a disk, instead of in memory; 'none': do not. Default: /var/tmp.")
  private Path coldInputs = NO_COLD_INPUTS;

  @Option(
      names = "--no-watch",
      description =
          "Do not watch the directories of inputs, which lets the daemon read what a build writes"
              + " before the link asks for it. No link depends on it.")
  private boolean unwatched;

  @ArgGroup(exclusive = false)
  private LogArguments log = new LogArguments();

  @Spec private @Nullable CommandSpec spec;

  private final OutputFactory outputs;
  private final Optional<Function<Boolean, LinkDriver>> drivers;
  private final Optional<Supplier<Engine>> rehearsed;
  private final Optional<Function<Path, ColdContents>> cold;
  private final SpareJournal spares;

  /**
   * The command of a daemon that has these parts.
   *
   * @param drivers makes what runs invocations, and is told whether it is to watch their inputs
   */
  DaemonCommand(
      OutputFactory outputs,
      Optional<Function<Boolean, LinkDriver>> drivers,
      Optional<Supplier<Engine>> rehearsed,
      Optional<Function<Path, ColdContents>> cold,
      SpareJournal spares) {
    this.outputs = outputs;
    this.drivers = drivers;
    this.rehearsed = rehearsed;
    this.cold = cold;
    this.spares = spares;
  }

  @Override
  public Integer call() throws InterruptedException {
    log.apply();
    try {
      return serve();
    } catch (AlreadyRunningException present) {
      report(present);
      return ALREADY_RUNNING;
    } catch (IOException fault) {
      report(fault);
      return FAILED;
    }
  }

  private int serve() throws IOException, AlreadyRunningException, InterruptedException {
    DaemonOptions options = options();
    Path directory = options.socket().getParent();
    if (directory != null) {
      RuntimeDirectory.prepare(directory, SocketPath.currentUid());
    }
    Optional<LinkDriver> driver = drivers.map(made -> made.apply(!unwatched));
    try (Daemon daemon = Daemon.start(options, identity(), outputs, driver)) {
      Runtime.getRuntime()
          .addShutdownHook(
              Thread.ofPlatform()
                  .name("signal")
                  .unstarted(
                      () -> daemon.stop(SIGNAL_GRACE_NANOS, "the process was asked to end")));
      daemon.writeDownSpares(spares);
      if (!unrehearsed) {
        rehearsed.ifPresent(daemon::warmUp);
      }
      if (!coldInputs.equals(NO_COLD_INPUTS)) {
        cold.ifPresent(contents -> daemon.moveColdInputs(contents.apply(coldInputs)));
      }
      daemon.awaitStop();
      return 0;
    }
  }

  private DaemonOptions options() throws IOException {
    Path path = socket == null ? SocketPath.usual(System.getenv()) : socket.toAbsolutePath();
    if (path.toString().getBytes(StandardCharsets.UTF_8).length > SocketPath.BYTES_MAX) {
      throw usage("the path of the socket has more than " + SocketPath.BYTES_MAX + " bytes");
    }
    DaemonOptions options =
        new DaemonOptions(
            path,
            idleTimeout.isZero() ? Optional.empty() : Optional.of(idleTimeout),
            Optional.ofNullable(listen),
            tls == null
                ? Optional.empty()
                : Optional.of(new TlsFiles(tls.certificate, tls.key, tls.clientAuthorities)),
            Optional.ofNullable(metrics));
    try {
      options.check();
    } catch (IllegalArgumentException fault) {
      throw usage(String.valueOf(fault.getMessage()));
    }
    return options;
  }

  private static DaemonIdentity identity() throws IOException {
    return new DaemonIdentity(
        Release.NUMBER,
        BuildId.current(),
        ProcessHandle.current().pid(),
        Instant.now(),
        System.nanoTime());
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec().commandLine(), message);
  }

  private void report(Exception fault) {
    String why = fault.getCause() instanceof BindException bind ? ": " + bind.getMessage() : "";
    spec().commandLine().getErr().println("linkd: " + fault.getMessage() + why);
  }

  private CommandSpec spec() {
    if (spec == null) {
      throw new IllegalStateException("not started through a command line");
    }
    return spec;
  }
}
