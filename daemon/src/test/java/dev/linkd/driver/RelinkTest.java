package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.output.FlushResult;
import dev.linkd.output.LinkDriver.LinkExit;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Second links of one output: what is patched, what starts over, and what stays. */
class RelinkTest {
  private static final String[] LINK = {"gcc", "-pie", "main.o", "value.o", "-o", "program"};

  @TempDir Path directory;
  private Workshop shop;

  @BeforeEach
  void open() throws Exception {
    shop = new Workshop(directory);
    shop.compile(
        "main.c",
        "#include <stdio.h>\nint value(void);\nint main(void) { return printf(\"x\") + value(); }\n",
        "-fPIE");
    value("return 41;");
  }

  @AfterEach
  void close() {
    shop.close();
  }

  private void value(String body) throws Exception {
    shop.compile("value.c", "int value(void) { " + body + " }\n", "-fPIE");
  }

  @Test
  void aChangedFunctionIsPatched() throws Exception {
    FlushResult first = flush(shop.ccQuietly(LINK));
    assertThat(shop.run("program")).isEqualTo("xexit 42");

    value("return 6;");
    LinkExit second = shop.ccQuietly(LINK);

    assertThat(second.startOverReason()).isEmpty();
    assertThat(flush(second).statistics().atomsAdded()).isLessThan(3);
    assertThat(flush(second).statistics().rowsVisited())
        .isLessThan(first.statistics().rowsVisited());
    assertThat(flush(second).generation()).isEqualTo(2);
    assertThat(shop.run("program")).isEqualTo("xexit 7");
    assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
  }

  private static FlushResult flush(LinkExit exit) {
    return exit.flush().orElseThrow();
  }

  @Test
  void aLinkWithoutChangesMakesTheOutputNewer() throws Exception {
    shop.ccQuietly(LINK);
    for (int round = 0; round < 3; round++) {
      byte[] before = Files.readAllBytes(shop.path("program"));
      FileTime old = Files.getLastModifiedTime(shop.path("program"));
      Thread.sleep(10);

      LinkExit exit = shop.ccQuietly(LINK);

      assertThat(exit.startOverReason()).isEmpty();
      assertThat(flush(exit).statistics().atomsChanged()).isZero();
      assertThat(flush(exit).statistics().relocationsApplied()).isZero();
      assertThat(Files.getLastModifiedTime(shop.path("program"))).isGreaterThan(old);
      assertThat(shop.path("program")).hasBinaryContent(before);
      assertThat(shop.run("program")).isEqualTo("xexit 42");
    }
  }

  @Test
  void anOutputThatWasRemovedComesBack() throws Exception {
    shop.ccQuietly(LINK);
    Files.delete(shop.path("program"));

    assertThat(shop.ccQuietly(LINK).startOverReason()).isEmpty();

    assertThat(shop.run("program")).isEqualTo("xexit 42");
  }

  @Test
  void anOutputThatOthersReplacedIsWrittenWhole() throws Exception {
    shop.ccQuietly(LINK);
    Files.writeString(shop.path("program"), "not a program");
    Files.setLastModifiedTime(shop.path("program"), FileTime.from(Instant.now()));

    shop.ccQuietly(LINK);

    assertThat(shop.run("program")).isEqualTo("xexit 42");
  }

  @Test
  void anInputThatIsGoneLeavesTheProgram() throws Exception {
    shop.compile(
        "extra.c",
        "#include <stdio.h>\n__attribute__((constructor)) static void f(void) { puts(\"extra\"); }\n",
        "-fPIE");
    shop.ccQuietly("gcc", "-pie", "main.o", "value.o", "extra.o", "-o", "program");
    assertThat(shop.run("program")).isEqualTo("extra\nxexit 42");

    LinkExit exit = shop.ccQuietly(LINK);

    assertThat(exit.startOverReason()).isEmpty();
    assertThat(flush(exit).statistics().atomsRemoved()).isPositive();
    assertThat(shop.run("program")).isEqualTo("xexit 42");
  }

