package dev.linkd.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The front-end in C does what {@code linkctl ld} does, and hands over to it without a daemon. */
class NativeFrontEndIT {
  private static final String LINKCTL = Account.LINKCTL;
  private static final String FRONT_END = Account.DISTRIBUTION.resolve("bin/ld.linkd").toString();
  private static final String NATIVE =
      Account.DISTRIBUTION.resolve("lib/native/ld.linkd").toString();

  @TempDir static Path home;
  private static Account user;

  @TempDir Path directory;
  private Account account;

  @BeforeAll
  static void startADaemonAndCompileTheFrontEnd() throws IOException {
    user = Account.unrehearsed(home);
    assemble(home);
    Ran first =
        user.run(
            FRONT_END, "-o", home.resolve("first").toString(), home.resolve("exit.o").toString());
    assertThat(first.status()).as(first.err()).isZero();
    assertThat(Path.of(NATIVE)).as("the first link compiles it").isExecutable();
  }

  @AfterAll
  static void noDaemonIsLeft() {
    user.stopDaemon();
  }

  @BeforeEach
  void copyTheInput() throws IOException {
    account = user;
    Files.copy(home.resolve("exit.o"), directory.resolve("exit.o"));
    Files.copy(home.resolve("exit.s"), directory.resolve("exit.s"));
  }

  private static void assemble(Path folder) throws IOException {
    Path source = folder.resolve("exit.s");
    Files.writeString(
        source,
        """
          .globl _start
        _start:
          mov $60, %eax
          mov $42, %edi
          syscall
        """);
    String object = folder.resolve("exit.o").toString();
    assertThat(user.run("gcc", "-c", "-o", object, source.toString()).status()).isZero();
  }

  @Test
  void theDaemonLinks() {
    Ran ran = run(NATIVE, "-o", path("program"), path("exit.o"));
    assertThat(ran.out() + ran.err()).isEmpty();
    assertThat(ran.status()).isZero();
    assertThat(run(path("program")).status()).isEqualTo(42);
    assertThat(run(LINKCTL, "outputs").out()).contains(path("program"));
  }

  @Test
  void gccFindsTheProgramItself() throws IOException {
    Path ld = Account.DISTRIBUTION.resolve("lib/native/ld");
    assertThat(ld).hasSameBinaryContentAs(Path.of(NATIVE));
    Ran ran =
        run(
            "gcc",
            "-B",
            ld.getParent() + "/",
            "-nostdlib",
            "-static",
            path("exit.o"),
            "-Wl,--version",
            "-o",
            path("program"));
    assertThat(ran.out()).startsWith("linkd ");
  }

  /** Files that only the caller can read: pipes of a shell, its standard input, a named pipe. */
  @Test
  void pipesAreRead() throws IOException {
    for (String daemon : new String[] {"", "off"}) {
      account = daemon.isEmpty() ? user : user.with("LINKD_DAEMON", daemon);
      for (String link :
          List.of(
              "@<(echo -o p exit.o)",
              "-o p -T <(echo 'SECTIONS { .text : { *(.text) } }') exit.o",
              "-o p -T<(echo 'SECTIONS { .text : { *(.text) } }') exit.o",
              "-o p exit.o -T /dev/null",
              "-o p exit.o /dev/null",
              "-o p -shared --version-script=<(echo '{ local: *; };') exit.o && "
                  + NATIVE
                  + " -o p exit.o",
              "-o p --dynamic-list=<(echo '{ _start; };') exit.o",
              "-o p --dynamic-list <(echo '{ _start; };') exit.o",
              "-o p /dev/stdin < exit.o",
              "-o p -T /dev/stdin exit.o < <(echo 'ENTRY(_start)')",
              "-o p -T - exit.o < /dev/null || " + NATIVE + " -o p exit.o",
              "-o /dev/null exit.o && " + NATIVE + " -o p exit.o",
              "-o p fifo & cat exit.o > fifo; wait")) {
        String prepare = "rm -f p fifo; mkfifo fifo; ";
        Ran ran = bash(prepare + NATIVE + " " + link);
        assertThat(ran.status()).as("%s: %s", link, ran.err()).isZero();
        assertThat(run(path("p")).status()).as(link).isEqualTo(42);
      }
    }
  }

