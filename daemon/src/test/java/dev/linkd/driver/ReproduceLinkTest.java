package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An archive from which a link can be repeated elsewhere. */
class ReproduceLinkTest {
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

  private void sources() throws Exception {
    Files.createDirectories(shop.path("lib"));
    shop.compile("main.c", "int f(void); int main(void) { return f(); }");
    shop.compile("f.c", "int f(void) { return 42; }");
    shop.tool("ar", "rcs", "lib/libf.a", "f.o");
    shop.write("my map", "{ global: main; local: *; };");
  }

  @Test
  void theLinkCanBeRepeatedFromTheArchive() throws Exception {
    sources();
    shop.ccQuietly(
        "gcc",
        "main.o",
        "-Llib",
        "-lf",
        "-Wl,--version-script=my map",
        "-Wl,--reproduce=own.tar",
        "-o",
        "program");
    Files.createDirectories(shop.path("again"));
    shop.tool("tar", "-C", "again", "-xf", "own.tar");
    assertThat(Files.readString(shop.path("again/own/version.txt"))).contains("linkd");
    String response = Files.readString(shop.path("again/own/response.txt"));
    assertThat(response)
        .contains("\n" + directory.toString().substring(1) + "/main.o\n", "\n-lf\n");
    Files.delete(shop.path("main.o"));
    Files.delete(shop.path("lib/libf.a"));

    try (Workshop other = new Workshop(shop.path("again/own"))) {
      assertThat(other.ld("@response.txt", "-o", "program").status())
          .as("%s", other.heard.messages())
          .isZero();
      assertThat(other.run("program")).isEqualTo("exit 42");
    }
  }

  @Test
  void theFolderNeedsNothingOfTheOldPlace() throws Exception {
    Files.createDirectories(shop.path("lib"));
    Files.createDirectories(shop.path("out"));
    shop.compile("main.c", "int f(void); int main(void) { return f(); }");
    shop.compile("lib/f.c", "int f(void) { return 42; }");
    shop.tool("ar", "rcsT", "lib/libf.a", "lib/f.o");
    List<String> words =
        new ArrayList<>(shop.linkerWords("gcc", "main.o", "-lf", "-o", "out/program"));
    words.addAll(List.of("-L", "lib", "--reproduce", "out/own.tar"));
    assertThat(shop.ld(words).status()).isZero();
    Files.createDirectories(shop.path("again"));
    shop.tool("tar", "-C", "again", "-xf", "out/own.tar");
    for (String gone : new String[] {"main.o", "lib/f.o", "lib/libf.a", "out/program"}) {
      Files.delete(shop.path(gone));
    }

    try (Workshop other = new Workshop(shop.path("again/own"))) {
      assertThat(other.ld("@response.txt").status()).as("%s", other.heard.messages()).isZero();
      assertThat(other.run("program")).isEqualTo("exit 42");
    }
  }

  @Test
  void theArchiveLiesBesideTheOutput() throws Exception {
    sources();
    assertThat(shop.cc("gcc", "main.o", "-Wl,--repro", "-o", "program").status()).isEqualTo(1);
    assertThat(shop.tool("tar", "-tf", "program.repro.tar"))
        .contains("program.repro/response.txt\n", "/main.o\n");
  }

  @Test
  void longNamesAreKept() throws Exception {
    String folder = "long".repeat(20) + "/" + "longer".repeat(20);
    Files.createDirectories(shop.path(folder));
    shop.compile("main.c", "int main(void) { return 42; }");
    Files.copy(shop.path("main.o"), shop.path(folder + "/main.o"));
    shop.ccQuietly("gcc", folder + "/main.o", "-Wl,--repro", "-o", "program");
    assertThat(shop.tool("tar", "-tf", "program.repro.tar")).contains(folder + "/main.o\n");
  }
}
