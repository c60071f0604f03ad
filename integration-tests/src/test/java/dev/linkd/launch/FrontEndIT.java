package dev.linkd.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A build with a Makefile, in which the compiler calls {@code ld.linkd} instead of ld. */
class FrontEndIT {
  private static final Path DISTRIBUTION = Account.DISTRIBUTION;

  @TempDir static Path home;
  private static Account account;

  @TempDir Path directory;

  @BeforeAll
  static void install() throws IOException {
    account = Account.unrehearsed(home);
  }

  @AfterAll
  static void noDaemonIsLeft() {
    account.stopDaemon();
  }

  @BeforeEach
  void copyTheExample() throws IOException {
    try (Stream<Path> sources = Files.list(Project.root().resolve("examples/calculator"))) {
      for (Path source : sources.filter(FrontEndIT::isSource).toList()) {
        Files.copy(source, directory.resolve(source.getFileName()));
      }
    }
  }

  private static boolean isSource(Path path) {
    return path.toString().matches(".*(\\.[ch]|Makefile)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"CC=gcc LDFLAGS=-B%s/libexec", "CC=clang LDFLAGS=--ld-path=%s/bin/ld.linkd"})
  void theProgramIsBuiltAndBuiltAgain(String variables) throws IOException {
    String[] assignments = variables.formatted(DISTRIBUTION).split(" ");
    assertThat(make(assignments)).isEqualTo("27 of 27 checks passed\n");
    assertThat(answer()).isEqualTo("pi -> 3.14159\n");

    Path format = directory.resolve("format.c");
    Files.writeString(format, Files.readString(format).replace("return 6;", "return 10;"));
    assertThat(make(assignments)).isEqualTo("27 of 27 checks passed\n");
    assertThat(answer()).isEqualTo("pi -> 3.141592654\n");

    Ran outputs = run(DISTRIBUTION.resolve("bin/linkctl").toString(), "outputs");
    assertThat(outputs.out())
        .as("linkd linked it")
        .contains(directory.resolve("calculator").toString());
  }

  /** Spaces and letters beyond ASCII, in whatever language the user has. */
  @Test
  void foldersMayHaveAnyName() {
    String script =
        """
        folder="$2/$(printf 'f\\303\\274r alle')"
        mkdir "$folder" && mkdir -m 700 "$folder/run" && cp -r "$1" "$folder/linkd" && cd "$folder"
        export LINKD_SOCKET="$folder/run/socket" LINKD_DAEMON="$folder/daemon"
        export XDG_CACHE_HOME="$folder/cache"
        printf '#!/bin/sh\\nexec "%s" --no-warm-up "$@"\\n' "$folder/linkd/bin/linkd" >daemon
        chmod +x daemon
        echo 'int main(void) { return 42; }' >main.c
        gcc -B "$folder/linkd/libexec" main.c -o "$folder/program"
        "$folder/program" || echo "status $?"
        echo "outputs $(linkd/bin/linkctl outputs | grep -cF "$folder/program")"
        linkd/bin/linkctl verify program
        linkd/bin/linkctl stop
        """;
    Ran ran = run("sh", "-c", script, "sh", DISTRIBUTION.toString(), directory.toString());
    assertThat(ran.err()).isEmpty();
    assertThat(ran.out())
        .startsWith("status 42\noutputs 1\nverified: equal to a full link\nstopped process ");
  }

  @Test
  void aNewOutputHasThePermissionsOfWhoOpensItAndAnOldOneItsOwn() {
    String script =
        """
        cd "$2"; umask 027
        echo 'void _start(void) { for (;;); }' >start.c
        gcc -c start.c
        "$1/bin/linkctl" open "$2/new" --kind=static start.o >log && stat -c %a new
        chmod 711 new
        "$1/bin/linkctl" close new
        (umask 077 && "$1/bin/linkctl" open new --kind=static start.o >log) && stat -c %a new
        """;
    Ran ran = run("sh", "-c", script, "sh", DISTRIBUTION.toString(), directory.toString());
    assertThat(ran.err()).isEmpty();
    assertThat(ran.out()).startsWith("750\nclosed").endsWith("\n711\n");
  }

  private String make(String... variables) {
    List<String> command = new ArrayList<>(List.of("make", "-s", "-C", directory.toString()));
    command.addAll(List.of(variables));
    command.add("check");
    Ran made = run(command.toArray(String[]::new));
    assertThat(made.status()).as(made.out() + made.err()).isZero();
    return made.out();
  }

  private String answer() {
    return run(directory.resolve("calculator").toString(), "pi").out();
  }

  private static Ran run(String... command) {
    return account.run(command);
  }
}