  @Test
  void aDeviceThatNeverEndsIsReported() {
    for (String device : List.of("/dev/zero", "/dev/full", "@/dev/zero")) {
      Ran ran = run(NATIVE, "-o", path("program"), path("exit.o"), device);
      assertThat(ran.err())
          .isEqualTo(
              "ld.linkd: error: "
                  + device
                  + ": cannot be read: it gives more than a pipe or a device may\n");
      assertThat(ran.status()).isEqualTo(1);
    }
    assertThat(Path.of(path("program"))).doesNotExist();
  }

  /** Absolute paths are all that is left to name. */
  @Test
  void aFolderThatWasRemovedIsNoFolderToWorkIn() {
    String gone = "mkdir gone; cd gone; rmdir ../gone; ";
    Ran absolute = bash(gone + NATIVE + " -o " + path("program") + " " + path("exit.o"));
    assertThat(absolute.out() + absolute.err()).isEmpty();
    assertThat(run(path("program")).status()).isEqualTo(42);
    Ran relative = bash(gone + NATIVE + " -o " + path("program") + " exit.o");
    assertThat(relative.status()).isEqualTo(1);
    assertThat(relative.err()).contains("cannot open exit.o: No such file or directory");
  }

  /** Thousands of objects cost no system call each. */
  @Test
  void filesThatAreNamedAsUsualAreNotLookedAt() throws IOException {
    List<String> arguments = new ArrayList<>(List.of("-o", path("program"), path("exit.o")));
    for (String name : List.of("a.o", "lib.a", "lib.so", "lib.so.6.1", "/dev/shm/none.x.o")) {
      arguments.add(name.startsWith("/") ? name : path(name));
    }
    List<String> trace = List.of("strace", "-f", "-e", "trace=file", "-o", path("calls"), NATIVE);
    assertThat(run(command(trace, arguments)).status()).isEqualTo(1);
    List<String> calls =
        Files.readAllLines(Path.of(path("calls"))).stream()
            .filter(call -> !call.contains("execve("))
            .toList();
    assertThat(calls)
        .filteredOn(call -> call.contains(".o\""))
        .as("of those that end with .o, the one in /dev")
        .singleElement()
        .asString()
        .contains("/dev/shm/none.x.o");
    assertThat(calls).noneMatch(call -> call.contains(path("lib")));
  }

  /** What came through a pipe is never taken for unchanged. */
  @Test
  void anotherTextFromAPipeCounts() throws IOException {
    for (int address : new int[] {0x500000, 0x600000, 0x600000, 0x700000}) {
      String hex = Integer.toHexString(address);
      String script = "SECTIONS { . = 0x" + hex + "; .text : { *(.text) } }";
      Ran ran = bash(NATIVE + " -o p exit.o -T <(echo '" + script + "')");
      assertThat(ran.status()).as(ran.err()).isZero();
      assertThat(run("nm", path("p")).out()).containsPattern("0+" + hex + " T _start");
      assertThat(run(path("p")).status()).isEqualTo(42);
    }
  }

  private Ran bash(String command) {
    return run("bash", "-c", "cd '" + directory + "'; " + command);
  }

  @Test
  void aFrontEndOfAnotherBuildIsReportedOnce() {
    account = user.with("LINKD_FRONT_END_BUILD", "another");
    String[] link = {LINKCTL, "ld", "--", "-o", path("program"), path("exit.o")};
    assertThat(run(link).err()).contains("compiled for another build", "remove lib/native");
    assertThat(run(link).err()).isEmpty();
  }

  @Test
  void itSaysWhatTheFrontEndInJavaSays() {
    for (List<String> arguments :
        List.<List<String>>of(
            List.of("--version"),
            List.of("-o", path("program"), path("missing.o")),
            List.of("-o", path("program"), path("exit.s")),
            List.of("-o", path("program"), "-e", "nowhere", "--color-diagnostics=always"),
            List.of("-o", path("program"), path("exit.o"), path("exit.o")),
            List.of("--no-such-option"),
            List.of())) {
      Ran ours = run(command(List.of(NATIVE), arguments));
      Ran theirs = run(command(List.of(LINKCTL, "ld", "--"), arguments));
      assertThat(ours.err()).as("%s", arguments).isEqualTo(theirs.err());
      assertThat(ours.out()).as("%s", arguments).isEqualTo(theirs.out());
      assertThat(ours.status()).as("%s", arguments).isEqualTo(theirs.status());
    }
  }

