package dev.linkd.client.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.client.DaemonConnection;
import dev.linkd.client.DaemonConnector;
import dev.linkd.client.DaemonProgram;
import dev.linkd.v1.StatsRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code ld.linkd} as a process of its own, with a daemon and without. */
@Timeout(180)
class FrontEndTest {
  private static final String START =
      "void _start(void) { __asm__ volatile(\"mov $60, %%%%eax; syscall\" : : \"D\"(%d)); }\n";

  @TempDir Path directory;
  private final Map<String, String> environment = new TreeMap<>();
  private DaemonProgram daemon;
  private String err = "";

  @BeforeEach
  void install() throws Exception {
    daemon = DaemonProgram.real(directory);
    environment.put("XDG_RUNTIME_DIR", directory.resolve("runtime").toString());
    compile(42);
  }

  @AfterEach
  void stop() throws Exception {
    daemon.close();
  }

  private void compile(int status) throws Exception {
    Files.writeString(directory.resolve("main.c"), START.formatted(status));
    Process gcc =
        new ProcessBuilder("gcc", "-c", "-O1", "-fno-pic", "main.c")
            .directory(directory.toFile())
            .inheritIO()
            .start();
    assertThat(gcc.waitFor()).isZero();
  }

  private ProcessBuilder command(String... words) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED"));
    command.add("-Dlinkd.daemon=" + directory.resolve("linkd"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of("dev.linkd.client.Main", "ld", "--socket=" + daemon.socket(), "--"));
    command.addAll(List.of(words));
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().putAll(environment);
    return builder.redirectError(directory.resolve("err").toFile());
  }

  /** The exit status of the linker. */
  private int ld(String... words) throws Exception {
    Process process = command(words).start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    err = Files.readString(directory.resolve("err"), StandardCharsets.UTF_8);
    return process.exitValue();
  }

