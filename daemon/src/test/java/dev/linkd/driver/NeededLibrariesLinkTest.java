package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Libraries that libraries need. */
class NeededLibrariesLinkTest {
  @TempDir Path directory;
  private Workshop shop;

  @BeforeEach
  void open() {
    shop = new Workshop(directory);
  }

  @AfterEach
  void close() {
    shop.close();
  }

  /** libouter.so calls inner(), which is in deep/libinner.so; or not. */
  private void libraries(String inner) throws Exception {
    Files.createDirectories(shop.path("deep"));
    shop.compile("inner.c", "int inner(void) { return 42; }", "-fPIC");
    shop.compile("outer.c", "int inner(void); int outer(void) { return inner(); }", "-fPIC");
    shop.tool("gcc", "-shared", "inner.o", "-Wl,-soname,libinner.so", "-o", "deep/libinner.so");
    shop.tool(
        "gcc",
        "-shared",
        "outer.o",
        "-Ldeep",
        "-linner",
        "-Wl,-soname,libouter.so",
        "-olibouter.so");
    shop.compile("inner.c", inner, "-fPIC");
    shop.tool("gcc", "-shared", "inner.o", "-Wl,-soname,libinner.so", "-o", "deep/libinner.so");
    shop.compile("main.c", "int outer(void); int main(void) { return outer(); }", "-fPIE");
  }

  private int link(String... more) throws Exception {
    String[] command = new String[more.length + 5];
    System.arraycopy(
        new String[] {"gcc", "main.o", "libouter.so", "-o", "program"}, 0, command, 0, 5);
    System.arraycopy(more, 0, command, 5, more.length);
    return shop.cc(command).status();
  }

  private void reported() {
    assertThat(shop.heard.messages())
        .singleElement()
        .asString()
        .contains("libouter.so: --no-allow-shlib-undefined: undefined symbol: inner");
  }

  @Test
  void librariesThatLibrariesNeedAreSearched() throws Exception {
    libraries("int other(void) { return 42; }");
    assertThat(link("-Ldeep")).as("not found, so it could define the symbol").isZero();
    assertThat(link("-Wl,-rpath-link,nowhere:deep")).isEqualTo(1);
    reported();
    assertThat(link("-Wl,-rpath,deep")).isEqualTo(1);
    reported();
    assertThat(link("-Wl,-rpath,deep,--allow-shlib-undefined")).isZero();
    shop.environment = Map.of("LD_RUN_PATH", "deep");
    assertThat(link()).isEqualTo(1);
    reported();
    shop.environment = Map.of("LD_LIBRARY_PATH", "deep");
    assertThat(link()).isEqualTo(1);
    reported();
    shop.environment = Map.of();

    libraries("int inner(void) { return 42; }");
    assertThat(link("-Wl,--disable-new-dtags,-rpath-link,deep,-rpath,$ORIGIN:$ORIGIN/deep"))
        .isZero();
    assertThat(shop.heard.messages()).isEmpty();
    assertThat(shop.run("program")).isEqualTo("exit 42");
    assertThat(shop.tool("readelf", "-dW", "program")).doesNotContain("[libinner.so]");
    assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
  }

  @Test
  void theRunPathOfALibraryLeadsToWhatItNeeds() throws Exception {
    libraries("int other(void) { return 42; }");
    shop.tool(
        "gcc",
        "-shared",
        "outer.o",
        "-Ldeep",
        "-linner",
        "-Wl,-soname,libouter.so,-rpath,$ORIGIN/deep",
        "-olibouter.so");
    assertThat(link()).isEqualTo(1);
    reported();
  }

  @Test
  void neededLibrariesDefineSymbolsOnRequest() throws Exception {
    libraries("int inner(void) { return 42; }");
    shop.compile(
        "main.c",
        "int inner(void), outer(void); int main(void) { return inner() == outer() ? 42 : 1; }",
        "-fPIE");
    String path = "-Wl,-rpath-link,deep,-rpath,$ORIGIN:$ORIGIN/deep";
    assertThat(link(path)).isEqualTo(1);
    assertThat(shop.heard.messages().getFirst()).contains("undefined symbol: inner");
    assertThat(link(path, "-Wl,--copy-dt-needed-entries,--no-copy-dt-needed-entries")).isEqualTo(1);
    assertThat(link(path, "-Wl,--copy-dt-needed-entries")).isZero();
    assertThat(shop.heard.messages()).isEmpty();
    assertThat(shop.run("program")).isEqualTo("exit 42");
    assertThat(shop.tool("readelf", "-dW", "program")).contains("[libinner.so]");
    assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
  }
}
