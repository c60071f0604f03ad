package dev.linkd.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** All modules keep the rules for source files. */
class SourcesTest {
  private static final List<String> MODULES =
      List.of("proto", "daemon", "client", "integration-tests");

  @Test
  void everyFileKeepsTheRules() throws IOException {
    List<Path> files = sources("src");

    assertThat(files).hasSizeGreaterThan(50);
    assertThat(files.stream().filter(file -> !isAboutTheRules(file)))
        .flatMap(file -> SourceRules.problems(String.valueOf(file.getFileName()), read(file)))
        .isEmpty();
  }

  @Test
  void everyPackageOfTheProductSaysWhatItIs() throws IOException {
    Set<Path> packages =
        sources("src/main").stream()
            .map(Path::getParent)
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(packages)
        .isNotEmpty()
        .allSatisfy(folder -> assertThat(folder.resolve("package-info.java")).exists());
  }

  @Test
  void theTestsOfThePromisesExist() throws IOException {
    Set<String> names =
        sources("src/test").stream()
            .map(file -> String.valueOf(file.getFileName()).replace(".java", ""))
            .collect(Collectors.toSet());
    String promises = read(root().resolve("docs/promises.md"));

    assertThat(Pattern.compile("`(\\w+(Test|IT))`").matcher(promises).results())
        .isNotEmpty()
        .allSatisfy(named -> assertThat(names).contains(named.group(1)));
  }

  @Test
  void aLongFileIsFound() {
    String text = "\n".repeat(SourceRules.MAX_LINES);

    assertThat(SourceRules.problems("A.java", text)).isEmpty();
    assertThat(SourceRules.problems("A.java", text + "\n"))
        .containsExactly("A.java has 401 lines, more than 400");
  }

  @Test
  void anUnfinishedFileIsFound() {
    assertThat(SourceRules.problems("A.java", "// TODO: the rest")).hasSize(1);
    assertThat(SourceRules.problems("A.java", "/** FIXME */")).hasSize(1);
    assertThat(SourceRules.problems("A.java", "List<X> TODOS")).isEmpty();
  }

  @Test
  void aTestThatMayBeSkippedIsFound() {
    assertThat(SourceRules.problems("ATest.java", "@Disabled(\"slow\")")).hasSize(1);
    assertThat(SourceRules.problems("ATest.java", "assumeTrue(hasGcc())")).hasSize(1);
    assertThat(SourceRules.problems("ATest.java", "assertThat(x).isTrue();")).isEmpty();
  }

  @Test
  void aPackageWithoutNullContractsIsFound() {
    assertThat(SourceRules.problems("package-info.java", "package x;")).hasSize(1);
    assertThat(SourceRules.problems("package-info.java", "@NullMarked package x;")).isEmpty();
  }

  private static List<Path> sources(String below) throws IOException {
    TreeSet<Path> files = new TreeSet<>();
    for (String module : MODULES) {
      Path folder = root().resolve(module).resolve(below);
      if (Files.exists(folder)) {
        try (Stream<Path> tree = Files.walk(folder)) {
          tree.filter(file -> file.toString().endsWith(".java")).forEach(files::add);
        }
      }
    }
    return List.copyOf(files);
  }

  /** Tests run in the folder of their module or in the root. */
  private static Path root() {
    return Files.exists(Path.of("libexec")) ? Path.of("") : Path.of("..");
  }

  /** The two files that must spell what they forbid. */
  private static boolean isAboutTheRules(Path file) {
    return file.endsWith("SourceRules.java") || file.endsWith("SourcesTest.java");
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
