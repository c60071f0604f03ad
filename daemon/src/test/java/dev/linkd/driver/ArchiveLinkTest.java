package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.output.FlushResult;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Archives: which members come into the program. */
class ArchiveLinkTest {
  @TempDir Path directory;
  private Workshop shop;

  @BeforeEach
  void open() throws Exception {
    shop = new Workshop(directory);
    shop.compile("used.c", "int used(void) { return 40; }\n", "-fPIE");
    shop.compile(
        "loud.c",
        """
        #include <stdio.h>
        int loud;
        __attribute__((constructor)) static void at_start(void) { puts("loud"); }
        """,
        "-fPIE");
    shop.compile("main.c", "int used(void);\nint main(void) { return used() + 2; }\n", "-fPIE");
    shop.tool("ar", "rcs", "libparts.a", "used.o", "loud.o");
  }

  @AfterEach
  void close() {
    shop.close();
  }

  @Test
  void onlyNeededMembersAreTaken() throws Exception {
    shop.ccQuietly("gcc", "main.o", "-L.", "-lparts", "-o", "program");

    assertThat(shop.run("program")).isEqualTo("exit 42");
  }

  @Test
  void anArchiveMayComeBeforeItsUser() throws Exception {
    shop.ccQuietly("gcc", "-Wl,--start-group", "libparts.a", "-Wl,--end-group", "main.o", "-op");

    assertThat(shop.run("p")).isEqualTo("exit 42");
  }

  /** What was read of it before the fault asks for the member again. */
  @Test
  @Timeout(120)
  void aDamagedMemberIsReportedOnceByEachLink() throws Exception {
    String[] link = {"gcc", "main.o", "libparts.a", "-o", "program"};
    shop.ccQuietly(link);
    shop.compile(
        "used.s",
        """
        .globl used
        used: call used@PLT
        .section .eh_frame, "a", @unwind
        .long 0x7000, 0
        .section .note.GNU-stack, "", @progbits
        """);
    shop.tool("ar", "rcs", "libparts.a", "used.o", "loud.o");

    for (int i = 0; i < 2; i++) {
      assertThat(shop.cc(link).status()).isEqualTo(1);
      assertThat(shop.heard.messages())
          .filteredOn(message -> message.contains("libparts.a(used.o):(.eh_frame"))
          .hasSize(1);
    }

    shop.compile("used.c", "int used(void) { return 40; }\n", "-fPIE");
    shop.tool("ar", "rcs", "libparts.a", "used.o", "loud.o");
    shop.ccQuietly(link);
    assertThat(shop.run("program")).isEqualTo("exit 42");
    assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
  }

  @Test
  void allMembersOfAWholeArchiveAreTaken() throws Exception {
    shop.ccQuietly(
        "gcc", "main.o", "-Wl,--whole-archive", "libparts.a", "-Wl,--no-whole-archive", "-o", "p");

    assertThat(shop.run("p")).isEqualTo("loud\nexit 42");
  }

  @Test
  void aRequiredSymbolTakesItsMember() throws Exception {
    shop.ccQuietly("gcc", "main.o", "libparts.a", "-Wl,-u,loud", "-o", "program");

    assertThat(shop.run("program")).isEqualTo("loud\nexit 42");
  }

  @Test
  void aRequiredSymbolThatNothingDefinesIsNoError() throws Exception {
    shop.ccQuietly("gcc", "main.o", "libparts.a", "-Wl,--undefined=nowhere", "-o", "program");

    assertThat(shop.run("program")).isEqualTo("exit 42");
  }

