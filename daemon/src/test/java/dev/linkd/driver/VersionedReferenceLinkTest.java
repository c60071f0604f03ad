package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** References that name a version: somebody has to define it, also for a shared library. */
class VersionedReferenceLinkTest {
  @TempDir Path directory;
  private Workshop shop;

  @BeforeEach
  void open() throws Exception {
    shop = new Workshop(directory);
    shop.write("map", "V1 { };\nV2 { };\n");
    shop.compile(
        "user.c",
        """
        int old(void);
        __asm__(".symver old, value@V1");
        int free_one(void);
        int use(void) { return old() + free_one(); }
        """,
        "-fPIC");
    define("V1");
  }

  private void define(String version) throws Exception {
    String text = "int first(void) { return 42; }\n__asm__(\".symver first, value@%s\");\n";
    shop.compile("value.c", text.formatted(version), "-fPIC");
    shop.ccQuietly("gcc", "-shared", "value.o", "-Wl,--version-script=map", "-o", "libvalue.so");
  }

  @AfterEach
  void close() {
    shop.close();
  }

  private int link(String... more) throws Exception {
    String[] base = {"gcc", "-shared", "user.o", "-o", "libuser.so"};
    String[] all = Arrays.copyOf(base, base.length + more.length);
    System.arraycopy(more, 0, all, base.length, more.length);
    return shop.cc(all).status();
  }

  private String heard() {
    return String.join("\n", shop.heard.messages());
  }

  @Test
  void aLibraryHasTheVersion() throws Exception {
    assertThat(link("libvalue.so")).isZero();
    assertThat(shop.heard.messages()).isEmpty();
    assertThat(shop.tool("readelf", "-W", "--dyn-syms", "libuser.so")).contains(" value@V1 ");

    define("V2");
    assertThat(link("libvalue.so")).isEqualTo(1);
    assertThat(heard()).contains("undefined symbol: value@V1").doesNotContain("free_one");
  }

  @Test
  void nobodyHasTheVersion() throws Exception {
    assertThat(link()).isEqualTo(1);
    assertThat(heard())
        .contains("undefined symbol: value@V1")
        .contains("it has a version, so one of the inputs has to define it")
        .doesNotContain("free_one");
  }

  @Test
  void itMayBeIgnoredByItsName() throws Exception {
    assertThat(link("-Wl,--ignore-unresolved-symbol=value@V1")).isZero();
  }

  @Test
  void itSaysWhoSeesTheDefinition() throws Exception {
    shop.compile(
        "own.c",
        "int first(void) { return 42; }\n__asm__(\".symver first, value@@V1\");\n",
        "-fPIC");
    for (String visibility : List.of("globl", "hidden", "protected", "globl")) {
      shop.compile(
          "inner.c",
          """
          int inner(void);
          __asm__(".symver inner, value@V1\\n.%s inner");
          int use(void) { return inner(); }
          """
              .formatted(visibility),
          "-fPIC");
      shop.ccQuietly(
          "gcc", "-shared", "inner.o", "own.o", "-Wl,--version-script=map", "-o", "libown.so");
      assertThat(shop.pool.output(shop.path("libown.so")).verify()).isEmpty();
      String exported = shop.tool("readelf", "-W", "--dyn-syms", "libown.so");
      switch (visibility) {
        case "hidden" -> assertThat(exported).doesNotContain("value");
        case "protected" -> assertThat(exported).containsPattern("GLOBAL PROTECTED .* value@@V1");
        default -> assertThat(exported).containsPattern("GLOBAL DEFAULT .* value@@V1");
      }
    }
  }
}