  private int program() throws Exception {
    Process process = new ProcessBuilder(directory.resolve("program").toString()).start();
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  private List<String> hiddenFiles() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(p -> p.getFileName().toString()).filter(n -> n.startsWith(".")).toList();
    }
  }

  private void assertLinkedAlone() throws Exception {
    assertThat(program()).isEqualTo(42);
    assertThat(daemon.socket()).doesNotExist();
    assertThat(hiddenFiles()).isEmpty();
  }

  @Test
  void theDaemonLinksAndTheNextLinkIsPatched() throws Exception {
    String[] link = {"--linkd-explain", "-static", "-o", "program", "main.o"};
    assertThat(ld(link)).isZero();
    assertThat(err).contains("linked anew: FIRST_LINK");
    assertThat(program()).isEqualTo(42);

    compile(43);
    assertThat(ld(link)).isZero();
    assertThat(err).contains(": patched; atoms: ");
    assertThat(program()).isEqualTo(43);

    Files.writeString(directory.resolve("main.o"), "broken");
    assertThat(ld(link)).isEqualTo(1);
    assertThat(err).startsWith("ld.linkd: error: main.o:1:1: ");
    assertThat(program()).isEqualTo(43);
  }

  @Test
  void withoutADaemonTheProcessLinksItself() throws Exception {
    assertThat(ld("--linkd-no-daemon", "--linkd-explain", "-static", "-o", "program", "main.o"))
        .isZero();
    assertThat(err).contains("in its own process: no daemon is wanted", "FIRST_LINK");
    assertLinkedAlone();

    assertThat(ld("--linkd-no-daemon", "-static", "-o", "program", "gone.o")).isEqualTo(1);
    assertThat(err).isEqualTo("ld.linkd: error: cannot open gone.o: No such file or directory\n");
    assertLinkedAlone();
  }

  @Test
  void aDaemonCanBeSwitchedOff() throws Exception {
    environment.put("LINKD_DAEMON", "off");

    assertThat(ld("-static", "-o", "program", "main.o")).isZero();

    assertThat(err).isEmpty();
    assertLinkedAlone();
  }

  @Test
  void aDaemonThatCannotStartIsNoObstacle() throws Exception {
    environment.put("LINKD_DAEMON", "/no/such/linkd");

    assertThat(ld("-static", "-o", "program", "main.o")).isZero();
    assertThat(err)
        .startsWith("ld.linkd: warning: no daemon: ")
        .contains("/no/such/linkd: No such file or directory")
        .endsWith("; linking in this process\n");
    assertLinkedAlone();

    environment.put("LINKD_DAEMON", "/bin/false");
    assertThat(ld("--linkd-explain", "-static", "-o", "program", "main.o")).isZero();
    assertThat(err).contains("in its own process: ", "exit code 1");
    assertLinkedAlone();
  }

  @Test
  void aReasonThatNamesATimeIsNotSaidEachTime() throws Exception {
    daemon = DaemonProgram.script(directory, "date +%N >&2; exit 1");
    environment.put("LINKD_DAEMON", directory.resolve("linkd").toString());
    String[] link = {"-static", "-o", "program", "main.o"};
    assertThat(ld(link)).isNotZero();
    assertThat(err).contains("ld.linkd: warning: no daemon: the daemon could not start");
    assertThat(ld(link)).isNotZero();
    assertThat(err).doesNotContain("no daemon");
  }

  @Test
  void thatThereIsNoDaemonIsSaidOnceAnHourAndWhenItIsAskedFor() throws Exception {
    Path open = Files.createDirectory(directory.resolve("run"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xr-x"));
    String warning =
        "ld.linkd: warning: no daemon: %s is open to other users (rwxr-xr-x); run: chmod 700 %s; linking in this process\n"
            .formatted(open, open);
    String[] link = {"-static", "-o", "program", "main.o"};
    assertThat(ld(link)).isZero();
    assertThat(err).isEqualTo(warning);
    assertThat(open).as("no log where others can read it").isEmptyDirectory();
    assertThat(ld(link)).isZero();
    assertThat(err).isEmpty();
    assertThat(ld("--linkd-explain", "-static", "-o", "program", "main.o")).isZero();
    assertThat(err).contains(warning);
    assertLinkedAlone();

    try (Stream<Path> said = Files.list(directory.resolve("runtime/linkd"))) {
      Path stamp = said.filter(p -> p.toString().contains("warned-")).findFirst().orElseThrow();
      Files.setLastModifiedTime(stamp, FileTime.from(Instant.now().minus(2, ChronoUnit.HOURS)));
    }
    assertThat(ld(link)).isZero();
    assertThat(err).isEqualTo(warning);
  }

  @Test
  void aSocketThatCannotBeMadeIsNoObstacle() throws Exception {
    Files.writeString(directory.resolve("run"), "a file where the socket's directory should be");

    assertThat(ld("-static", "-o", "program", "main.o")).isZero();

    assertLinkedAlone();
  }

  @Test
  void maskAndResponseFileAreThoseOfTheCaller() throws Exception {
    Files.writeString(directory.resolve("words"), "-static -o program main.o");
    for (String where : List.of("--linkd-explain", "--linkd-no-daemon")) {
      Files.deleteIfExists(directory.resolve("program"));
      ProcessBuilder linker = command(where, "@words");
      List<String> masked = new ArrayList<>(List.of("sh", "-c", "umask 037; exec \"$@\"", "sh"));
      masked.addAll(linker.command());
      assertThat(linker.command(masked).start().waitFor()).isZero();

      assertThat(
              PosixFilePermissions.toString(
                  Files.getPosixFilePermissions(directory.resolve("program"))))
          .isEqualTo("rwxr-----");
    }
  }

  /** So many inputs that the end comes in the middle of the link. */
  private static final int MANY = 60_000;

  private void writeManyInputs() throws Exception {
    Files.writeString(directory.resolve("empty.s"), ".data\n");
    assertThat(
            new ProcessBuilder("as", "empty.s", "-o", "empty.o")
                .directory(directory.toFile())
                .start()
                .waitFor())
        .isZero();
    Files.writeString(directory.resolve("many"), "empty.o\n".repeat(MANY));
  }

  /** Waits until the daemon has begun so many links. */
  private void awaitLinks(int count) throws Exception {
    try (DaemonConnection connection = new DaemonConnector(daemon.socket()).connectRunning()) {
      while (connection.admin().stats(StatsRequest.getDefaultInstance()).getLinks() < count) {
        Thread.sleep(10);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"KILL", "TERM"})
  void aDaemonThatIsEndedIsNoObstacle(String signal) throws Exception {
    assertThat(ld("-static", "-o", "program", "main.o")).isZero();
    compile(43);
    writeManyInputs();
    Process link = command("-static", "-o", "program", "main.o", "@many").start();
    awaitLinks(2);
    assertThat(link.waitFor(200, TimeUnit.MILLISECONDS)).as("it is at work").isFalse();
    assertThat(program()).as("the old output").isEqualTo(42);

    ProcessHandle ended = daemon.signal(signal);

    assertThat(link.waitFor(60, TimeUnit.SECONDS)).isTrue();
    String said = Files.readString(directory.resolve("err"), StandardCharsets.UTF_8);
    if (!signal.equals("TERM") || !said.isEmpty()) { // a link that has nearly ended may end
      assertThat(said)
          .isEqualTo(
              "ld.linkd: warning: no daemon: the daemon ended during the link;"
                  + " linking in this process\n");
    }
    assertThat(link.exitValue()).as(said).isZero();
    assertThat(program()).isEqualTo(43);
    ended.onExit().get(60, TimeUnit.SECONDS); // it answers before it puts its files away
    assertThat(hiddenFiles()).isEmpty();

    assertThat(ld("-static", "-o", "program", "main.o")).as("by the next daemon").isZero();
    assertThat(program()).isEqualTo(43);
  }

  @Test
  void aLinkerThatIsEndedLeavesTheOutput() throws Exception {
    assertThat(ld("-static", "-o", "program", "main.o")).isZero();
    FileTime before = Files.getLastModifiedTime(directory.resolve("program"));
    writeManyInputs();

    for (String where : List.of("--no-fatal-warnings", "--linkd-no-daemon")) {
      Process process = command(where, "-static", "-o", "program", "main.o", "@many").start();
      assertThat(process.waitFor(1500, TimeUnit.MILLISECONDS)).as("it is at work").isFalse();
      process.destroy();
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();

      assertThat(process.exitValue()).as(where).isNotZero();
      assertThat(Files.getLastModifiedTime(directory.resolve("program"))).isEqualTo(before);
      assertThat(program()).isEqualTo(42);
    }
    assertThat(hiddenFiles()).isEmpty();
  }
}
