package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The note with the identity of an output: there is one, or none. */
class BuildIdNoteLinkTest {
  @TempDir Path directory;
  private Workshop shop;

  @BeforeEach
  void open() throws Exception {
    shop = new Workshop(directory);
    compile(1);
  }

  @AfterEach
  void close() {
    shop.close();
  }

  private void compile(int number) throws Exception {
    shop.compile("main.c", "int number = %d; void _start(void) {}".formatted(number));
  }

  private void link(String output, String... words) throws Exception {
    assertThat(shop.ld(words).status()).as("%s", shop.heard.messages()).isZero();
    assertThat(shop.pool.output(shop.path(output)).verify()).isEmpty();
  }

  private List<String> identities(String file) throws Exception {
    return shop.tool("readelf", "-nW", file).lines().filter(l -> l.contains("Build ID: ")).toList();
  }

  @Test
  void anObjectOfObjectsHasItsOwn() throws Exception {
    link("both.o", "-r", "--build-id", "main.o", "-o", "both.o");
    List<String> first = identities("both.o");
    link("again.o", "-r", "--build-id=0x1234", "both.o", "-o", "again.o");
    compile(2);
    link("both.o", "-r", "--build-id", "main.o", "-o", "both.o");

    assertThat(first).hasSize(1);
    assertThat(identities("both.o")).hasSize(1).isNotEqualTo(first);
    assertThat(identities("again.o")).singleElement().asString().endsWith("Build ID: 1234");
  }

  @Test
  void thoseOfTheInputsAreNotThatOfTheImage() throws Exception {
    link("again.o", "-r", "--build-id=0x1234", "main.o", "-o", "again.o");
    link("program", "again.o", "-o", "program");
    assertThat(identities("program")).isEmpty();
    link("program", "--build-id=0x5678", "again.o", "-o", "program");
    assertThat(identities("program")).singleElement().asString().endsWith("Build ID: 5678");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-r", "-static"})
  void oneThatAScriptDiscardsIsReported(String kind) throws Exception {
    shop.write("own.ld", "SECTIONS { .text : { *(.text) } /DISCARD/ : { *(.note.*) } }");
    for (int number = 1; number < 3; number++) {
      compile(number);
      link("output", kind, "--build-id", "-T", "own.ld", "main.o", "-o", "output");
      assertThat(shop.heard.messages())
          .singleElement()
          .asString()
          .endsWith(".note.gnu.build-id section discarded, --build-id ignored");
      assertThat(identities("output")).isEmpty();
    }
    link("output", kind, "-T", "own.ld", "main.o", "-o", "output");
    assertThat(shop.heard.messages()).isEmpty();
  }
}
