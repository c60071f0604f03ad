package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.linkd.output.FlushResult;
import dev.linkd.output.LinkDriver.LinkExit;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same words again: what is not read again, and what has to be noticed nevertheless. */
class RepeatedLinkTest {
  private static final String[] LINK = {"gcc", "-pie", "main.o", "value.o", "-o", "program"};
  private static final int TICKS_MILLIS = 60;

  @TempDir Path directory;
  private Workshop shop;

  @BeforeEach
  void open() throws Exception {
    shop = new Workshop(directory);
    shop.compile("main.c", "int value(void);\nint main(void) { return 1 + value(); }\n", "-fPIE");
    value("return 41;");
    Thread.sleep(TICKS_MILLIS); // stamps are old enough to be trusted
  }

  @AfterEach
  void close() {
    shop.close();
  }

  private void value(String body) throws Exception {
    shop.compile("value.c", "int value(void) { " + body + " }\n", "-fPIE");
  }

  /** Whether the last link did not read its command line. */
  private boolean repeated() {
    return !shop.heard.phases.contains("read");
  }

  private static FlushResult.Statistics work(LinkExit exit) {
    return exit.flush().orElseThrow().statistics();
  }

  @Test
  void nothingIsReadWhenNothingChanged() throws Exception {
    shop.ccQuietly(LINK);
    assertThat(repeated()).isFalse();
    long opens = shop.pool.store().statistics().opens();
    FileTime old = Files.getLastModifiedTime(shop.path("program"));
    Thread.sleep(10);

    LinkExit exit = shop.ccQuietly(LINK);

    assertThat(repeated()).isTrue();
    assertThat(shop.pool.store().statistics().opens()).isEqualTo(opens);
    assertThat(work(exit).rowsVisited()).isZero();
    assertThat(Files.getLastModifiedTime(shop.path("program"))).isGreaterThan(old);
    assertThat(shop.run("program")).isEqualTo("exit 42");
  }

  @Test
  void onlyWhatChangedIsRead() throws Exception {
    shop.watch.close();
    shop.ccQuietly(LINK);
    for (int i = 1; i < 5; i++) {
      value("return " + i + ";");
      Thread.sleep(TICKS_MILLIS);
      long opens = shop.pool.store().statistics().opens();

      LinkExit exit = shop.ccQuietly(LINK);

      assertThat(repeated()).isTrue();
      assertThat(shop.pool.store().statistics().opens() - opens).isEqualTo(2);
      assertThat(work(exit).atomsChanged()).isEqualTo(1);
      assertThat(shop.run("program")).isEqualTo("exit " + (i + 1));
      assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
    }
  }

  @Test
  void whatIsWrittenIsReadAtOnceAndAppliedByTheLink() throws Exception {
    shop.ccQuietly(LINK);
    byte[] before = Files.readAllBytes(shop.path("program"));
    long revision = shop.pool.output(shop.path("program")).revision();

    value("return 20;");

    await().until(() -> shop.watch.statistics().read() > 0);
    assertThat(shop.pool.output(shop.path("program")).revision()).isEqualTo(revision);
    assertThat(shop.path("program")).hasBinaryContent(before);
    shop.ccQuietly(LINK);
    assertThat(repeated()).isTrue();
    assertThat(shop.run("program")).isEqualTo("exit 21");
    assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
  }

  @Test
  void anObjectThatIsGoneIsReported() throws Exception {
    shop.ccQuietly(LINK);
    Files.move(shop.path("value.o"), shop.path("other.o"));

    assertThat(shop.cc(LINK).status()).isEqualTo(1);
    assertThat(shop.heard.messages().getFirst()).contains("cannot open value.o");
    assertThat(shop.run("program")).isEqualTo("exit 42");

    Files.move(shop.path("other.o"), shop.path("value.o"));
    shop.ccQuietly(LINK);
    assertThat(shop.run("program")).isEqualTo("exit 42");
  }

  @Test
  void anObjectThatBecomesAnArchiveIsOne() throws Exception {
    shop.ccQuietly(LINK);
    value("return 8;");
    Files.move(shop.path("value.o"), shop.path("member.o"));
    shop.tool("ar", "rcs", "value.o", "member.o");

    shop.ccQuietly(LINK);

    assertThat(shop.run("program")).isEqualTo("exit 9");
    assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
  }

