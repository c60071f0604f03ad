package dev.linkd.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client in C for compilers, under the sanitizers of gcc. */
class NativeClientIT {
  private static final String LINKCTL = Account.LINKCTL;

  @TempDir static Path home;
  private static Account account;

  @TempDir Path directory;

  @BeforeAll
  static void startADaemon() throws IOException {
    account = Account.unrehearsed(home);
    Ran empty = account.run(LINKCTL, "open", home.resolve("empty").toString(), "--kind=shared");
    assertThat(empty.status()).as(empty.err()).isZero();
  }

  @AfterAll
  static void noDaemonIsLeft() {
    account.stopDaemon();
  }

  @Test
  void theExampleCompilerPatchesItsProgram() {
    Path compiler = compile(Project.root().resolve("examples/compiler/compiler.c"));
    Ran ran = run(compiler.toString(), socket(), directory.resolve("program").toString());
    assertThat(ran.out() + ran.err())
        .isEqualTo(
            """
            published generation 1
            exit status 41
            published generation 2
            exit status 42
            """);
    assertThat(ran.status()).isZero();
  }

  @Test
  void aMissingDaemonIsAnError() {
    Path compiler = compile(Project.root().resolve("examples/compiler/compiler.c"));
    Ran ran = run(compiler.toString(), directory.resolve("none").toString(), "/nowhere");
    assertThat(ran.err()).isEqualTo("compiler: no daemon answers: No such file or directory\n");
    assertThat(ran.status()).isEqualTo(1);
  }

  @Test
  void functionsAreStreamedRefusedAndRemoved() {
    Path stream = compile(Project.root().resolve("integration-tests/src/test/c/stream.c"));
    Path program = directory.resolve("program");
    Ran ran = run(stream.toString(), socket(), program.toString(), "20000");
    assertThat(ran.out() + ran.err())
        .isEqualTo(
            """
            fresh 1
            all functions: published, generation 1, 0 diagnostics
            all functions: published, generation 2, 0 diagnostics
            DUPLICATE_SYMBOL error: stream:(.text.f1+0x0): duplicate symbol: f1; defined at \
            stream:(another key+0x0); defined at stream:(f1+0x0)
            defined twice: not published, generation 2, 1 diagnostics
            removed: published, generation 3, 0 diagnostics
            INVALID_REQUEST error: stream:(wrong): the alignment is not a power of two up to 2^24
            rejected: not published, generation 3, 2 diagnostics
            after a rejection: published, generation 4, 0 diagnostics
            INPUT_UNREADABLE error: /nonexistent/input.o: cannot be read: no such file
            without an input: not published, generation 4, 2 diagnostics
            without it: not published, generation 4, 0 diagnostics
            by number: published, generation 5, 0 diagnostics
            INVALID_REQUEST error: stream:(f2): targets are given both by name and by number
            one target by name, one by number: not published, generation 5, 2 diagnostics
            INVALID_REQUEST error: stream:(f2): targets are given both by name and by number
            a target by name and by number: not published, generation 5, 2 diagnostics
            INVALID_REQUEST error: stream:(f2): the name of a target is name number 4, which the \
            call lacks
            a number without a name: not published, generation 5, 2 diagnostics
            with it: published, generation 6, 0 diagnostics
            closed 1
            fresh 0
            NO_ENTRY warning: cannot find entry symbol _start; not setting start address
            empty: published, generation 7, 1 diagnostics
            other options: the daemon ended the call with status 6: %s is open with other options \
            (kind, interpreter); use the same, or close it first
            """
                .formatted(program));
    assertThat(ran.status()).isZero();
  }

  @Test
  void theBenchmarkOfFirstLinksStreamsItsProgram() {
    Path bench = compile(Project.root().resolve("integration-tests/src/bench/c/first_link.c"));
    String program = directory.resolve("program").toString();
    Ran ran = run(bench.toString(), socket(), program, "2000");
    assertThat(ran.err()).isEmpty();
    assertThat(ran.out()).matches("\\d+ ms, of which \\d+ until the last function was sent\n");
    assertThat(ran.status()).isZero();
    assertThat(run(LINKCTL, "verify", program).status()).isZero();
    String second = directory.resolve("second").toString();
    Ran changed = run(bench.toString(), socket(), second, "2000", "10");
    assertThat(changed.err()).isEmpty();
    assertThat(changed.out().lines().skip(1).toList())
        .hasSize(3)
        .satisfies(
            lines -> assertThat(lines.getFirst()).startsWith("10 functions replaced, each until"),
            lines -> assertThat(lines.get(1)).contains("2000 functions of 200 bytes, calls", "/s"),
            lines -> assertThat(lines.getLast()).contains("2000 functions of 32 bytes", "/s"));
    assertThat(run(LINKCTL, "verify", second).status()).isZero();
    assertThat(run(bench.toString(), socket(), program, "0").status()).isEqualTo(2);
  }

  private static String socket() {
    return home.resolve("linkd/daemon.sock").toString();
  }

  /** Compiles as the README of the client says: {@code -std=c11} alone shows nothing of POSIX. */
  private Path compile(Path source) {
    Path program = directory.resolve(source.getFileName().toString().replace(".c", ""));
    Path client = Project.root().resolve("client/native");
    List<String> command =
        new ArrayList<>(List.of("gcc", "-std=c11", "-g", "-O1", "-Wall", "-Wextra"));
    command.addAll(List.of("-Werror", "-fsanitize=address,undefined", "-I", client.toString()));
    command.addAll(List.of("-o", program.toString(), source.toString()));
    for (String part : List.of("linkd", "connect", "diagnostic", "hpack", "http2", "protobuf")) {
      command.add(client.resolve(part + ".c").toString());
    }
    Ran ran = run(command.toArray(String[]::new));
    assertThat(ran.err()).isEmpty();
    assertThat(Files.isExecutable(program)).isTrue();
    return program;
  }

  private static Ran run(String... command) {
    return account.run(command);
  }
}
