package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files for other machines: passed over by searches, refused when they are named. */
class IncompatibleInputsLinkTest {
  @TempDir Path directory;
  private Workshop shop;

  @BeforeEach
  void open() throws Exception {
    shop = new Workshop(directory);
    shop.compile("main.c", "int value(void);\nint main(void) { return value(); }\n");
    shop.compile("value.c", "int value(void) { return 42; }\n", "-fPIC");
    shop.tool("gcc", "-m32", "-c", "value.c", "-o", "small.o");
    shop.tool("mkdir", "small", "right");
    shop.tool("ar", "rcs", "small/libv.a", "small.o");
    shop.tool("ld.bfd", "-m", "elf_i386", "-shared", "small.o", "-o", "small/libv.so");
    shop.tool("ar", "rcs", "right/libv.a", "value.o");
  }

  @AfterEach
  void close() {
    shop.close();
  }

  @Test
  void aSearchPassesOverThem() throws Exception {
    shop.write("script/libv.so", "OUTPUT_FORMAT(elf32-i386)\nINPUT(nowhere.o)\n");
    for (int i = 0; i < 2; i++) {
      shop.cc("gcc", "main.o", "-o", "program", "-Lscript", "-Lsmall", "-Lright", "-lv");
      assertThat(shop.heard.messages())
          .allMatch(text -> text.startsWith("warning: "))
          .anyMatch(text -> text.contains("script/libv.so: skipping incompatible file when"))
          .anyMatch(text -> text.contains("small/libv.so: skipping incompatible file when"))
          .anyMatch(text -> text.contains("small/libv.a: skipping incompatible file when"));
      assertThat(shop.run("program")).isEqualTo("exit 42");
      shop.compile("main.c", "int value(void);\nint main(void) { return value() & 42; }\n");
    }
  }

  @Test
  void aScriptFindsTheOneThatFits() throws Exception {
    shop.write("small/list", "INPUT(part.o)\n");
    shop.tool("cp", "small.o", "small/part.o");
    shop.tool("cp", "value.o", "right/part.o");
    shop.cc("gcc", "main.o", "-o", "program", "-Lright", "small/list");
    assertThat(shop.heard.messages()).singleElement().asString().contains("skipping incompatible");
    assertThat(shop.run("program")).isEqualTo("exit 42");
  }

  @Test
  void anObjectThatIsNamedIsRefused() throws Exception {
    assertThat(shop.cc("gcc", "main.o", "small.o", "-o", "program").status()).isEqualTo(1);
    assertThat(String.join("\n", shop.heard.messages()))
        .contains("small.o: incompatible file type: x86_64 is expected but got i386");
  }

  @Test
  void anArchiveOfWhichAllIsWantedTwiceIsThereTwice() throws Exception {
    String archive = "right/libv.a";
    shop.ccQuietly("gcc", "main.o", "-o", "program", archive, archive);
    shop.cc(
        "gcc",
        "main.o",
        "-o",
        "program",
        "-Wl,--whole-archive",
        archive,
        archive,
        "-Wl,--no-whole-archive");
    assertThat(String.join("\n", shop.heard.messages())).contains("duplicate symbol: value");
  }

  @Test
  void anEmptyFileAddsNothing() throws Exception {
    shop.write("libempty.a", "");
    shop.write("empty.o", "");
    String[] link = {"gcc", "main.o", "value.o", "empty.o", "-L.", "-lempty", "-o", "program"};
    for (int i = 0; i < 2; i++) {
      assertThat(shop.cc(link).status()).isZero();
      assertThat(shop.heard.messages())
          .hasSize(2)
          .allMatch(message -> message.startsWith("warning: "))
          .allMatch(
              message -> message.endsWith("unknown file type: the file is empty and adds nothing"));
    }
    assertThat(shop.run("program")).isEqualTo("exit 42");
    assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();

    shop.tool("cp", "value.o", "empty.o");
    shop.write("value.o", "");
    assertThat(shop.cc(link).status()).isZero();
    assertThat(shop.run("program")).isEqualTo("exit 42");
    shop.write("empty.o", "");
    assertThat(shop.cc(link).status()).isEqualTo(1);
    assertThat(String.join("\n", shop.heard.messages())).contains("undefined symbol: value");
  }

  @Test
  void anEmptyWordIsNoFile() throws Exception {
    assertThat(shop.ld("main.o", "").status()).isEqualTo(1);
    assertThat(shop.heard.messages())
        .containsExactly("error: cannot open : No such file or directory");
  }

  @Test
  void arraysOfInitialisersNeedNotBeWritable() throws Exception {
    shop.compile(
        "early.c",
        "int seen;\nstatic void early(void) { seen = 42; }\n"
            + "__attribute__((section(\".init_xxxxx\"))) void (*const p)(void) = early;\n"
            + "int value(void) { return seen; }\n",
        "-fno-pic");
    shop.tool("sed", "-i", "s/init_xxxxx/init_array/g", "early.o");
    shop.ccQuietly("gcc", "-no-pie", "main.o", "early.o", "-o", "program");
    assertThat(shop.run("program")).isEqualTo("exit 42");
    shop.ccQuietly("gcc", "-pie", "main.o", "early.o", "-o", "program");
    assertThat(shop.run("program")).isEqualTo("exit 42");
  }

  @Test
  void aScriptIsForTheMachineOfTheFileThatItNames() throws Exception {
    shop.write("small/inner", "INPUT(../small.o)\n");
    shop.write("small/outer", "INPUT(inner)\n");
    shop.write("right/inner", "INPUT(../value.o)\n");
    for (String status : new String[] {"42", "43"}) {
      shop.compile("value.c", "int value(void) { return " + status + "; }\n", "-fPIC");
      shop.cc("gcc", "main.o", "-o", "program", "-Lright", "small/outer");
      assertThat(shop.heard.messages())
          .singleElement()
          .asString()
          .contains("small/inner: skipping incompatible");
      assertThat(shop.run("program")).isEqualTo("exit " + status);
    }
  }
}