  /** With the same words it is said which file decided that another output is wanted. */
  @Test
  void theReasonIsTheFileThatTheWordsLeadTo() throws Exception {
    shop.write("list.ld", "EXTERN(first)\nsymbol = 1;\n");
    shop.tool("mkdir", "early", "late");
    shop.compile("part.c", "int part;\n", "-fPIC");
    shop.tool("ar", "rcs", "late/libpart.a", "part.o");
    String[] link = {
      "gcc",
      "-pie",
      "main.o",
      "value.o",
      "list.ld",
      "-Learly",
      "-Llate",
      "-lpart",
      "-Wl,--linkd-explain",
      "-o",
      "program"
    };
    shop.ccQuietly(link);
    shop.write("list.ld", "EXTERN(first)\nsymbol = 2;\n");
    assertThat(shop.ccQuietly(link).startOverReason()).isEqualTo("FILE_CHANGED");
    assertThat(shop.heard.errors.toString())
        .contains("linked anew: FILE_CHANGED: ")
        .contains(": " + shop.path("list.ld") + "; atoms: ");

    shop.write("early/libpart.so", "other = 3; INPUT(" + shop.path("part.o") + ")\n");
    assertThat(shop.ccQuietly(link).startOverReason()).isEqualTo("SEARCH_CHANGED");
    assertThat(shop.heard.errors.toString()).contains(": " + shop.path("early/libpart.so") + "; ");
    assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
  }

  @Test
  void theReasonIsTheFileAlsoAfterALinkThatFailed() throws Exception {
    shop.write("list.ld", "symbol = 1;\n");
    String[] link = {"gcc", "-pie", "main.o", "value.o", "list.ld", "-o", "program"};
    shop.ccQuietly(link);
    for (int i = 1; i <= 2; i++) {
      String called = "missing" + i;
      shop.compile(
          "value.c",
          "int %1$s(void); int value(void) { return %1$s(); }".formatted(called),
          "-fPIE");
      for (int j = 0; j < i; j++) {
        assertThat(shop.cc(link).status()).isEqualTo(1);
        assertThat(shop.heard.messages().getFirst()).contains("undefined symbol: " + called);
      }
      shop.write("list.ld", "symbol = 1; " + called + " = main;\n");
      LinkExit exit = shop.ccQuietly(link);
      assertThat(exit.startOverReason()).isEqualTo("FILE_CHANGED");
    }
    assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
  }

  @Test
  void otherOptionsStartOver() throws Exception {
    shop.ccQuietly(LINK);

    LinkExit exit =
        shop.ccQuietly("gcc", "-pie", "-rdynamic", "main.o", "value.o", "-o", "program");

    assertThat(exit.startOverReason()).isEqualTo("OPTIONS_CHANGED");
    assertThat(shop.tool("nm", "-D", "program")).contains("T value");
    assertThat(shop.run("program")).isEqualTo("xexit 42");
  }

  @Test
  void aFailedLinkKeepsTheOldProgramAndTheNextOneIsPatched() throws Exception {
    shop.ccQuietly(LINK);
    byte[] good = Files.readAllBytes(shop.path("program"));
    shop.compile("value.c", "int other(void);\nint value(void) { return other(); }\n", "-fPIE");

    assertThat(shop.cc(LINK).status()).isEqualTo(1);
    assertThat(shop.heard.messages())
        .singleElement()
        .asString()
        .contains("undefined symbol: other");
    assertThat(shop.path("program")).hasBinaryContent(good);

    value("return 9;");
    LinkExit repaired = shop.ccQuietly(LINK);
    assertThat(repaired.startOverReason()).isEmpty();
    assertThat(shop.run("program")).isEqualTo("xexit 10");
  }

  @Test
  void anUnreadableInputKeepsTheOldProgram() throws Exception {
    shop.ccQuietly(LINK);
    Files.writeString(shop.path("value.o"), "\u007fELF, but not really");

    assertThat(shop.cc(LINK).status()).isEqualTo(1);
    assertThat(shop.heard.messages()).isNotEmpty().allMatch(text -> text.contains("value.o"));
    assertThat(shop.run("program")).isEqualTo("xexit 42");

    value("return 1;");
    shop.ccQuietly(LINK);
    assertThat(shop.run("program")).isEqualTo("xexit 2");
  }

  @Test
  void aFirstLinkThatFailsKeepsNothingOpen() throws Exception {
    Files.delete(shop.path("value.o"));
    shop.compile("value.c", "int unrelated;\n", "-fPIE");

    assertThat(shop.cc(LINK).status()).isEqualTo(1);

    assertThat(shop.pool.find(shop.path("program"))).isEmpty();
    assertThat(shop.path("program")).doesNotExist();
  }

  @Test
  void aLibraryThatAppearsEarlierInTheSearchPathIsTaken() throws Exception {
    shop.write("first/empty", "");
    shop.write("second/empty", "");
    shop.tool("ar", "rcs", "second/libvalue.a", "value.o");
    String[] link = {"gcc", "-pie", "main.o", "-Lfirst", "-Lsecond", "-lvalue", "-o", "program"};
    shop.ccQuietly(link);
    value("return 2;");
    shop.tool("ar", "rcs", "first/libvalue.a", "value.o");

    shop.ccQuietly(link);

    assertThat(shop.run("program")).isEqualTo("xexit 3");
  }

