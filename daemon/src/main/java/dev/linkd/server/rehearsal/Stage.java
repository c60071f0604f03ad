package dev.linkd.server.rehearsal;

import dev.linkd.rendezvous.FileView;
import dev.linkd.rendezvous.RuntimeDirectory;
import dev.linkd.rendezvous.SocketPath;
import dev.linkd.session.Callers;
import dev.linkd.session.Counters;
import dev.linkd.session.DrainGate;
import dev.linkd.session.Limits;
import dev.linkd.session.LinkEndpoint;
import dev.linkd.session.OutputRegistry;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A daemon within the daemon: the same service on a socket of its own, with outputs, counters and a
 * gate that nobody else sees. All files are in one private folder, which goes with the stage.
 */
final class Stage implements AutoCloseable {
  private static final String BUILD = "rehearsal";
  private static final String SOCKET = "s";
  private static final long TERMINATION_SECONDS = 5;

  private final Path folder;
  private final Engine engine;
  private final OutputRegistry registry;
  private final Server server;
  private final FileView view;

  private Stage(Path folder, Engine engine, Function<Path, ? extends ServerBuilder<?>> servers)
      throws IOException {
    this.folder = folder;
    this.engine = engine;
    this.view = FileView.current();
    Counters counters = new Counters();
    this.registry = new OutputRegistry(engine.outputs(), Limits.DEFAULT, counters);
    LinkEndpoint endpoint =
        new LinkEndpoint(
            registry,
            Limits.DEFAULT,
            counters,
            new DrainGate(System::nanoTime),
            engine.driver(),
            new Callers(view, BUILD));
    this.server = servers.apply(socket()).addService(endpoint).build().start();
  }

  /**
   * Makes the folder, in place of one that a killed daemon has left, and serves.
   *
   * @param wanted the folder, where its path leaves room for that of a socket; otherwise one in
   *     {@code /tmp/linkd-UID}
   */
  static Stage open(Path wanted, Engine engine, Function<Path, ? extends ServerBuilder<?>> servers)
      throws IOException {
    boolean opened = false;
    Path folder = wanted;
    try {
      folder = withRoom(wanted);
      delete(folder);
      Files.createDirectory(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      Stage stage = new Stage(folder, engine, servers);
      opened = true;
      return stage;
    } finally {
      if (!opened) {
        engine.end().run();
        delete(folder);
      }
    }
  }

  /** The name of another folder tells whose it is, so that a later daemon removes what is left. */
  private static Path withRoom(Path wanted) throws IOException {
    byte[] path = wanted.toString().getBytes(StandardCharsets.UTF_8);
    if (path.length + 1 + SOCKET.length() <= SocketPath.BYTES_MAX) {
      return wanted;
    }
    Path own = SocketPath.directory(Map.of());
    RuntimeDirectory.prepare(own, SocketPath.currentUid());
    return own.resolve(UUID.nameUUIDFromBytes(path) + ".warm-up");
  }

  Path folder() {
    return folder;
  }

  /** What callers say they were built with. */
  String build() {
    return BUILD;
  }

  FileView view() {
    return view;
  }

  /** Whether there is a driver, so that {@code Link} can be called. */
  boolean links() {
    return engine.driver().isPresent();
  }

  private Path socket() {
    return folder.resolve(SOCKET);
  }

  /** Begins a call of a method of {@code linkd.v1.LinkService}. */
  RawCall call(String method) throws IOException {
    return new RawCall(socket(), "linkd.v1.LinkService/" + method);
  }

  /** Closes all outputs. */
  void clear() throws InterruptedException {
    registry.closeAll("the scene is over");
  }

  @Override
  public void close() throws IOException, InterruptedException {
    try {
      server.shutdownNow();
      clear();
      server.awaitTermination(TERMINATION_SECONDS, TimeUnit.SECONDS);
    } finally {
      engine.end().run();
      delete(folder);
    }
  }

  private static void delete(Path folder) throws IOException {
    if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      List<Path> files;
      try (Stream<Path> all = Files.list(folder)) {
        files = all.toList();
      }
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
    }
    Files.deleteIfExists(folder);
  }
}