  @Test
  void aRequestLargerThanTheWindowsOfTheConnectionArrivesWhole() throws IOException {
    List<String> paths =
        IntStream.range(0, 3000).mapToObj(i -> path("d" + i + "/missing")).toList();
    List<String> arguments = new ArrayList<>(List.of("-o", path("program"), path("exit.o")));
    paths.forEach(each -> arguments.addAll(List.of("-L", each)));
    Path last = Files.createDirectory(directory.resolve("last"));
    assertThat(run("ar", "rc", last.resolve("libexit.a").toString(), path("exit.o")).status())
        .isZero();
    arguments.remove(path("exit.o"));
    arguments.addAll(List.of("-L", last.toString(), "-u", "_start", "-lexit"));
    assertThat(String.join(" ", arguments).length()).isGreaterThan(65_535);

    Ran ran = run(command(List.of(NATIVE), arguments));

    assertThat(ran.err()).isEmpty();
    assertThat(run(path("program")).status()).isEqualTo(42);
  }

  @Test
  void aDistributionCanBeMoved() {
    Path moved = directory.resolve("moved");
    assertThat(run("cp", "-r", Account.DISTRIBUTION.toString(), moved.toString()).status())
        .isZero();
    Path linkctl = moved.resolve("bin/linkctl");
    assertThat(run("ln", "-sf", "/bin/echo", linkctl.toString()).status()).isZero();
    account = user.with("LINKD_DAEMON", "off");

    Ran ran = run(moved.resolve("lib/native/ld.linkd").toString(), "-o", "program");

    assertThat(ran.out()).isEqualTo("ld -- -o program\n");
  }

  @Test
  void withoutADaemonTheOtherFrontEndTakesOver() throws IOException {
    account = Account.unrehearsed(directory);
    Ran ran = run(NATIVE, "-o", path("program"), path("exit.o"));
    account.stopDaemon();
    assertThat(ran.status()).as(ran.err()).isZero();
    assertThat(run(path("program")).status()).isEqualTo(42);
  }

  @Test
  void noDaemonIsAskedWhenNoneIsWanted() {
    account = user.with("LINKD_DAEMON", "off");
    assertThat(run(NATIVE, "-o", path("program"), path("exit.o")).status()).isZero();
    account = user;
    assertThat(run(path("program")).status()).isEqualTo(42);
    assertThat(run(LINKCTL, "outputs").out()).doesNotContain(path("program"));
  }

  /** As by {@code gcc -B}, which names the folder of its linker to the compilers below it. */
  @Test
  void itIsCompiledWithTheLinkerOfTheSystem() throws IOException {
    Path distribution = directory.resolve("linkd");
    run("cp", "-r", Account.DISTRIBUTION.toString(), distribution.toString());
    Path compiled = distribution.resolve("lib/native/ld.linkd");
    Files.delete(compiled);
    Path linker = Files.createFile(directory.resolve("ld"));
    Files.writeString(linker, "#!/bin/sh\ntouch " + path("called") + "\nexit 1\n");
    assertThat(linker.toFile().setExecutable(true)).isTrue();
    account = user.with("COMPILER_PATH", directory.toString());

    Ran ran =
        run(distribution.resolve("bin/ld.linkd").toString(), "-o", path("program"), path("exit.o"));

    assertThat(ran.status()).as(ran.err()).isZero();
    assertThat(compiled).isExecutable();
    assertThat(directory.resolve("called")).doesNotExist();
  }

  private String path(String name) {
    return directory.resolve(name).toString();
  }

  private static String[] command(List<String> program, List<String> arguments) {
    List<String> words = new ArrayList<>(program);
    words.addAll(arguments);
    return words.toArray(String[]::new);
  }

  private Ran run(String... command) {
    return account.run(command);
  }
}
