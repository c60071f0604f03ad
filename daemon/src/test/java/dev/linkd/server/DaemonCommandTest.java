package dev.linkd.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.output.LinkDriver;
import dev.linkd.rendezvous.RuntimeDirectory;
import dev.linkd.rendezvous.SocketPath;
import dev.linkd.server.rehearsal.Engine;
import dev.linkd.session.MemoryOutputs;
import dev.linkd.store.ColdContents;
import dev.linkd.store.InputStore;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The command line of the daemon, and its exit codes. */
@Timeout(60)
class DaemonCommandTest {
  @TempDir Path directory;
  private final StringWriter output = new StringWriter();
  private final StringWriter errors = new StringWriter();
  private final AtomicInteger rehearsals = new AtomicInteger();
  private final List<Path> coldFolders = new ArrayList<>();
  private final List<Boolean> watched = new ArrayList<>();

  private int run(String... arguments) {
    return new CommandLine(
            new DaemonCommand(
                new MemoryOutputs(),
                Optional.of(this::driver),
                Optional.of(this::rehearsed),
                Optional.of(this::cold),
                new SpareJournal()))
        .setParameterExceptionHandler(new UsageFaults())
        .setOut(new PrintWriter(output, true))
        .setErr(new PrintWriter(errors, true))
        .execute(arguments);
  }

  private LinkDriver driver(boolean watches) {
    watched.add(watches);
    return new ScriptedDriver();
  }

  private Engine rehearsed() {
    rehearsals.incrementAndGet();
    return new Engine(new MemoryOutputs(), Optional.empty(), () -> {});
  }

  private ColdContents cold(Path folder) {
    coldFolders.add(folder);
    return InputStore.paged(1 << 20).cold(folder);
  }

  private String socket() {
    return directory.resolve("run/socket").toString();
  }

  @Test
  void itServesUntilItIsIdle() {
    assertThat(run("--socket", socket(), "--idle-timeout", "200ms", "--log-level", "WARN"))
        .isZero();
    assertThat(Path.of(socket() + ".pid")).content().startsWith("stopped");
  }

