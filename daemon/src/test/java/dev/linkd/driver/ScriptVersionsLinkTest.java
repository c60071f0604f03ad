package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Versions from linker scripts, and those of the library itself. */
class ScriptVersionsLinkTest {
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

  @Test
  void aLinkerScriptCanDefineVersions() throws Exception {
    shop.compile("versioned.c", "int f(void) { return 1; }\nint g(void) { return 2; }\n", "-fPIC");
    shop.write("versions.script", "VERSION { V_1 { global: f; /* and no */ local: *; }; };\n");
    shop.ccQuietly("gcc", "-shared", "versioned.o", "versions.script", "-o", "libversioned.so");
    assertThat(shop.tool("nm", "-D", "libversioned.so")).contains(" f@@V_1").doesNotContain(" g");

    shop.write("versions.script", "VERSION { V_2 { global: f; g; }; };\n");
    shop.ccQuietly("gcc", "-shared", "versioned.o", "versions.script", "-o", "libversioned.so");
    assertThat(shop.tool("nm", "-D", "libversioned.so")).contains(" f@@V_2", " g@@V_2");

    shop.write("versions.script", "VERSION { V_1 /*");
    shop.cc("gcc", "-shared", "versioned.o", "versions.script", "-o", "libversioned.so");
    assertThat(String.join("", shop.heard.messages())).contains("unclosed comment");
  }

  @Test
  void namesThatAScriptExportsHaveTheVersionOfTheLibraryToo() throws Exception {
    shop.compile("versioned.c", "int f(void) { return 1; }\nint g(void) { return 2; }\n", "-fPIC");
    shop.write("f.ver", "{ global: f; local: *; };\n");
    String script = "-Wl,--default-symver,--version-script=f.ver";
    shop.ccQuietly("gcc", "-shared", "versioned.o", script, "-o", "libversioned.so");
    assertThat(shop.tool("nm", "-D", "libversioned.so"))
        .contains(" f@@libversioned.so")
        .doesNotContain(" g");
  }

  @Test
  void aPatternMustEnd() throws Exception {
    shop.compile("versioned.c", "int f(void) { return 1; }\n", "-fPIC");
    shop.write("bad.ver", "V { f[12; };\n");
    shop.cc("gcc", "-shared", "versioned.o", "-Wl,--version-script=bad.ver", "-o", "own.so");
    assertThat(String.join("", shop.heard.messages())).contains("invalid version pattern 'f[12'");
  }
}
