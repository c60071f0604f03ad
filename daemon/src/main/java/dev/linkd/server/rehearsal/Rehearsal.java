package dev.linkd.server.rehearsal;

import io.grpc.ServerBuilder;
import java.io.IOException;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Plays scenes, those first that help most. A scene that was disturbed is played again; but who
 * disturbs again and again does not make the daemon rehearse for ever.
 */
public final class Rehearsal {
  private static final long NANOS_MAX = TimeUnit.SECONDS.toNanos(60);
  private static final int PAUSES_MAX = 20;
  private static final long PAUSE_MILLIS = 50;

  private final Path folder;
  private final Function<Path, ? extends ServerBuilder<?>> servers;
  private final Supplier<Engine> engines;
  private final List<Scene> scenes;
  private volatile int played;
  private volatile long nanos;

  /**
   * Prepares nothing yet.
   *
   * @param folder that is made for the rehearsal, and removed
   * @param servers that are not yet started, by the paths of their sockets
   */
  public Rehearsal(
      Path folder, Function<Path, ? extends ServerBuilder<?>> servers, Supplier<Engine> engines) {
    this(folder, servers, engines, scenes());
  }

  Rehearsal(
      Path folder,
      Function<Path, ? extends ServerBuilder<?>> servers,
      Supplier<Engine> engines,
      List<Scene> scenes) {
    this.folder = folder;
    this.servers = servers;
    this.engines = engines;
    this.scenes = scenes;
  }

  /**
   * Small ones bring the code to the optimising compiler soon, which takes 5,000 calls of what
   * happens once in a publish, after those for which it is watched. The many links are for what
   * happens once in each link, such as taking a connection, and therefore seldom; the links of many
   * objects for what happens once for each object that is read for the first time. The large stream
   * shows how the code behaves when tables grow, names collide and a million relocations are
   * settled at once; compiled without having seen that, it would be compiled again during the first
   * large link, which then runs beside the compiler, and in parts on code that is still watched.
   */
  private static List<Scene> scenes() {
    return List.of(
        new StreamScene(1_000, 5_000),
        new LinkScene(24, 24, 1, 30),
        new StreamScene(4_000, 4_000),
        new LinkScene(24, 24, 1, 30),
        new LinkScene(24, 24, 1, 400),
        new LinkScene(1_300, 20, 4, 4),
        new StreamScene(100_000, 1_000));
  }

  /** Scenes that were played to their end. */
  public int played() {
    return played;
  }

  /** Scenes to play. */
  public int sceneCount() {
    return scenes.size();
  }

  /** For how long it has run until now. */
  public long nanos() {
    return nanos;
  }

  /** Whether there is nothing left to do. */
  public boolean done() {
    return played >= scenes.size() || nanos > NANOS_MAX;
  }

  /**
   * Goes on until it is done or disturbed, which it notices before each request.
   *
   * @throws IOException when it does not work; then there is no sense in another try
   */
  public void run(BooleanSupplier disturbed) throws IOException, InterruptedException {
    long start = System.nanoTime();
    long before = nanos;
    BooleanSupplier stop =
        () -> disturbed.getAsBoolean() || before + System.nanoTime() - start > NANOS_MAX;
    try (Stage stage = Stage.open(folder, engines.get(), servers)) {
      while (played < scenes.size()) {
        scenes.get(played).play(stage, stop);
        stage.clear();
        played++;
        awaitCompilers(stop);
      }
    } catch (DisturbedException end) {
      // The stage is closed; a later run begins with the same scene.
    } finally {
      nanos += System.nanoTime() - start;
    }
  }

  /**
   * Lets the compilers catch up. They take the more executions for hot the more methods wait for
   * them, so what runs meanwhile runs slowly and brings little.
   */
  private static void awaitCompilers(BooleanSupplier disturbed)
      throws InterruptedException, DisturbedException {
    @Nullable CompilationMXBean compilers = ManagementFactory.getCompilationMXBean();
    if (compilers == null || !compilers.isCompilationTimeMonitoringSupported()) {
      return;
    }
    long before = -1;
    for (int i = 0; i < PAUSES_MAX && compilers.getTotalCompilationTime() != before; i++) {
      if (disturbed.getAsBoolean()) {
        throw new DisturbedException();
      }
      before = compilers.getTotalCompilationTime();
      Thread.sleep(PAUSE_MILLIS);
    }
  }
}