  @Test
  void aMemberOfAThinArchiveIsSeen() throws Exception {
    shop.tool("ar", "rcsT", "libvalue.a", "value.o");
    String[] link = {"gcc", "-pie", "main.o", "libvalue.a", "-o", "program"};
    shop.ccQuietly(link);
    assertThat(shop.run("program")).isEqualTo("exit 42");
    value("return 3;");

    shop.ccQuietly(link);

    assertThat(shop.run("program")).isEqualTo("exit 4");
  }

  @Test
  void aMemberOfAThinArchiveThatWasGoneIsTakenAgain() throws Exception {
    shop.tool("ar", "rcsT", "libvalue.a", "value.o");
    String[] link = {"gcc", "-pie", "main.o", "libvalue.a", "-o", "program"};
    shop.ccQuietly(link);
    Files.move(shop.path("value.o"), shop.path("other.o"));
    for (int i = 0; i < 2; i++) {
      assertThat(shop.cc(link).status()).isEqualTo(1);
      assertThat(shop.heard.messages().getFirst()).contains("value.o: cannot be read");
    }
    assertThat(shop.run("program")).isEqualTo("exit 42");

    value("return 3;");
    shop.ccQuietly(link);

    assertThat(shop.run("program")).isEqualTo("exit 4");
    assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
  }

  @Test
  void aLinkThatFailsBeforeItsOutputHoldsNothing() throws Exception {
    shop.watch.close();
    for (String words : List.of("--no-such-option", "missing.o", "main.o -T missing.ld")) {
      shop.write("inputs", words);
      assertThat(shop.ld("@inputs").status()).isEqualTo(1);
      assertThat(shop.pool.store().statistics().contents()).as(words).isZero();
    }
  }

  @Test
  void responseFilesAreRead() throws Exception {
    shop.compile("other.c", "int value(void) { return 4; }\n", "-fPIE");
    shop.write("inputs", "main.o value.o");
    List<String> words =
        shop.linkerWords("gcc", "-pie", "main.o", "value.o", "-o", "program").stream()
            .filter(word -> !word.equals("main.o"))
            .map(word -> word.equals("value.o") ? "@inputs" : word)
            .toList();
    shop.ld(words);
    assertThat(shop.run("program")).isEqualTo("exit 42");

    shop.write("inputs", "main.o value.o");
    shop.ld(words);
    assertThat(repeated()).as("written again with the same words").isTrue();

    shop.write("inputs", "main.o other.o");
    assertThat(shop.ld(words).status()).isZero();
    assertThat(shop.run("program")).isEqualTo("exit 5");
  }

  @Test
  void aLibraryThatAppearsEarlierIsTaken() throws Exception {
    shop.write("first/empty", "");
    shop.write("second/empty", "");
    shop.tool("ar", "rcs", "second/libvalue.a", "value.o");
    Thread.sleep(TICKS_MILLIS);
    String[] link = {"gcc", "-pie", "main.o", "-Lfirst", "-Lsecond", "-lvalue", "-o", "program"};
    shop.ccQuietly(link);
    shop.ccQuietly(link);
    assertThat(repeated()).isTrue();
    value("return 2;");
    shop.tool("ar", "rcs", "first/libvalue.a", "value.o");

    shop.ccQuietly(link);

    assertThat(shop.run("program")).isEqualTo("exit 3");
  }

  @Test
  void anotherVersionScriptCounts() throws Exception {
    shop.write("names", "V1 { global: value; local: *; };");
    String[] link = {"gcc", "-shared", "value.o", "-Wl,--version-script=names", "-o", "value.so"};
    shop.ccQuietly(link);
    assertThat(shop.tool("nm", "-D", "value.so")).contains("value@@V1");
    shop.write("names", "V2 { global: value; local: *; };");

    shop.ccQuietly(link);

    assertThat(shop.tool("nm", "-D", "value.so")).contains("value@@V2");
  }

