package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
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

  @Test
  void aChangedMemberIsTakenIntoTheProgram() throws Exception {
    shop.ccQuietly("gcc", "main.o", "-L.", "-lparts", "-o", "program");
    shop.compile("used.c", "int used(void) { return 5; }\n", "-fPIE");
    shop.tool("ar", "rcs", "libparts.a", "used.o");

    shop.ccQuietly("gcc", "main.o", "-L.", "-lparts", "-o", "program");

    assertThat(shop.run("program")).isEqualTo("exit 7");
  }
}
