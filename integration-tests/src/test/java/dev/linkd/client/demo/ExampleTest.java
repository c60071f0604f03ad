package dev.linkd.client.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example that the client carries is the one in {@code examples/}, and can be edited. */
class ExampleTest {
  @TempDir Path directory;
  private Example example;

  @BeforeEach
  void copy() throws IOException {
    example = Example.copyTo(directory);
  }

  @Test
  void allSourcesAreCopiedAsTheyAre() throws IOException {
    Path sources = Path.of("../examples/calculator");
    try (Stream<Path> files = Files.list(sources)) {
      List<Path> wanted = files.filter(file -> file.toString().matches(".*\\.[ch]")).toList();
      assertThat(wanted).hasSize(Example.UNITS.size() + 1);
      for (Path file : wanted) {
        assertThat(directory.resolve(file.getFileName())).hasSameBinaryContentAs(file);
      }
    }
  }

  @Test
  void theMakefileBuildsTheSameUnits() throws IOException {
    String makefile = Files.readString(Path.of("../examples/calculator/Makefile"));
    String objects = String.join(".o ", Example.UNITS.stream().sorted().toList()) + ".o";
    List<String> built =
        makefile
            .lines()
            .filter(line -> line.startsWith("OBJECTS = "))
            .flatMap(line -> Stream.of(line.substring("OBJECTS = ".length()).split(" ")))
            .sorted()
            .toList();
    assertThat(String.join(" ", built)).isEqualTo(objects);
  }

  @Test
  void everyEditChangesItsFileAndTheLastOneTakesTheSecondBack() throws IOException {
    String before = Files.readString(example.source("statistics"));
    apply(Edit.IN_PLACE);
    assertThat(example.source("format")).content().contains("return 10;");
    apply(Edit.GROWS);
    assertThat(example.source("statistics")).content().contains("without_extremes(sorted, count)");
    apply(Edit.SHRINKS);
    assertThat(example.source("statistics")).content().isEqualTo(before);
  }

  private void apply(Edit edit) throws IOException {
    example.replace(edit.unit(), edit.from(), edit.to());
  }

  @Test
  void anEditThatFitsNowhereOrTwiceIsADefect() {
    assertThatThrownBy(() -> example.replace("format", "no such text", ""))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no such text");
    assertThatThrownBy(() -> example.replace("format", "number", ""))
        .isInstanceOf(IllegalStateException.class);
  }
}
