package dev.linkd.server;

import dev.linkd.os.Niceness;
import dev.linkd.output.LinkDriver;
import dev.linkd.output.OutputFactory;
import dev.linkd.rendezvous.FileView;
import dev.linkd.server.SocketLock.AlreadyRunningException;
import dev.linkd.server.rehearsal.Engine;
import dev.linkd.server.rehearsal.Rehearsal;
import dev.linkd.server.rehearsal.WarmUp;
import dev.linkd.session.AdminEndpoint;
import dev.linkd.session.Callers;
import dev.linkd.session.Counters;
import dev.linkd.session.DaemonControl;
import dev.linkd.session.DaemonIdentity;
import dev.linkd.session.DrainGate;
import dev.linkd.session.Limits;
import dev.linkd.session.LinkEndpoint;
import dev.linkd.session.LinkTimes;
import dev.linkd.session.OutputRegistry;
import dev.linkd.session.WarmUpProgress;
import dev.linkd.store.ColdContents;
import dev.linkd.store.InputWatch;
import dev.linkd.v1.AdminServiceGrpc;
import dev.linkd.v1.LinkServiceGrpc;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.ChannelzService;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running daemon: the outputs, the services and the sockets.
 *
 * <p>Stopping takes the same steps whoever asks for it: refuse new work, let running calls end
 * within their grace, close the outputs (which removes their spare files), remove the socket, give
 * back the lock. An output that is in the middle of long work is not waited for: what it holds is a
 * cache. It keeps the lock until the process has ended, so that no other daemon works on its files
 * meanwhile; the spare that it leaves is removed by the next daemon or the next publish.
 */
