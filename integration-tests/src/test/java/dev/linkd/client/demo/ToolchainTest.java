package dev.linkd.client.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which compiler the demo takes, and what it learns from it. */
class ToolchainTest {
  private static final String PATH = System.getenv("PATH");

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"gcc", "clang"})
  void theChosenCompilerCompilesAndKnowsTheLibrary(String compiler) throws Exception {
    Toolchain toolchain = Toolchain.find(Map.of("PATH", PATH, "CC", compiler));
    Example example = Example.copyTo(directory);

    assertThat(toolchain.compiler()).isEqualTo(compiler);
    assertThat(toolchain.version()).containsIgnoringCase(compiler);
    assertThat(toolchain.compile(example, "format")).isPositive();
    assertThat(example.object("format")).isNotEmptyFile();
    List<Path> inputs = toolchain.inputs(example);
    assertThat(inputs).contains(example.object("main")).allMatch(Path::isAbsolute);
    assertThat(inputs).filteredOn(path -> !path.startsWith(directory)).allMatch(Files::exists);
    assertThat(inputs.getFirst().getFileName()).hasToString("Scrt1.o");
    assertThat(inputs.getLast().getFileName()).hasToString("crtn.o");
  }

  @Test
  void withoutAnyCompilerThePackageIsNamed() {
    assertThatThrownBy(() -> Toolchain.find(Map.of("PATH", directory.toString())))
        .isInstanceOf(DemoFault.class)
        .hasMessageContaining("apt-get install gcc");
  }

  @Test
  void aLibraryThatTheCompilerDoesNotKnowIsNamed() throws Exception {
    String lonely =
        compiler("lonely", "case $1 in --version) echo lonely 1;; *) echo Scrt1.o;; esac");
    Toolchain toolchain = Toolchain.find(Map.of("CC", lonely));

    assertThat(toolchain.version()).isEqualTo("lonely 1");
    assertThatThrownBy(() -> toolchain.inputs(Example.copyTo(directory)))
        .isInstanceOf(DemoFault.class)
        .hasMessageContaining("Scrt1.o")
        .hasMessageContaining("libc6-dev");
  }

  @Test
  void aCompilerThatFailsIsQuoted() throws Exception {
    String broken =
        compiler("broken", "case $1 in --version) ;; *) echo 'cannot do'; exit 3;; esac");
    Toolchain toolchain = Toolchain.find(Map.of("CC", broken));

    assertThatThrownBy(() -> toolchain.compile(Example.copyTo(directory), "format"))
        .isInstanceOf(DemoFault.class)
        .hasMessageContaining("status 3")
        .hasMessageContaining("cannot do");
  }

  @Test
  void theLinkerIsMeasuredOnItsOwn() throws Exception {
    Toolchain toolchain = Toolchain.find(Map.of("PATH", PATH, "CC", "gcc"));
    Example example = Example.copyTo(directory);
    for (String unit : Example.UNITS) {
      toolchain.compile(example, unit);
    }

    FullLink link = FullLink.measure(toolchain, example);

    assertThat(link.linker()).contains("ld");
    assertThat(link.nanos()).isNotEmpty().doesNotContain(0);
    assertThat(link.medianNanos()).isBetween(min(link.nanos()), max(link.nanos()));
    Ran checks = Ran.run(directory, List.of(directory.resolve("full").toString(), "--check"));
    assertThat(checks.status()).as(checks.output()).isZero();
  }

  private static long min(long[] values) {
    return Arrays.stream(values).min().orElseThrow();
  }

  private static long max(long[] values) {
    return Arrays.stream(values).max().orElseThrow();
  }

  private String compiler(String name, String commands) throws IOException {
    Path program = directory.resolve(name);
    Files.writeString(program, "#!/bin/sh\n" + commands + "\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    return program.toString();
  }
}
