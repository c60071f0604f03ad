package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reports that say why the output is as it is. */
class ReportsLinkTest {
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

  private void program() throws Exception {
    shop.compile("main.c", "int used(void); int main(void) { return used(); }");
    shop.compile(
        "used.c",
        "static int inner(void) { return 42; } int used(void) { return inner(); }",
        "-O0");
    shop.compile("unused.c", "int unused(void) { return 1; }");
    shop.tool("ar", "rcs", "libx.a", "used.o", "unused.o");
  }

  private void link(String... more) throws Exception {
    String[] command = new String[more.length + 5];
    System.arraycopy(more, 0, command, 0, more.length);
    System.arraycopy(
        new String[] {"main.o", "-L.", "-lx", "-o", "program"}, 0, command, more.length, 5);
    String[] whole = new String[command.length + 1];
    whole[0] = "gcc";
    System.arraycopy(command, 0, whole, 1, command.length);
    shop.ccQuietly(whole);
  }

  @Test
  void membersOfArchivesAreCounted() throws Exception {
    program();
    for (int round = 0; round < 2; round++) {
      link("-Wl,--print-archive-stats=stats");
      assertThat(Files.readString(shop.path("stats")))
          .startsWith("members\textracted\tarchive\n")
          .containsPattern("(?m)^2\t1\t.*libx\\.a$");
    }
    link("-Wl,--print-archive-stats=-");
    assertThat(shop.heard.output.toString()).contains("2\t1\t");
  }

  @Test
  void inputsDependOnEachOther() throws Exception {
    program();
    link("-Wl,--print-dependencies");
    assertThat(shop.heard.output.toString())
        .containsPattern("(?m)^.*main\\.o\t.*libx\\.a\\(used\\.o\\)\tu\tused$");
  }

  @Test
  void membersAreTraced() throws Exception {
    program();
    link("-Wl,--trace");
    assertThat(shop.heard.output.toString())
        .containsPattern("(?m)main\\.o$")
        .containsPattern("(?m)libx\\.a\\(used\\.o\\)$")
        .doesNotContain("unused.o");
  }

  @Test
  void pathsAreNamedAsTheyWereWritten() throws Exception {
    program();
    String[] options = {
      "-Wl,-Map=map,--trace,--trace-symbol=used,--gc-sections,--print-gc-sections",
      "-Wl,--print-archive-stats=stats,--why-extract=why,--print-dependencies"
    };
    for (int round = 0; round < 2; round++) {
      link(options);
      String printed = shop.heard.output.toString();
      assertThat(printed)
          .doesNotContain(directory.toString())
          .startsWith("/")
          .contains("\nmain.o\n", "\n./libx.a(used.o)\n")
          .contains("trace-symbol: main.o: reference to used\n")
          .contains("removing unused section main.o:(.text)\n")
          .contains("\nmain.o\t./libx.a(used.o)\tu\tused\n");
      assertThat(Files.readString(shop.path("map")))
          .doesNotContain(directory.toString())
          .contains(" main.o:(.text.main)\n", " ./libx.a(used.o):(.text.used)\n");
      assertThat(Files.readString(shop.path("stats"))).contains("2\t1\t./libx.a\n");
      assertThat(Files.readString(shop.path("why"))).contains("\nmain.o\t./libx.a(used.o)\tused\n");
    }
    String whole = shop.path("main.o").toString();
    shop.ccQuietly("gcc", whole, "libx.a", "-Wl,-Map=map", "-o", "program");
    assertThat(Files.readString(shop.path("map")))
        .contains(' ' + whole + ":(.text.main)\n", " libx.a(used.o):(.text.used)\n");
  }

  @Test
  void aSymbolIsAliveForAReason() throws Exception {
    program();
    link("-Wl,--gc-sections,--why-live=inn*");
    assertThat(shop.heard.output.toString())
        .containsPattern(
            "(?s)live symbol: .*libx\\.a\\(used\\.o\\):\\(inner\\)\n"
                + ">>> alive because of .*used\\.o\\):\\(\\.text\\.used\\)\n"
                + ">>> alive because of .*main\\.o:\\(\\.text\\.main\\)\n");
    link("-Wl,--why-live=used");
    assertThat(shop.heard.output.toString()).contains("no section is left out");
  }
}
