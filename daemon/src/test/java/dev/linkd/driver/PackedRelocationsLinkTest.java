package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Relative relocations in {@code .relr.dyn}. */
class PackedRelocationsLinkTest {
  private static final String PACK = "-Wl,-z,pack-relative-relocs";

  @TempDir Path directory;
  private Workshop shop;

  @BeforeEach
  void open() throws Exception {
    shop = new Workshop(directory);
    shop.compile("main.c", "int sum(void);\nint main(void) { return sum(); }\n", "-fPIC", "-O0");
    table(100, 0);
  }

  @AfterEach
  void close() {
    shop.close();
  }

  /** A table of pointers, with holes and behind a part that moves it. */
  private void table(int pointers, int before) throws Exception {
    StringBuilder text = new StringBuilder("static int ones[] = {1, 1, 1, 1};\n");
    text.append("int *early[").append(before + 1).append("] = {ones};\n");
    text.append("int *table[] = {");
    for (int i = 0; i < pointers; i++) {
      text.append(i % 7 == 3 ? "0, " : "ones + " + i % 4 + ", ");
    }
    text.append("0};\nstruct __attribute__((packed)) { char c; int *odd; } odd = {0, ones};\n");
    text.append("int sum(void) { int all = *early[0] + *odd.odd;\n");
    text.append("  for (int i = 0; i < ").append(pointers).append("; i++)");
    text.append(" if (table[i]) all += *table[i];\n  return all; }\n");
    shop.compile("table.c", text.toString(), "-fPIC");
  }

  private void link(String... more) throws Exception {
    List<String> command = new ArrayList<>(List.of("gcc", "main.o", "table.o", "-o", "program"));
    command.addAll(List.of(more));
    shop.ccQuietly(command.toArray(String[]::new));
    assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
  }

  private String relocations() throws Exception {
    return shop.tool("readelf", "-Wr", "program");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-pie", "-static-pie"})
  void relativeRelocationsArePacked(String kind) throws Exception {
    link(kind, PACK);
    assertThat(shop.run("program")).isEqualTo("exit 88");
    assertThat(shop.tool("readelf", "-d", "program")).contains("(RELR)", "(RELRSZ)", "(RELRENT)");
    assertThat(relocations()).contains(".relr.dyn").contains("R_X86_64_RELATIV");

    table(40, 30);
    link(kind, PACK);
    assertThat(shop.run("program")).isEqualTo("exit 36");

    table(220, 4000);
    link(kind, PACK);
    assertThat(shop.run("program")).isEqualTo("exit 191");

    table(0, 0);
    link(kind, PACK);
    assertThat(shop.run("program")).isEqualTo("exit 2");
  }

  @Test
  void glibcIsToldAboutThem() throws Exception {
    link("-pie", PACK);
    assertThat(shop.tool("readelf", "-V", "program")).contains("GLIBC_ABI_DT_RELR");
  }

  @Test
  void aLibraryIsPackedToo() throws Exception {
    shop.ccQuietly("gcc", "-shared", "table.o", "-o", "libtable.so", "-Wl,--pack-dyn-relocs=relr");
    assertThat(shop.tool("readelf", "-d", "libtable.so")).contains("(RELR)");
    shop.ccQuietly("gcc", "main.o", "libtable.so", "-o", "program", "-Wl,-rpath," + directory);
    assertThat(shop.run("program")).isEqualTo("exit 88");

    table(14, 3);
    shop.ccQuietly("gcc", "-shared", "table.o", "-o", "libtable.so", "-Wl,--pack-dyn-relocs=relr");
    assertThat(shop.run("program")).isEqualTo("exit 14");
  }

  @Test
  void whatBecomesAnImportIsNotPackedAnyMore() throws Exception {
    shop.compile("lib.c", "int one = 1;\n", "-fPIC");
    shop.ccQuietly("gcc", "-shared", "lib.o", "-o", "libone.so");
    shop.compile("own.c", "int one = 5;\n", "-fPIC");
    String pointer = "extern int one;\nint *where = &one;\n";
    shop.compile("table.c", pointer + "int sum(void) { return *where + one; }\n", "-fPIC");
    String path = "-Wl,-rpath," + directory;
    link("own.o", "libone.so", path, PACK);
    assertThat(shop.run("program")).isEqualTo("exit 10");

    shop.compile("own.c", "int other = 5;\n", "-fPIC");
    link("own.o", "libone.so", path, PACK);
    assertThat(shop.run("program")).isEqualTo("exit 2");

    shop.compile("own.c", "int one = 7;\n", "-fPIC");
    link("own.o", "libone.so", path, PACK);
    assertThat(shop.run("program")).isEqualTo("exit 14");
  }

  @Test
  void theyAreNotPackedUnlessAskedFor() throws Exception {
    link("-pie");
    assertThat(relocations()).doesNotContain(".relr.dyn");
    link("-pie", PACK, "-Wl,-z,nopack-relative-relocs");
    assertThat(relocations()).doesNotContain(".relr.dyn");
    link("-pie", PACK, "-Wl,--pack-dyn-relocs=none");
    assertThat(relocations()).doesNotContain(".relr.dyn");
    link("-no-pie", PACK);
    assertThat(relocations()).doesNotContain(".relr.dyn");
    shop.cc("gcc", "main.o", "table.o", "-o", "program", "-Wl,--pack-dyn-relocs=android");
    assertThat(String.join("", shop.heard.messages())).contains("--pack-dyn-relocs value: android");
  }

  @Test
  void androidHasTagsOfItsOwn() throws Exception {
    link("-pie", PACK, "-Wl,--use-android-relr-tags");
    assertThat(shop.tool("readelf", "-dW", "program"))
        .contains("000000006fffe000", "000000006fffe001", "000000006fffe003")
        .doesNotContain("(RELR");
    assertThat(shop.tool("readelf", "-SW", "program")).doesNotContainPattern("relr.dyn +RELR ");
    assertThat(shop.tool("readelf", "-V", "program")).doesNotContain("GLIBC_ABI_DT_RELR");
    table(220, 4000);
    link("-pie", PACK, "-Wl,--use-android-relr-tags");

    link("-pie", PACK, "-Wl,--use-android-relr-tags,--no-use-android-relr-tags");
    assertThat(shop.tool("readelf", "-d", "program")).contains("(RELR)").doesNotContain("6fffe000");
    assertThat(shop.run("program")).isEqualTo("exit 191");
  }
}
