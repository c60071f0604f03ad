package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
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

  /** GNU ld hides the name without version then, which would be a second symbol of the version. */
  @Test
  void anOldVersionOfANameTakesThePlaceThatTheScriptGives() throws Exception {
    String plain = "int f(void) { return 1; }\nint g(void) { return f(); }\n";
    String old = plain + "__asm__(\".symver f, f@V\");\n";
    shop.write("v.ver", "V { f; g; };\n");
    String[] link = {"gcc", "-shared", "v.o", "-Wl,--version-script=v.ver", "-o", "libv.so"};

    shop.compile("v.c", old, "-fPIC");
    shop.ccQuietly(link);
    assertThat(versioned("libv.so")).containsExactly("f@V", "g@@V");
    link[link.length - 1] = "theirs.so";
    shop.tool(link);
    assertThat(versioned("theirs.so")).containsExactly("f@V", "g@@V");

    link[link.length - 1] = "libv.so";
    shop.compile("v.c", plain, "-fPIC");
    shop.ccQuietly(link);
    assertThat(versioned("libv.so")).containsExactly("f@@V", "g@@V");
    shop.compile("v.c", old, "-fPIC");
    shop.ccQuietly(link);
    assertThat(versioned("libv.so")).containsExactly("f@V", "g@@V");
    assertThat(shop.pool.output(shop.path("libv.so")).verify()).isEmpty();
  }

  private List<String> versioned(String file) throws Exception {
    return shop.tool("nm", "-D", "--with-symbol-versions", "--defined-only", file)
        .lines()
        .map(line -> line.substring(19))
        .filter(name -> !name.equals("V"))
        .sorted()
        .toList();
  }

  @Test
  void aPatternMustEnd() throws Exception {
    shop.compile("versioned.c", "int f(void) { return 1; }\n", "-fPIC");
    shop.write("bad.ver", "V { f[12; };\n");
    shop.cc("gcc", "-shared", "versioned.o", "-Wl,--version-script=bad.ver", "-o", "own.so");
    assertThat(String.join("", shop.heard.messages())).contains("invalid version pattern 'f[12'");
  }
}
