package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.output.LinkDriver.LinkExit;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names of a version script that nothing defines. */
class UndefinedVersionsLinkTest {
  private static final String REPORT =
      "map: cannot assign version `V` to symbol `absent`: symbol not found";

  @TempDir Path directory;
  private Workshop shop;

  @BeforeEach
  void open() throws Exception {
    shop = new Workshop(directory);
    shop.compile("lib.c", "int there;\n", "-fPIC");
  }

  @AfterEach
  void close() {
    shop.close();
  }

  private LinkExit link(String... options) throws Exception {
    return shop.cc(
        "gcc",
        "-shared",
        "lib.o",
        "-Wl,--version-script=map" + String.join("", options),
        "-o",
        "libv.so");
  }

  @Test
  void theFirstOneIsReported() throws Exception {
    shop.write("map", "V { global: there; absent; gone; lost; local: *; };\n");

    assertThat(link().status()).isZero();
    assertThat(shop.heard.messages()).containsExactly("warning: " + REPORT + " (and 2 more)");

    assertThat(link(",--no-undefined-version").status()).isEqualTo(1);
    assertThat(shop.heard.messages()).hasSize(3).first().asString().contains(REPORT);
    assertThat(link(",--no-undefined-version,--undefined-version").status()).isZero();
    assertThat(shop.heard.messages()).isEmpty();
  }

  /** As those do that only want to know whether there is such an option. */
  @Test
  void whoMakesWarningsFatalHearsNothing() throws Exception {
    shop.write("map", "V { global: absent; };\n");

    assertThat(link(",--fatal-warnings").status()).isZero();
    assertThat(shop.heard.messages()).isEmpty();
  }

  @Test
  void theReportComesAndGoesWithTheDefinition() throws Exception {
    shop.write("map", "V { global: there; absent; local: *; };\n");
    link();
    assertThat(shop.heard.messages()).containsExactly("warning: " + REPORT);

    shop.compile("lib.c", "int there; int absent;\n", "-fPIC");
    assertThat(link().startOverReason()).isEmpty();
    assertThat(shop.heard.messages()).isEmpty();
    assertThat(shop.pool.output(shop.path("libv.so")).verify()).isEmpty();

    shop.compile("lib.c", "int there;\n", "-fPIC");
    assertThat(link().startOverReason()).isEmpty();
    assertThat(shop.heard.messages()).containsExactly("warning: " + REPORT);
  }
}