public final class Daemon implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Daemon.class);

  private static final int CHANNELZ_PAGE = 100;

  /**
   * What is compiled after the rehearsal is worth less than the request that runs meanwhile; on
   * processors that share a core the compiler slows it down even from the other one.
   */
  private static final int COMPILER_NICE = 10;

  private static final long TERMINATION_SECONDS = 5;
  private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final DaemonOptions options;
  private final DaemonIdentity identity;
  private final Counters counters = new Counters();
  private final DrainGate gate = new DrainGate(System::nanoTime);
  private final OutputRegistry registry;
  private final IdleWatch idle;
  private final DeletedOutputs deleted;
  private final IdleHeap heap = IdleHeap.ofProcess(gate);
  private final HealthStatusManager health = new HealthStatusManager();
  private final MarkFile mark;
  private final SocketLock lock;
  private final EventLoopGroup loops;
  private final List<Server> servers = new ArrayList<>();
  private final MetricsEndpoint metrics;
  private final AtomicBoolean stopping = new AtomicBoolean();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private volatile @Nullable WarmUp warmUp;
  private volatile @Nullable ColdInputs coldInputs;
  private volatile @Nullable SpareJournal spares;

  private Daemon(
      DaemonOptions options, DaemonIdentity identity, OutputFactory factory, SocketLock lock) {
    this.options = options;
    this.identity = identity;
    this.lock = lock;
    this.registry = new OutputRegistry(factory, Limits.DEFAULT, counters);
    this.idle = new IdleWatch(gate, options.idleTimeout());
    this.deleted = new DeletedOutputs(registry::closeDeleted);
    this.mark = new MarkFile(options.socket());
    this.loops = Transports.eventLoops(Math.max(1, Runtime.getRuntime().availableProcessors() / 2));
    this.metrics = new MetricsEndpoint(counters, registry, gate);
  }

  /**
   * Starts to serve.
   *
   * @throws AlreadyRunningException when another daemon serves the socket
   * @throws IOException when an address cannot be used
   */
  static Daemon start(
      DaemonOptions options,
      DaemonIdentity identity,
      OutputFactory factory,
      Optional<LinkDriver> driver)
      throws IOException, AlreadyRunningException {
    options.check();
    SocketLock lock = SocketLock.acquire(options.socket());
    Daemon daemon = new Daemon(options, identity, factory, lock);
    boolean started = false;
    try {
      daemon.serve(driver);
      started = true;
      return daemon;
    } finally {
      if (!started) {
        daemon.close();
      }
    }
  }

  private void serve(Optional<LinkDriver> driver) throws IOException {
    Callers callers = new Callers(FileView.current(), identity.build());
    LinkEndpoint link = new LinkEndpoint(registry, Limits.DEFAULT, counters, gate, driver, callers);
    Supplier<InputWatch.Statistics> inputWatch =
        () -> driver.map(LinkDriver::inputWatch).orElse(InputWatch.Statistics.NONE);
    AdminEndpoint admin =
        new AdminEndpoint(
            identity,
            registry,
            counters,
            gate,
            new Control(),
            inputWatch,
            () -> driver.map(LinkDriver::inputBytes).orElse(0L));
    List<ServerBuilder<?>> builders = new ArrayList<>();
    builders.add(Transports.unixSocket(options.socket(), loops, Limits.DEFAULT));
    if (options.listen().isPresent()) {
      builders.add(Transports.tcp(options.listen().get(), options.tls(), loops, Limits.DEFAULT));
    }
    for (ServerBuilder<?> builder : builders) {
      servers.add(
          builder
              .addStreamTracerFactory(new LinkTimes(counters))
              .addService(link)
              .addService(admin)
              .addService(health.getHealthService())
              .addService(ProtoReflectionServiceV1.newInstance())
              .addService(ChannelzService.newInstance(CHANNELZ_PAGE))
              .build()
              .start());
    }
    Files.setPosixFilePermissions(options.socket(), PosixFilePermissions.fromString("rw-------"));
    if (options.metrics().isPresent()) {
      metrics.start(options.metrics().get());
    }
    health.setStatus("", ServingStatus.SERVING);
    health.setStatus(LinkServiceGrpc.SERVICE_NAME, ServingStatus.SERVING);
    health.setStatus(AdminServiceGrpc.SERVICE_NAME, ServingStatus.SERVING);
    mark.running(identity);
    deleted.start();
    heap.start();
    idle.start(() -> stopLater(0, "nothing used it for " + options.idleTimeout().orElseThrow()));
    log.info("linkd {} serves {}", identity.release(), options.socket());
    if (options.listen().isPresent()) {
      String address =
          Address.text(new InetSocketAddress(options.listen().get().getAddress(), tcpPort()));
      log.info("TCP on {}, {}", address, options.tls().isPresent() ? "with TLS" : "without TLS");
    }
  }

  /** Rehearses while nobody asks anything of the daemon, in a folder beside the socket. */
  void warmUp(Supplier<Engine> engines) {
    Path folder = options.socket().resolveSibling(options.socket().getFileName() + ".warm-up");
    Rehearsal rehearsal =
        new Rehearsal(
            folder, socket -> Transports.unixSocket(socket, loops, Limits.DEFAULT), engines);
    warmUp = new WarmUp(gate, rehearsal, () -> Niceness.setForCompilers(COMPILER_NICE)).start();
  }

  /** Moves the contents of inputs out of memory while nobody asks anything of the daemon. */
  void moveColdInputs(ColdContents contents) {
    coldInputs = new ColdInputs(gate, contents, System::nanoTime).start();
  }

  /**
   * Writes down beside the socket which spares there are, and removes those that a daemon which was
   * killed has left.
   */
  void writeDownSpares(SpareJournal journal) {
    spares = journal;
    journal.begin(options.socket());
  }

  /** TCP port that is served; for an address with port 0. */
  int tcpPort() {
    return servers.get(1).getPort();
  }

  int metricsPort() {
    return metrics.port();
  }

  Path socket() {
    return options.socket();
  }

  void awaitStop() throws InterruptedException {
    stopped.await();
  }

  @Override
  public void close() {
    stop(0, "the process ends");
  }

  private void stopLater(long graceNanos, String reason) {
    Thread.ofPlatform().name("stop").start(() -> stop(graceNanos, reason));
  }

  /** Stops and waits for the end; the first reason counts. */
  void stop(long graceNanos, String reason) {
    if (!stopping.compareAndSet(false, true)) {
      awaitStopUninterrupted();
      return;
    }
    log.info("Stopping: {}", reason);
    try {
      drain();
      if (!gate.awaitQuiet(graceNanos)) {
        log.info("{} calls have not ended and are cancelled", gate.running());
      }
      WarmUp rehearsing = warmUp;
      if (rehearsing != null) {
        rehearsing.end();
      }
      ColdInputs moving = coldInputs;
      if (moving != null) {
        moving.end();
      }
      heap.end();
      deleted.stop();
      registry.endWatches();
      boolean closed = registry.closeAll("the daemon stops", CLOSE_NANOS);
      metrics.close();
      if (lock.counts()) {
        shutDownServers(closed ? TERMINATION_SECONDS : 0);
        Files.deleteIfExists(options.socket());
        mark.stopped(identity, reason);
        endSpares();
      } else {
        // Closing the servers would remove the socket of the daemon that is there now.
        log.warn("{} is not this daemon's any more; connections end with it", options.socket());
      }
      if (closed) {
        lock.close();
      } else {
        log.warn("Outputs are still at work; they end with the process");
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } catch (IOException fault) {
      log.error("While stopping", fault);
    } finally {
      stopped.countDown();
    }
  }

  private void shutDownServers(long graceSeconds) throws InterruptedException {
    for (Server server : servers) {
      server.shutdown();
    }
    for (Server server : servers) {
      if (!server.awaitTermination(graceSeconds, TimeUnit.SECONDS)) {
        server.shutdownNow().awaitTermination(TERMINATION_SECONDS, TimeUnit.SECONDS);
      }
    }
    loops.shutdownGracefully(0, TERMINATION_SECONDS, TimeUnit.SECONDS).await();
  }

  private void endSpares() throws IOException {
    SpareJournal journal = spares;
    if (journal != null) {
      journal.end();
    }
  }

  private void drain() {
    if (gate.drain()) {
      health.enterTerminalState();
    }
  }

  private void awaitStopUninterrupted() {
    try {
      stopped.await();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** What clients may ask for. */
  private final class Control implements DaemonControl {
    @Override
    public void drain() {
      Daemon.this.drain();
    }

    @Override
    public void stop(long graceNanos, String reason) {
      stopLater(graceNanos, reason);
    }

    @Override
    public OptionalLong idleStopNanos() {
      return idle.remainingNanos();
    }

    @Override
    public WarmUpProgress warmUp() {
      WarmUp rehearsing = warmUp;
      return rehearsing == null ? WarmUpProgress.OFF : rehearsing.progress();
    }
  }
}
