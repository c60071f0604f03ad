package dev.linkd.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the build packs is complete, and holds nothing else. */
class DistributionIT {
  private static final Path DISTRIBUTION =
      Project.root().resolve("integration-tests/target/distribution/linkd");

  @ParameterizedTest
  @ValueSource(strings = {"bin/linkd", "bin/linkctl", "bin/ld.linkd", "libexec/ld"})
  void launchersCanBeRun(String launcher) {
    assertThat(DISTRIBUTION.resolve(launcher)).isExecutable();
  }

  @ParameterizedTest
  @ValueSource(strings = {"LICENSE", "README.md", "CHANGELOG.md", "docs/design.md"})
  void documentsAreIncluded(String document) {
    assertThat(DISTRIBUTION.resolve(document))
        .hasSameBinaryContentAs(Project.root().resolve(document));
  }

  @Test
  void theJarsOfAllModulesAreThereOnce() throws IOException {
    assertThat(jars())
        .filteredOn(jar -> jar.startsWith("linkd-"))
        .extracting(jar -> jar.replaceFirst("-[0-9].*", ""))
        .containsExactlyInAnyOrder("linkd-client", "linkd-daemon", "linkd-proto");
  }

  @Test
  void noLibraryIsThereInTwoVersions() throws IOException {
    assertThat(jars())
        .extracting(jar -> jar.replaceFirst("-[0-9][^-]*(-SNAPSHOT|-jre)?\\.jar$", ""))
        .doesNotHaveDuplicates();
  }

  /** What docs/api.md speaks of. */
  @Test
  void theApiAndItsExampleAreThere() {
    assertThat(DISTRIBUTION.resolve("proto/linkd/v1/link_service.proto")).isRegularFile();
    assertThat(DISTRIBUTION.resolve("native/linkd.h")).isRegularFile();
    assertThat(DISTRIBUTION.resolve("examples/compiler/compiler.c")).isRegularFile();
  }

  @Test
  void testLibrariesAreNotPacked() throws IOException {
    assertThat(jars())
        .noneMatch(jar -> jar.matches("(junit|assertj|archunit|awaitility|jazzer|jmh|mockito).*"));
  }

  /** A logger there would write into the stdout of the client. */
  @Test
  void theClientHasNoLogger() {
    assertThat(DISTRIBUTION.resolve("lib"))
        .isDirectoryNotContaining("glob:**/{logback,slf4j,jul-to-slf4j}*.jar")
        .isDirectoryNotContaining("glob:**/linkd-daemon*.jar");
  }

  private static List<String> jars() throws IOException {
    try (Stream<Path> files = Files.walk(DISTRIBUTION.resolve("lib"))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".jar"))
          .sorted()
          .toList();
    }
  }
}