  @Test
  void otherWordsInBetweenAreNotForgotten() throws Exception {
    shop.compile("other.c", "int value(void) { return 6; }\n", "-fPIE");
    String[] other = {"gcc", "-pie", "main.o", "other.o", "-o", "program"};
    for (int i = 0; i < 3; i++) {
      shop.ccQuietly(LINK);
      assertThat(shop.run("program")).isEqualTo("exit 42");
      shop.ccQuietly(other);
      assertThat(shop.run("program")).isEqualTo("exit 7");
    }
  }

  @Test
  void editsOfOthersAreUndone() throws Exception {
    shop.ccQuietly(LINK);
    shop.pool.output(shop.path("program")).removeInput("value.o");

    shop.ccQuietly(LINK);

    assertThat(repeated()).isFalse();
    assertThat(shop.run("program")).isEqualTo("exit 42");
    shop.pool.close(shop.path("program"));
    assertThat(shop.ccQuietly(LINK).startOverReason()).isEqualTo("FIRST_LINK");
  }

  @Test
  void theDirectoryOfTheOutputMayBecomeAnother() throws Exception {
    Files.createDirectory(shop.path("one"));
    Files.createDirectory(shop.path("two"));
    Files.createSymbolicLink(shop.path("out"), Path.of("one"));
    String[] link = {"gcc", "-pie", "main.o", "value.o", "-o", "out/program"};
    shop.ccQuietly(link);
    Files.delete(shop.path("out"));
    Files.createSymbolicLink(shop.path("out"), Path.of("two"));

    shop.ccQuietly(link);

    assertThat(shop.run("two/program")).isEqualTo("exit 42");
  }

  @Test
  void warningsAreRepeated() throws Exception {
    shop.compile(
        "value.c",
        """
        static const char text[] __attribute__((section(".gnu.warning.value"), used)) = "old";
        int value(void) { return 4; }
        """,
        "-fPIE");
    for (int i = 0; i < 3; i++) {
      assertThat(shop.cc("gcc", "-pie", "main.o", "value.o", "-Wl,-z,nosuch", "-o", "p").status())
          .isZero();
      assertThat(shop.heard.messages()).hasSize(2);
      assertThat(shop.heard.messages().getFirst()).contains("option: -z nosuch");
      assertThat(shop.heard.messages().getLast()).contains("main.o", ": old");
      Thread.sleep(TICKS_MILLIS);
    }
    assertThat(repeated()).isTrue();
  }

  @Test
  void filesBesideTheOutputComeBack() throws Exception {
    String[] link = {
      "gcc", "-pie", "main.o", "value.o", "-o", "program", "-Wl,-Map=map,--dependency-file=deps,-t"
    };
    shop.ccQuietly(link);
    String map = Files.readString(shop.path("map"));
    String dependencies = Files.readString(shop.path("deps"));
    String trace = shop.heard.output.toString();
    Files.delete(shop.path("map"));
    Files.delete(shop.path("deps"));

    shop.ccQuietly(link);

    assertThat(repeated()).isTrue();
    assertThat(shop.path("map")).hasContent(map);
    assertThat(shop.path("deps")).hasContent(dependencies);
    assertThat(trace).contains("value.o");
    assertThat(shop.heard.output).hasToString(trace);
  }

  @Test
  void anOutputThatIsGoneComesBack() throws Exception {
    shop.ccQuietly(LINK);
    Files.delete(shop.path("program"));

    shop.ccQuietly(LINK);

    assertThat(repeated()).isTrue();
    assertThat(shop.run("program")).isEqualTo("exit 42");
  }

  @Test
  void aRelocatableOutputIsMadeAnewOnlyWhenSomethingChanged() throws Exception {
    List<String> words = List.of("-r", "main.o", "value.o", "-o", "both.o");
    shop.ld(words);
    assertThat(shop.ld(words).startOverReason()).isEmpty();
    assertThat(repeated()).isTrue();
    value("return 12;");

    assertThat(shop.ld(words).startOverReason()).isEqualTo("RELOCATABLE_OUTPUT");

    shop.ccQuietly("gcc", "-pie", "both.o", "-o", "program");
    assertThat(shop.run("program")).isEqualTo("exit 13");
  }
}
