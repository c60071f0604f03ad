package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Addresses from a file that is not linked. */
class JustSymbolsLinkTest {
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

  private void image(String address) throws Exception {
    shop.write(
        "image.s", ".globl answer, data\n.set answer, " + address + "\n.set data, answer + 16\n");
    shop.tool("as", "image.s", "-o", "image.o");
    shop.tool("ld", "image.o", "-o", "image", "-e", "answer");
  }

  @Test
  void aProgramCallsIntoAnImage() throws Exception {
    String[] link = {"gcc", "-no-pie", "main.o", "-Wl,--just-symbols=image", "-o", "program"};
    image("0x12340");
    shop.compile(
        "main.c",
        "#include <stdio.h>\nextern char answer[], data[];\n"
            + "int main(void) { printf(\"%p %p\\n\", answer, data); return 0; }\n",
        "-fno-pie");
    shop.ccQuietly(link);
    assertThat(shop.run("program")).isEqualTo("0x12340 0x12350\nexit 0");
    assertThat(shop.tool("readelf", "-Ws", "program")).containsPattern("12340 .* ABS answer");

    image("0x45670");
    shop.ccQuietly(link);

    assertThat(shop.run("program")).isEqualTo("0x45670 0x45680\nexit 0");
    assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
  }

  @Test
  void nothingOfTheImageIsLinked() throws Exception {
    shop.compile("other.c", "#include <stdio.h>\nint other(void) { return puts(\"x\"); }\n");
    shop.tool("gcc", "-shared", "-fPIC", "other.o", "-o", "other.so");
    shop.compile("main.c", "int main(void) { return 42; }\n");

    shop.ccQuietly("gcc", "main.o", "-Wl,-R,other.so", "-o", "program");

    assertThat(shop.run("program")).isEqualTo("exit 42");
    assertThat(shop.tool("readelf", "-d", "program")).doesNotContain("other.so");
  }

  @Test
  void aDirectoryIsARunPath() throws Exception {
    shop.compile("lib.c", "int lib(void) { return 42; }\n", "-fPIC");
    shop.tool("mkdir", "libs");
    shop.tool("gcc", "-shared", "lib.o", "-o", "libs/liblib.so");
    shop.compile("main.c", "int lib(void);\nint main(void) { return lib(); }\n");

    shop.ccQuietly("gcc", "main.o", "-Llibs", "-llib", "-Wl,-R," + shop.path("libs"), "-oprogram");

    assertThat(shop.run("program")).isEqualTo("exit 42");
  }

  @Test
  void whatIsNoElfFileIsAFault() throws Exception {
    shop.write("text", "no image");
    shop.compile("main.c", "int main(void) { return 42; }\n");

    assertThat(shop.cc("gcc", "main.o", "-Wl,-R,text", "-o", "program").status()).isEqualTo(1);

    assertThat(shop.heard.messages().getFirst()).contains("text", "not an ELF file");
  }
}
