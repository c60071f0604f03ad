package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An input that is another file between the look that the command line needs and the one of the
 * output, and as it was again by the next link.
 */
class ReplacedMeanwhileLinkTest {
  private static final int TICKS_MILLIS = 60;

  @TempDir Path directory;
  private Workshop shop;

  @BeforeEach
  void open() throws Exception {
    shop = new Workshop(directory);
    shop.compile("main.c", "int value(void);\nint main(void) { return value(); }\n", "-fPIE");
    value("first", 41);
    value("second", 5);
  }

  @AfterEach
  void close() {
    shop.close();
  }

  /** Makes each kind of input that defines a value. */
  private void value(String name, int value) throws Exception {
    shop.compile("value.c", "int value(void) { return " + value + "; }\n", "-fPIC");
    Files.copy(shop.path("value.o"), shop.path(name + ".o"));
    shop.tool("ar", "rcs", name + ".a", "value.o");
    shop.tool("gcc", "-shared", "-Wl,-soname,./" + name + ".so", "-o", name + ".so", "value.o");
  }

  /** Makes the input what it is called, as another file with other times. */
  private void become(String version, String kind) {
    try {
      Files.copy(shop.path(version + kind), shop.path("new"), StandardCopyOption.REPLACE_EXISTING);
      Files.move(shop.path("new"), shop.path("input" + kind), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String[] link(String kind, String program) {
    return new String[] {"gcc", "-pie", "main.o", "./input" + kind, "-o", program};
  }

  @ParameterizedTest
  @ValueSource(strings = {".o", ".a", ".so"})
  void theNextLinkLooksAtItAgain(String kind) throws Exception {
    become("first", kind);
    Thread.sleep(TICKS_MILLIS); // stamps are old enough to be trusted
    shop.ccQuietly(link(kind, "other"));
    shop.listener =
        phase -> {
          if (phase.equals("compare")) {
            become("second", kind);
          }
        };
    shop.cc(link(kind, "program"));
    shop.listener = phase -> {};
    become("first", kind);
    Thread.sleep(TICKS_MILLIS);

    shop.ccQuietly(link(kind, "program"));

    assertThat(shop.run("program")).isEqualTo("exit 41");
    assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
  }
}
