package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.output.LinkDriver.LinkExit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** So many objects changed that they are read while the output takes those before them. */
class ManyChangedLinkTest {
  private static final int OBJECTS = 20;
  private static final int TICKS_MILLIS = 60;

  @TempDir Path directory;
  private Workshop shop;
  private String[] link = {};

  /** Makes each object in two versions, with values 1 and 2, and links the first ones. */
  @BeforeEach
  void open() throws Exception {
    shop = new Workshop(directory);
    shop.watch.close(); // what a link reads is read by the link
    List<String> words = new ArrayList<>(List.of("gcc", "-pie", "-o", "program", "main.o"));
    StringBuilder main = new StringBuilder("int main(void) { int sum = 0;\n");
    StringBuilder declared = new StringBuilder();
    for (int i = 0; i < OBJECTS; i++) {
      for (int version = 1; version <= 2; version++) {
        String text = "int part%d(void) { return %d; }\n".formatted(i, version);
        shop.compile("v" + version + "/part" + i + ".c", text, "-fPIC");
      }
      words.add("part" + i + ".o");
      declared.append("int part").append(i).append("(void);\n");
      main.append("  sum += part").append(i).append("();\n");
    }
    shop.compile("main.c", declared.append(main).append("  return sum; }\n").toString(), "-fPIE");
    link = words.toArray(String[]::new);
    all(1);
    Thread.sleep(TICKS_MILLIS); // stamps are old enough to be trusted
    shop.ccQuietly(link);
    assertThat(shop.run("program")).isEqualTo("exit " + OBJECTS);
  }

  @AfterEach
  void close() {
    shop.close();
  }

  /** Makes all objects those of a version. */
  private void all(int version) throws IOException {
    for (int i = 0; i < OBJECTS; i++) {
      become(part(i), "v" + version + "/" + part(i));
    }
  }

  private static String part(int number) {
    return "part" + number + ".o";
  }

  /** Lets another file take the place of one, at once and with other times. */
  private void become(String name, String other) {
    try {
      Files.copy(shop.path(other), shop.path("new"), StandardCopyOption.REPLACE_EXISTING);
      Files.move(shop.path("new"), shop.path(name), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean repeated() {
    return !shop.heard.phases.contains("read");
  }

  private void verify() throws Exception {
    assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
  }

  private void assertLinksTheSecondVersion() throws Exception {
    shop.ccQuietly(link);
    assertThat(shop.run("program")).isEqualTo("exit " + 2 * OBJECTS);
    verify();
  }

  @Test
  void allArePatchedAndReadOnce() throws Exception {
    all(2);
    Thread.sleep(TICKS_MILLIS);
    long reads = shop.pool.store().statistics().reads();
    LinkExit exit = shop.ccQuietly(link);

    assertThat(repeated()).isTrue();
    assertThat(exit.startOverReason()).isEmpty();
    assertThat(shop.pool.store().statistics().reads()).isEqualTo(reads + OBJECTS);
    assertThat(shop.run("program")).isEqualTo("exit " + 2 * OBJECTS);
    verify();

    shop.ccQuietly(link);
    assertThat(repeated()).isTrue();
    assertThat(shop.pool.store().statistics().reads()).as("known").isEqualTo(reads + OBJECTS);
  }

  @Test
  void touchedOnesPublishNothingElse() throws Exception {
    byte[] before = Files.readAllBytes(shop.path("program"));
    all(1);
    shop.ccQuietly(link);
    assertThat(repeated()).isTrue();
    assertThat(Files.readAllBytes(shop.path("program"))).isEqualTo(before);
  }

  /** The command line means something else by it, in whichever place it is. */
  @ParameterizedTest
  @ValueSource(ints = {0, 11, OBJECTS - 1})
  void oneThatIsAScriptNowIsFollowed(int place) throws Exception {
    all(2);
    shop.write("script", "INPUT(v1/" + part(place) + ")\nentry_of_script = 7;\n");
    become(part(place), "script");
    shop.ccQuietly(link);

    assertThat(repeated()).as("derived again").isFalse();
    assertThat(shop.run("program")).isEqualTo("exit " + (2 * OBJECTS - 1));
    assertThat(shop.tool("nm", "program")).contains("0000000000000007 A entry_of_script");
    verify();
  }

  @Test
  void oneThatIsAnArchiveNowIsExtracted() throws Exception {
    all(2);
    shop.tool("ar", "rcs", "archive", "v1/part3.o");
    become(part(3), "archive");
    shop.ccQuietly(link);
    assertThat(shop.run("program")).isEqualTo("exit " + (2 * OBJECTS - 1));
    verify();
  }

  @Test
  void oneThatIsGoneIsReportedAsAlways() throws Exception {
    all(2);
    Files.delete(shop.path(part(11)));
    assertThat(shop.cc(link).status()).isEqualTo(1);
    assertThat(shop.heard.messages()).hasSize(1);
    assertThat(shop.heard.messages().getFirst())
        .contains("cannot open part11.o: No such file or directory");
    assertThat(shop.run("program")).as("still there").isEqualTo("exit " + OBJECTS);

    become(part(11), "v2/" + part(11));
    assertLinksTheSecondVersion();
  }

  @Test
  void oneThatIsDamagedIsReportedAsAlways() throws Exception {
    all(2);
    byte[] sound = Files.readAllBytes(shop.path(part(11)));
    Files.write(shop.path(part(11)), Arrays.copyOf(sound, sound.length - 100));
    for (int i = 0; i < 2; i++) {
      assertThat(shop.cc(link).status()).isEqualTo(1);
      assertThat(shop.heard.messages()).hasSize(1);
      assertThat(shop.heard.messages().getFirst()).contains("part11.o");
      assertThat(shop.run("program")).as("still there").isEqualTo("exit " + OBJECTS);
    }

    become(part(11), "v2/" + part(11));
    assertLinksTheSecondVersion();
  }

  /** What the output took in the middle of a link is compared with what is there in the next. */
  @Test
  void oneThatChangesMeanwhileIsLookedAtAgain() throws Exception {
    all(2);
    Thread.sleep(TICKS_MILLIS);
    int[] inputs = {0};
    shop.asked =
        () -> {
          if (inputs[0]++ == OBJECTS / 2) {
            for (int i = 0; i < OBJECTS; i++) {
              become(part(i), "v1/" + part(i));
            }
          }
        };
    shop.ccQuietly(link);
    assertThat(inputs[0]).isGreaterThan(OBJECTS);
    shop.asked = () -> {};
    Thread.sleep(TICKS_MILLIS);

    shop.ccQuietly(link);
    assertThat(shop.run("program")).isEqualTo("exit " + OBJECTS);
    verify();
  }

  @Test
  void whoIsGoneMeanwhileLeavesTheOutputAndTheNextLinkEndsIt() throws Exception {
    all(2);
    int[] inputs = {0};
    shop.asked =
        () -> {
          if (inputs[0]++ == OBJECTS / 2) {
            shop.heard.gone = true;
          }
        };
    shop.cc(link);
    assertThat(shop.run("program")).as("still there").isEqualTo("exit " + OBJECTS);
    shop.asked = () -> {};
    shop.heard.gone = false;

    assertLinksTheSecondVersion();
  }
}