  @Test
  void temporaryObjectsOfOneCommandArePatched() throws Exception {
    shop.write("tmp/empty", "");
    Path[] objects = {shop.path("tmp/ccAbCd01.o"), shop.path("tmp/value-0a1b2c.o")};
    Files.copy(shop.path("main.o"), objects[0]);
    Files.copy(shop.path("value.o"), objects[1]);
    shop.ccQuietly("gcc", "-pie", objects[0].toString(), objects[1].toString(), "-o", "program");
    Path main = Files.move(objects[0], shop.path("tmp/ccZz9876.o"));
    Files.delete(objects[1]);
    value("return 19;");
    Path value = Files.copy(shop.path("value.o"), shop.path("tmp/value-ffffff.o"));

    LinkExit exit =
        shop.ccQuietly("gcc", "-pie", main.toString(), value.toString(), "-o", "program");

    assertThat(exit.startOverReason()).isEmpty();
    assertThat(flush(exit).statistics().atomsAdded()).isLessThan(3);
    assertThat(shop.run("program")).isEqualTo("xexit 20");
  }

  @Test
  void aLinkAfterOneThatFailedSaysSo() throws Exception {
    shop.compile("value.c", "int other(void) { return 1; }");
    String[] link = {"gcc", "-pie", "main.o", "value.o", "-o", "program"};
    assertThat(shop.cc(link).startOverReason()).isEqualTo("FIRST_LINK");
    assertThat(shop.path("program")).doesNotExist();
    value("return 5;");
    assertThat(shop.cc(link).startOverReason()).isEqualTo("LAST_LINK_FAILED");

    Files.delete(shop.path("program"));
    shop.pool.close(shop.path("program"));
    assertThat(shop.cc(link).startOverReason()).isEqualTo("FIRST_LINK");
    String[] otherwise = {"gcc", "-no-pie", "main.o", "value.o", "-lnothing", "-o", "program"};
    assertThat(shop.cc(otherwise).status()).isEqualTo(1);
    shop.compile("value.c", "int other(void) { return 1; }");
    otherwise[4] = "-Wl,-O1";
    assertThat(shop.cc(otherwise).startOverReason()).isEqualTo("OPTIONS_CHANGED");
    value("return 6;");
    assertThat(shop.cc(otherwise).startOverReason()).isEqualTo("LAST_LINK_FAILED");
    assertThat(shop.run("program")).isEqualTo("xexit 7");
  }

  @Test
  void itIsExplainedWhatWasDone() throws Exception {
    String[] explained = {
      "gcc", "-pie", "main.o", "value.o", "-Wl,--linkd-explain", "-o", "program"
    };
    String program = "ld: " + shop.path("program") + ": ";
    shop.ccQuietly(explained);
    assertThat(shop.heard.errors.toString())
        .startsWith(
            program + "linked anew: FIRST_LINK: nothing is known of an earlier link; atoms:");

    value("return 5;");
    shop.ccQuietly(explained);
    assertThat(shop.heard.errors.toString())
        .startsWith(program + "patched; atoms: 0 added, 1 changed, 0 moved, 0 removed; ")
        .endsWith(" bytes written\n");

    value("extern int none; return none;");
    assertThat(shop.cc(explained).status()).isEqualTo(1);
    assertThat(shop.heard.errors.toString()).contains(program + "failed").doesNotContain("patched");
    value("return 5;");

    shop.ccQuietly(
        "gcc", "-rdynamic", "-pie", "main.o", "value.o", "-Wl,--linkd-explain", "-o", "program");
    assertThat(shop.heard.errors.toString()).contains("linked anew: OPTIONS_CHANGED: options");
    shop.ccQuietly(LINK);
    assertThat(shop.heard.errors.toString()).isEmpty();
  }

  @Test
  void aCallerWhoLeftGetsNothing() throws Exception {
    shop.ccQuietly(LINK);
    FileTime before = Files.getLastModifiedTime(shop.path("program"));
    value("return 3;");
    shop.heard.gone = true;

    assertThat(shop.cc(LINK).status()).isEqualTo(1);

    assertThat(Files.getLastModifiedTime(shop.path("program"))).isEqualTo(before);
    shop.heard.gone = false;
    shop.ccQuietly(LINK);
    assertThat(shop.run("program")).isEqualTo("xexit 4");
  }
}