  @Test
  void theSparesOfAKilledDaemonAreRemovedAtTheStart() throws Exception {
    Path socket = Path.of(socket());
    Files.createDirectory(
        directory.resolve("run"),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Path spare = Files.writeString(directory.resolve(".program.linkd-spare"), "left");
    SpareJournal killed = new SpareJournal();
    killed.begin(socket);
    killed.appeared(directory.resolve("program"), SpareJournalTest.identity(spare));
    assertThat(run("--socket", socket(), "--idle-timeout", "50ms")).isZero();
    assertThat(spare).doesNotExist();
    assertThat(Path.of(socket() + ".spares")).doesNotExist();
  }

  @Test
  void inputsGoToTheFolderThatIsNamed() {
    assertThat(run("--socket", socket(), "--idle-timeout", "50ms")).isZero();
    assertThat(run("--socket", socket(), "--idle-timeout", "50ms", "--cold-inputs", "/d")).isZero();
    assertThat(run("--socket", socket(), "--idle-timeout", "50ms", "--cold-inputs=none")).isZero();
    assertThat(coldFolders).containsExactly(Path.of("/var/tmp"), Path.of("/d"));
  }

  @Test
  void inputsAreWatchedUnlessToldNotTo() {
    assertThat(run("--socket", socket(), "--idle-timeout", "50ms")).isZero();
    assertThat(run("--socket", socket(), "--idle-timeout", "50ms", "--no-watch")).isZero();
    assertThat(watched).containsExactly(true, false);
  }

  @Test
  void theLogGoesToItsFileAsTextOrJson() throws Exception {
    Path text = directory.resolve("text.log");
    assertThat(run("--socket", socket(), "--idle-timeout", "50ms", "--log-file", text.toString()))
        .isZero();
    assertThat(text).content().contains("INFO").contains("serves " + socket());
    Path json = directory.resolve("json.log");
    assertThat(
            run(
                "--socket",
                socket(),
                "--idle-timeout",
                "50ms",
                "--log-file",
                json.toString(),
                "--log-json"))
        .isZero();
    assertThat(Files.readAllLines(json)).isNotEmpty().allMatch(line -> line.startsWith("{"));
  }

  @Test
  void itRehearsesWhileItIsIdleUnlessToldNotTo() throws Exception {
    assertThat(run("--socket", socket(), "--idle-timeout", "600ms", "--no-warm-up")).isZero();
    assertThat(rehearsals).hasValue(0);
    assertThat(run("--socket", socket(), "--idle-timeout", "600ms")).isZero();
    assertThat(rehearsals).hasValue(1);
    try (Stream<Path> files = Files.list(directory.resolve("run"))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("socket.pid", "socket.lock");
    }
  }

  @Test
  void helpDescribesOptionsAndExitCodes() {
    assertThat(run("--help")).isZero();
    assertThat(output.toString())
        .contains("--socket", "--idle-timeout", "--tls-client-ca", "--no-warm-up", "Exit codes:");
  }

  @Test
  void versionNamesTheRelease() {
    assertThat(run("--version")).isZero();
    assertThat(output.toString()).startsWith("linkd ").contains("Java 25");
  }

  @Test
  void wrongUsageIsExplained() {
    assertThat(run("--idle-timeout", "soon")).isEqualTo(2);
    assertThat(errors.toString()).contains("expected a time such as 90s");
    assertThat(run("--socket", socket(), "--listen", "0.0.0.0:0")).isEqualTo(2);
    assertThat(errors.toString()).contains("without TLS");
    assertThat(run("--tls-cert", "a.pem")).isEqualTo(2);
    assertThat(errors.toString()).contains("--tls-key");
    assertThat(run("--socket", "/" + "x".repeat(200))).isEqualTo(2);
    assertThat(errors.toString())
        .as("a client shows the last lines")
        .endsWith("linkd: the path of the socket has more than 107 bytes\nMore: linkd --help\n");
  }

  @Test
  void whatKeepsItFromServingTcpIsExplained() throws Exception {
    String empty = Files.createFile(directory.resolve("empty.pem")).toString();
    String[] tls = {"--tls-cert", empty, "--tls-key", empty, "--tls-client-ca", empty};
    List<String> words = new ArrayList<>(List.of("--socket", socket(), "--log-level", "WARN"));
    words.addAll(List.of(tls));
    assertThat(run(words.toArray(String[]::new))).isEqualTo(2);
    assertThat(errors.toString()).contains("give --listen too");
    words.addAll(List.of("--listen", "127.0.0.1:0"));
    assertThat(run(words.toArray(String[]::new))).isEqualTo(1);
    assertThat(errors.toString()).endsWith("linkd: " + empty + " holds no certificate in PEM\n");
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + taken.getLocalPort();
      assertThat(run("--socket", socket(), "--listen", address)).isEqualTo(1);
      assertThat(errors.toString()).contains(address).endsWith("Address already in use\n");
    }
  }

  @Test
  void theLogNamesTheTcpAddress() throws Exception {
    Path log = directory.resolve("tcp.log");
    String[] words = {"--listen", "127.0.0.1:0", "--log-file", log.toString()};
    assertThat(run(with(words, "--socket", socket(), "--idle-timeout", "50ms"))).isZero();
    assertThat(log).content().containsPattern("TCP on 127[.]0[.]0[.]1:[1-9][0-9]*, without TLS");
  }

  private static String[] with(String[] words, String... more) {
    return Stream.concat(Stream.of(words), Stream.of(more)).toArray(String[]::new);
  }

  @Test
  void aDirectoryThatIsNotOursIsRefused() throws Exception {
    Files.createDirectory(directory.resolve("run"));
    Files.setPosixFilePermissions(
        directory.resolve("run"), PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThat(run("--socket", socket(), "--log-level", "WARN")).isEqualTo(1);
    assertThat(errors.toString()).contains("chmod 700");
  }

  @Test
  void aSecondDaemonHasAnExitCodeOfItsOwn() throws Exception {
    RuntimeDirectory.prepare(directory.resolve("run"), SocketPath.currentUid());
    try (TestDaemon first = new TestDaemon(directory.resolve("run"))) {
      assertThat(run("--socket", first.daemon().socket().toString())).isEqualTo(3);
      assertThat(errors.toString()).contains("another linkd serves");
    }
  }

  @Test
  void timesHaveUnits() {
    DurationConverter converter = new DurationConverter();
    assertThat(converter.convert("0")).isZero();
    assertThat(converter.convert("5ms").toMillis()).isEqualTo(5);
    assertThat(converter.convert("90s").toSeconds()).isEqualTo(90);
    assertThat(converter.convert("10m").toMinutes()).isEqualTo(10);
    assertThat(converter.convert("3h").toHours()).isEqualTo(3);
    assertThat(converter.convert("2d").toDays()).isEqualTo(2);
  }
}
