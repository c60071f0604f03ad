package dev.linkd.server.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.linkd.driver.LdDriver;
import dev.linkd.elf.ElfOutputs;
import dev.linkd.output.FlushResult;
import dev.linkd.rendezvous.SocketPath;
import dev.linkd.session.DrainGate;
import dev.linkd.session.MemoryOutputs;
import dev.linkd.session.WarmUpProgress;
import dev.linkd.session.WarmUpProgress.State;
import dev.linkd.store.InputStore;
import dev.linkd.store.InputWatch;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a daemon does while nobody has asked anything of it yet. */
@Timeout(120)
class WarmUpTest {
  private static final int FUNCTIONS = 8_000;
  private static final int PATCHES = 300;

  @TempDir Path directory;
  private final AtomicLong clock = new AtomicLong();
  private final DrainGate gate = new DrainGate(clock::get);
  private final AtomicInteger warm = new AtomicInteger();
  private final MemoryOutputs outputs = new MemoryOutputs();
  private final AtomicInteger engines = new AtomicInteger();
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

  @AfterEach
  void end() {
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private Path folder() {
    return directory.resolve("warm-up");
  }

  private NettyServerBuilder server(Path socket) {
    return NettyServerBuilder.forAddress(UnixDomainSocketAddress.of(socket))
        .channelType(NioServerDomainSocketChannel.class)
        .bossEventLoopGroup(loops)
        .workerEventLoopGroup(loops)
        .directExecutor();
  }

  private Rehearsal rehearsal(Path folder, Engine engine, Scene... scenes) {
    return new Rehearsal(
        folder,
        this::server,
        () -> {
          engines.incrementAndGet();
          return engine;
        },
        List.of(scenes));
  }

  private Rehearsal inMemory(Scene... scenes) {
    return rehearsal(
        folder(), new Engine(outputs, Optional.empty(), engines::decrementAndGet), scenes);
  }

  private void idle() {
    clock.addAndGet(TimeUnit.SECONDS.toNanos(1));
  }

  private WarmUp start(Rehearsal rehearsal) {
    return new WarmUp(gate, rehearsal, warm::incrementAndGet).start();
  }

  private void assertNothingLeft() {
    assertThat(directory).isEmptyDirectory();
    assertThat(outputs.openOutputs()).isZero();
    assertThat(engines).hasValue(0);
    await()
        .untilAsserted(
            () ->
                assertThat(Thread.getAllStackTraces().keySet())
                    .extracting(Thread::getName)
                    .noneMatch(name -> name.startsWith("output-") || name.equals("warm-up")));
  }

  /** The real format and the real driver accept what is rehearsed, and publish all of it. */
  @Test
  void itLinksAsClientsDoAndLeavesNothingBehind() throws Exception {
    ElfOutputs real = new ElfOutputs();
    InputStore store = real.store();
    InputWatch watch = new InputWatch(store);
    RecordingOutputs recorded = new RecordingOutputs(real);
    AtomicInteger watched = new AtomicInteger();
    Runnable end =
        () -> {
          watched.set(watch.statistics().directories());
          watch.close();
          engines.decrementAndGet();
        };
    Engine engine = new Engine(recorded, Optional.of(new LdDriver(store, watch)), end);
    Rehearsal rehearsal =
        rehearsal(
            folder(),
            engine,
            new StreamScene(400, PATCHES),
            new LinkScene(24, 24, 2, 8),
            new StreamScene(40, PATCHES));
    rehearsal.run(() -> false);
    assertThat(rehearsal.played()).isEqualTo(3);
    assertThat(rehearsal.done()).isTrue();
    List<FlushResult> results = recorded.results();
    assertThat(results).hasSizeGreaterThan(200);
    assertThat(results.stream().filter(r -> !r.ok())).isEmpty();
    assertThat(results.stream().filter(r -> !r.published()))
        .as("links with nothing changed")
        .hasSize(2);
    assertThat(results.getFirst().statistics().relocationsApplied()).isGreaterThan(5_000);
    assertThat(results)
        .as("functions are edited, move, come and go")
        .anyMatch(r -> r.statistics().atomsMoved() > 0)
        .anyMatch(r -> r.statistics().atomsAdded() == 1)
        .anyMatch(r -> r.statistics().atomsRemoved() == 1);
    assertThat(watched).as("the inputs are watched as those of a build are").hasPositiveValue();
    assertThat(recorded.open()).isZero();
    assertThat(store.statistics().bytes())
        .as("at most the configuration of the dynamic linker, which drivers remember")
        .isLessThan(SampleObject.of("object", 1, List.of("callee"), 0, 0).length);
    assertNothingLeft();
  }

  @Test
  void theFolderIsPrivateAndReplacesOneThatAKilledDaemonLeft() throws Exception {
    Files.createDirectory(folder());
    Files.writeString(folder().resolve("left"), "by a killed daemon");
    Scene scene =
        (stage, disturbed) -> {
          try (Stream<Path> files = Files.list(stage.folder())) {
            assertThat(files).extracting(Path::getFileName).containsExactly(Path.of("s"));
          }
          assertThat(Files.getPosixFilePermissions(stage.folder()))
              .map(Enum::name)
              .allMatch(name -> name.startsWith("OWNER_"));
        };
    Rehearsal rehearsal = inMemory(scene);
    rehearsal.run(() -> false);
    assertThat(rehearsal.played()).isEqualTo(1);
    assertNothingLeft();
  }

  @Test
  void itWaitsUntilTheDaemonIsIdleAndEndsWhenAllIsRehearsed() throws Exception {
    Rehearsal rehearsal =
        inMemory(
            new StreamScene(40, PATCHES),
            new LinkScene(24, 24, 1, 40),
            new StreamScene(40, PATCHES));
    WarmUp warmUp = start(rehearsal);
    Thread.sleep(200);
    assertThat(outputs.atoms()).as("somebody may be about to ask").isZero();
    assertThat(directory).isEmptyDirectory();
    idle();
    assertThat(warmUp.progress().state()).isEqualTo(State.RUNNING);
    assertThat(warm).hasValue(0);
    warmUp.join();
    assertThat(rehearsal.done()).isTrue();
    assertThat(outputs.atoms()).isPositive();
    assertThat(warm).hasValue(1);
    WarmUpProgress progress = warmUp.progress();
    assertThat(progress.state()).isEqualTo(State.DONE);
    assertThat(progress.played()).isEqualTo(3).isEqualTo(progress.scenes());
    assertThat(progress.nanos()).isPositive();
    assertNothingLeft();
  }

  @Test
  void itStopsWhenSomebodyAsksForSomethingAndGoesOnLater() throws Exception {
    outputs.gate();
    Rehearsal rehearsal =
        inMemory(new StreamScene(40, PATCHES), new StreamScene(FUNCTIONS, PATCHES));
    idle();
    WarmUp warmUp = start(rehearsal);
    outputs.permit(1_000);
    while (outputs.atoms() < 1_000) {
      Thread.sleep(1);
    }
    gate.touch();
    outputs.open();
    while (outputs.openOutputs() > 0 || Files.exists(folder())) {
      Thread.sleep(1);
    }
    long atoms = outputs.atoms();
    assertThat(rehearsal.played()).isEqualTo(1);
    assertThat(atoms).as("at most some requests more").isBetween(1_000L, FUNCTIONS / 2L);
    Thread.sleep(200);
    assertThat(outputs.atoms()).as("while the daemon is busy").isEqualTo(atoms);
    assertThat(directory).isEmptyDirectory();
    idle();
    warmUp.join();
    assertThat(rehearsal.done()).isTrue();
    assertThat(outputs.atoms()).isGreaterThan(FUNCTIONS);
    assertNothingLeft();
  }

  @Test
  void itEndsWithTheDaemon() throws Exception {
    outputs.gate();
    Rehearsal rehearsal = inMemory(new StreamScene(FUNCTIONS, PATCHES));
    idle();
    WarmUp warmUp = start(rehearsal);
    outputs.permit(10);
    while (outputs.atoms() < 10) {
      Thread.sleep(1);
    }
    assertThat(gate.drain()).isTrue();
    outputs.open();
    warmUp.end();
    assertThat(rehearsal.played()).isZero();
    assertThat(warmUp.progress().state()).isEqualTo(State.ENDED);
    assertThat(warm).hasValue(0);
    assertNothingLeft();
  }

  @Test
  void theDaemonDoesNotWaitForWorkThatDoesNotEnd() throws Exception {
    outputs.gate();
    idle();
    WarmUp warmUp = start(inMemory(new StreamScene(40, PATCHES)));
    while (!outputs.atGate()) {
      Thread.sleep(1);
    }
    assertThat(gate.drain()).isTrue();
    warmUp.end();
    assertThat(directory).isEmptyDirectory();
    outputs.open();
    while (outputs.openOutputs() > 0) {
      Thread.sleep(1);
    }
    warmUp.join();
  }

  @Test
  void aFolderThatCannotBeMadeIsNoReasonToFail() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "no folder");
    Rehearsal rehearsal =
        rehearsal(
            file.resolve("warm-up"),
            new Engine(outputs, Optional.empty(), engines::decrementAndGet),
            new StreamScene(40, PATCHES));
    idle();
    start(rehearsal).join();
    assertThat(rehearsal.played()).isZero();
    assertThat(file).hasContent("no folder");
    Files.delete(file);
    assertNothingLeft();
  }

  /** The daemon's own socket may be as long as a path of a socket can be. */
  @Test
  void aSocketWithALongPathIsRehearsedInTheFolderOfTheUser() throws Exception {
    Path daemon = directory.resolve("x".repeat(SocketPath.BYTES_MAX)).resolve("socket.warm-up");
    List<Path> folders = new ArrayList<>();
    Scene scene =
        (stage, disturbed) -> {
          folders.add(stage.folder());
          assertThat(stage.folder().resolve("s")).exists();
        };
    for (Path wanted : List.of(daemon, daemon, daemon.resolveSibling("other.warm-up"))) {
      Rehearsal rehearsal =
          rehearsal(
              wanted,
              new Engine(outputs, Optional.empty(), engines::decrementAndGet),
              scene,
              new StreamScene(40, PATCHES));
      rehearsal.run(() -> false);
      assertThat(rehearsal.played()).isEqualTo(2);
    }
    assertThat(folders)
        .hasSize(3)
        .allMatch(f -> f.startsWith("/tmp") && !f.startsWith(directory))
        .noneMatch(Files::exists);
    assertThat(folders.get(1)).as("so that it replaces what was left").isEqualTo(folders.get(0));
    assertThat(folders.get(2)).as("two daemons at once").isNotEqualTo(folders.get(0));
    assertNothingLeft();
  }

  @Test
  void aFaultOnTheStageEndsTheRehearsal() throws Exception {
    Rehearsal rehearsal =
        inMemory(
            (stage, disturbed) -> {
              try (RawCall call = stage.call("Link")) {
                call.send(new byte[0], true);
                assertThat(call.receive()).as("there is no driver").isNull();
              }
              new LinkCall(stage, List.of("a.o")).run();
            });
    assertThatThrownBy(() -> rehearsal.run(() -> false))
        .isInstanceOf(IOException.class)
        .hasMessage("the link did not end");
    idle();
    start(rehearsal).join();
    assertThat(rehearsal.played()).isZero();
    assertNothingLeft();
  }
}