  /**
   * A library in front of the archive defines the name, but a hidden reference cannot mean it. The
   * member with that reference is found to be live after the one with an ordinary reference, and
   * after it was decided that this one needs no member.
   */
  @Test
  void aMemberStaysThatOnlyAHiddenReferenceTakes() throws Exception {
    shop.compile("front.c", "int shared(void) { return 1; }\n", "-fPIC");
    shop.tool("gcc", "-shared", "front.o", "-o", "libfront.so");
    shop.compile("a_shared.c", "int shared(void) { return 30; }\n", "-fPIE");
    String hidden = "__attribute__((visibility(\"hidden\"))) int shared(void);\n";
    shop.compile("b_hidden.c", hidden + "int hidden(void) { return shared(); }\n", "-fPIE");
    shop.compile(
        "c_usual.c", "int shared(void);\nint usual(void) { return shared() / 10; }\n", "-fPIE");
    shop.compile("d_late.c", "int hidden(void);\nint late(void) { return hidden(); }\n", "-fPIE");
    shop.tool("ar", "rcs", "libmore.a", "a_shared.o", "b_hidden.o", "c_usual.o", "d_late.o");
    String declarations = "int usual(void), late(void), used(void);\n";
    String[] link = {"gcc", "main.o", "./libfront.so", "libmore.a", "libparts.a", "-o", "program"};
    for (String sum : new String[] {"used() - 31", "9", "used() - 31", "9"}) {
      shop.compile(
          "main.c",
          declarations + "int main(void) { return usual() + late() + " + sum + "; }\n",
          "-fPIE");
      FlushResult flush = shop.ccQuietly(link).flush().orElseThrow();
      assertThat(linked(link)).isEqualTo("exit 42");
      assertThat(shop.tool("nm", "program").contains(" T used")).isEqualTo(sum.contains("used"));
      assertThat(flush.statistics().atomsAdded() == 0)
          .as("nothing was given up that had to be taken again")
          .isEqualTo(sum.equals("9"));
    }
  }

  /** A tentative definition asks for a member that has contents for it, and for no other. */
  @Test
  void aMemberWithContentsReplacesATentativeDefinition() throws Exception {
    String[] link = {"gcc", "main.o", "libparts.a", "-o", "program"};
    shop.compile("full.c", "int value = 40;\nint more(void) { return 2; }\n", "-fPIE");
    shop.compile("empty.c", "int value;\nint more(void) { return 1; }\n", "-fPIE", "-fcommon");
    String main =
        "int value;\n__attribute__((weak)) int more(void);\n"
            + "int main(void) { return more ? value + more() : value + 7; }\n";
    shop.compile("main.c", main, "-fPIE", "-fcommon");

    shop.tool("ar", "rcs", "libparts.a", "empty.o");
    assertThat(linked(link)).isEqualTo("exit 7");
    shop.tool("ar", "rcs", "libparts.a", "full.o");
    shop.tool("ar", "d", "libparts.a", "empty.o");
    assertThat(linked(link)).isEqualTo("exit 42");

    shop.compile("main.c", main.replace("value;", "value = 5;"), "-fPIE", "-fcommon");
    assertThat(linked(link)).as("the member is given up").isEqualTo("exit 12");
    shop.compile("main.c", main, "-fPIE", "-fcommon");
    assertThat(linked(link)).isEqualTo("exit 42");
    shop.tool("ar", "rcs", "libparts.a", "empty.o");
    shop.tool("ar", "d", "libparts.a", "full.o");
    assertThat(linked(link)).isEqualTo("exit 7");
  }

  /** As in GNU ld and lld, which ask for a definition that would win. */
  @Test
  void aMemberWithAWeakDefinitionReplacesNoTentativeOne() throws Exception {
    shop.compile("main.c", "int value;\nint main(void) { return value; }\n", "-fPIE", "-fcommon");
    String weak = "__attribute__((weak)) int value = 5;\nint more;\n";
    shop.compile("used.c", weak, "-fPIE");
    shop.tool("ar", "rcs", "libparts.a", "used.o");
    String[] link = {"gcc", "main.o", "libparts.a", "-o", "program"};

    assertThat(linked(link)).isEqualTo("exit 0");
    assertThat(shop.tool("nm", "program")).doesNotContain("more");

    shop.compile("used.c", weak.replace("__attribute__((weak)) ", ""), "-fPIE");
    shop.tool("ar", "rcs", "libparts.a", "used.o");
    assertThat(linked(link)).isEqualTo("exit 5");

    shop.compile("used.c", weak, "-fPIE");
    shop.tool("ar", "rcs", "libparts.a", "used.o");
    assertThat(linked(link)).as("the member is given up").isEqualTo("exit 0");
    assertThat(shop.tool("nm", "program")).doesNotContain("more");
  }

  private String linked(String... command) throws Exception {
    shop.ccQuietly(command);
    assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
    return shop.run("program");
  }

  @Test
  void aChangedMemberIsTakenIntoTheProgram() throws Exception {
    shop.ccQuietly("gcc", "main.o", "-L.", "-lparts", "-o", "program");
    shop.compile("used.c", "int used(void) { return 5; }\n", "-fPIE");
    shop.tool("ar", "rcs", "libparts.a", "used.o");

    shop.ccQuietly("gcc", "main.o", "-L.", "-lparts", "-o", "program");

    assertThat(shop.run("program")).isEqualTo("exit 7");
  }
}
