package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** So many objects that they are read while those before them are linked. */
class ManyObjectsLinkTest {
  private static final int OBJECTS = 40;
  private static final int TICKS_MILLIS = 60;

  @TempDir Path directory;
  private Workshop shop;
  private String[] link = {};

  @BeforeEach
  void open() throws Exception {
    shop = new Workshop(directory);
    List<String> words = new ArrayList<>(List.of("gcc", "-pie", "-o", "program", "main.o"));
    StringBuilder main = new StringBuilder("int main(void) { int sum = 0;\n");
    StringBuilder declared = new StringBuilder();
    for (int i = 0; i < OBJECTS; i++) {
      part(i, 1);
      words.add("part" + i + ".o");
      declared.append("int part").append(i).append("(void);\n");
      main.append("  sum += part").append(i).append("();\n");
    }
    shop.compile("main.c", declared.append(main).append("  return sum; }\n").toString(), "-fPIE");
    link = words.toArray(String[]::new);
    Thread.sleep(TICKS_MILLIS); // stamps are old enough to be trusted
  }

  @AfterEach
  void close() {
    shop.close();
  }

  private void part(int number, int value) throws Exception {
    String text = "int part%d(void) { return %d; }\n".formatted(number, value);
    shop.compile("part" + number + ".c", text, "-fPIE");
  }

  private boolean repeated() {
    return !shop.heard.phases.contains("read");
  }

  private void verify() throws Exception {
    assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
  }

  @Test
  void eachIsReadOnceAndKnownToTheNextLink() throws Exception {
    shop.ccQuietly(link);
    assertThat(shop.run("program")).isEqualTo("exit " + OBJECTS);
    long reads = shop.pool.store().statistics().reads();

    shop.ccQuietly(link);
    assertThat(repeated()).isTrue();
    assertThat(shop.pool.store().statistics().reads()).isEqualTo(reads);

    part(17, 3);
    Thread.sleep(TICKS_MILLIS);
    shop.ccQuietly(link);
    assertThat(repeated()).isTrue();
    assertThat(shop.run("program")).isEqualTo("exit " + (OBJECTS + 2));
    verify();
  }

  @Test
  void oneThatIsMissingIsReportedAsAlways() throws Exception {
    shop.watch.close();
    Files.move(shop.path("part30.o"), shop.path("kept"));
    assertThat(shop.cc(link).status()).isEqualTo(1);
    assertThat(shop.heard.messages()).hasSize(1);
    assertThat(shop.heard.messages().getFirst())
        .contains("cannot open part30.o: No such file or directory");
    assertThat(shop.path("program")).doesNotExist();
    assertThat(shop.pool.store().statistics().contents()).isZero();

    Files.move(shop.path("kept"), shop.path("part30.o"));
    shop.ccQuietly(link);
    assertThat(shop.run("program")).isEqualTo("exit " + OBJECTS);
    verify();
  }

  @Test
  void oneThatIsDamagedIsReportedAsAlways() throws Exception {
    byte[] sound = Files.readAllBytes(shop.path("part30.o"));
    Files.write(shop.path("part30.o"), Arrays.copyOf(sound, sound.length - 100));
    for (int i = 0; i < 2; i++) {
      assertThat(shop.cc(link).status()).isEqualTo(1);
      assertThat(shop.heard.messages()).hasSize(1);
      assertThat(shop.heard.messages().getFirst()).contains("part30.o");
      assertThat(shop.path("program")).doesNotExist();
    }

    Files.write(shop.path("part30.o"), sound);
    Thread.sleep(TICKS_MILLIS);
    shop.ccQuietly(link);
    assertThat(shop.run("program")).isEqualTo("exit " + OBJECTS);
    verify();
    Files.write(shop.path("part30.o"), new byte[0]);
    assertThat(shop.cc(link).status()).isEqualTo(1);
    assertThat(shop.run("program")).as("still there").isEqualTo("exit " + OBJECTS);
  }

  @Test
  void othersAmongThemAreWhatTheyAre() throws Exception {
    shop.tool("ar", "rcs", "archive.o", "part3.o");
    shop.write("script.o", "INPUT(part4.o)\n");
    Files.delete(shop.path("part5.o"));
    shop.tool("gcc", "-shared", "-fPIC", "part5.c", "-o", "part5.o");
    String[] mixed = link.clone();
    mixed[Arrays.asList(link).indexOf("part3.o")] = "archive.o";
    mixed[Arrays.asList(link).indexOf("part4.o")] = "script.o";
    List<String> words = new ArrayList<>(Arrays.asList(mixed));
    words.add("-Wl,-rpath,$ORIGIN");
    shop.ccQuietly(words.toArray(String[]::new));
    assertThat(shop.run("program")).isEqualTo("exit " + OBJECTS);
    verify();
  }

  @Test
  void oneThatIsNamedTwiceDefinesTwice() throws Exception {
    List<String> words = new ArrayList<>(Arrays.asList(link));
    words.add("part7.o");
    assertThat(shop.cc(words.toArray(String[]::new)).status()).isEqualTo(1);
    assertThat(shop.heard.messages().getFirst()).contains("part7").contains("multiple definition");
  }
}
