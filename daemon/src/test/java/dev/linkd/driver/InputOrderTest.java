package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Inputs that come between others, change places, or go: the output is patched all the same. */
@Timeout(180)
class InputOrderTest {
  @TempDir Path directory;
  private Workshop shop;

  @BeforeEach
  void open() throws Exception {
    shop = new Workshop(directory);
    shop.compile(
        "main.c", "#include <stdio.h>\nint main(void) { puts(\"main\"); return 42; }\n", "-fPIE");
  }

  @AfterEach
  void close() {
    shop.close();
  }

  /** An object whose constructor prints its name. */
  private void speaker(String name) throws Exception {
    shop.compile(
        name + ".c",
        "#include <stdio.h>\n__attribute__((constructor)) static void f(void) { puts(\"%s\"); }\n"
            .formatted(name),
        "-fPIE");
  }

  /** Links, and returns why it started over; the output must be right. */
  private String link(String... inputs) throws Exception {
    return link(List.of(inputs));
  }

  private String link(List<String> inputs) throws Exception {
    List<String> words = new ArrayList<>(List.of("gcc", "-pie"));
    words.addAll(inputs);
    words.addAll(List.of("-o", "program"));
    String reason = shop.ccQuietly(words.toArray(String[]::new)).startOverReason();
    assertThat(shop.pool.output(shop.path("program")).verify()).as("%s", inputs).isEmpty();
    return reason;
  }

  @Test
  void theOldestInputsStay() {
    assertThat(InputOrder.kept(List.of("a", "b", "c"), List.of("a", "x", "b", "c")))
        .containsExactlyInAnyOrder("a", "b", "c");
    assertThat(InputOrder.kept(List.of("a", "b", "c", "d"), List.of("d", "a", "b", "c")))
        .containsExactlyInAnyOrder("a", "b", "c");
    assertThat(InputOrder.kept(List.of("a", "b"), List.of("b", "a"))).hasSize(1);
    assertThat(InputOrder.kept(List.of("a"), List.of("b"))).isEmpty();
    assertThat(InputOrder.kept(List.of(), List.of("b"))).isEmpty();
  }

  @Test
  void anInputBetweenOthersIsPatchedIn() throws Exception {
    speaker("one");
    speaker("two");
    speaker("new");
    assertThat(link("one.o", "two.o", "main.o")).isEqualTo("FIRST_LINK");
    assertThat(shop.run("program")).isEqualTo("one\ntwo\nmain\nexit 42");

    assertThat(link("one.o", "new.o", "two.o", "main.o")).isEmpty();
    assertThat(shop.run("program")).isEqualTo("one\nnew\ntwo\nmain\nexit 42");
    assertThat(link("one.o", "two.o", "main.o")).isEmpty();
    assertThat(shop.run("program")).isEqualTo("one\ntwo\nmain\nexit 42");
  }

  @Test
  void inputsThatChangePlacesAreMoved() throws Exception {
    speaker("one");
    speaker("two");
    speaker("three");
    link("one.o", "two.o", "three.o", "main.o");

    assertThat(link("three.o", "main.o", "two.o", "one.o")).isEmpty();

    assertThat(shop.run("program")).isEqualTo("three\ntwo\none\nmain\nexit 42");
  }

  @Test
  void theFirstOfTwoWeakDefinitionsCountsAlsoWhenItComesLater() throws Exception {
    shop.compile("ask.c", "int value(void);\nint main(void) { return value(); }\n", "-fPIE");
    String weak = "__attribute__((weak)) int value(void) { return %d; }\n";
    shop.compile("one.c", weak.formatted(1), "-fPIE");
    shop.compile("two.c", weak.formatted(2), "-fPIE");
    link("ask.o", "one.o");
    assertThat(shop.run("program")).isEqualTo("exit 1");

    assertThat(link("ask.o", "two.o", "one.o")).isEmpty();
    assertThat(shop.run("program")).isEqualTo("exit 2");
    assertThat(link("ask.o", "one.o", "two.o")).isEmpty();
    assertThat(shop.run("program")).isEqualTo("exit 1");
  }

  @Test
  void anArchiveBeforeAnotherTakesOver() throws Exception {
    shop.compile("ask.c", "int value(void);\nint main(void) { return value(); }\n", "-fPIE");
    shop.compile("two.c", "int value(void) { return 2; }\n", "-fPIE");
    shop.tool("ar", "rcs", "libtwo.a", "two.o");
    shop.compile("one.c", "int value(void) { return 1; }\n", "-fPIE");
    shop.tool("ar", "rcs", "libone.a", "one.o");
    link("ask.o", "libone.a");
    assertThat(shop.run("program")).isEqualTo("exit 1");

    assertThat(link("ask.o", "libtwo.a", "libone.a")).isEmpty();
    assertThat(shop.run("program")).isEqualTo("exit 2");
    assertThat(link("ask.o", "libone.a", "libtwo.a")).isEmpty();
    assertThat(shop.run("program")).isEqualTo("exit 1");
  }

  @Test
  void inlineFunctionsComeFromTheFirstInput() throws Exception {
    for (String name : List.of("one", "two")) {
      shop.compile(
          name + ".cc",
          "inline const char *who() { static const char *w = \"%1$s\"; return w; }\nconst char *%1$s() { return who(); }\n"
              .formatted(name),
          "-fPIE",
          "-O0");
    }
    shop.compile(
        "ask.cc",
        "#include <cstdio>\nconst char *one(); const char *two();\nint main() { std::puts(one()); std::puts(two()); }\n",
        "-fPIE");
    link("ask.o", "one.o", "two.o");
    assertThat(shop.run("program")).isEqualTo("one\none\nexit 0");

    assertThat(link("ask.o", "two.o", "one.o")).isEmpty();
    assertThat(shop.run("program")).isEqualTo("two\ntwo\nexit 0");
  }

  @Test
  void manyInputsInOnePlaceFindRoomOrStartOver() throws Exception {
    shop.write("empty.s", ".data\n.byte 1\n");
    shop.tool("as", "empty.s", "-o", "n0.o");
    List<String> inputs = new ArrayList<>(List.of("main.o"));
    inputs.add("n0.o");
    link(inputs);
    int patched = 0;
    for (int i = 1; i <= 20; i++) {
      Files.copy(shop.path("n0.o"), shop.path("n" + i + ".o"));
      inputs.add(1, "n" + i + ".o");
      String reason = link(inputs);
      assertThat(reason).isIn("", "INPUT_ORDER_CHANGED");
      patched += reason.isEmpty() ? 1 : 0;
    }
    assertThat(patched).isGreaterThan(12);
  }

  @Test
  void anyOrderAfterAnyOther() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<String> all = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      speaker("s" + i);
      all.add("s" + i + ".o");
    }
    int patched = 0;
    for (int round = 0; round < 25; round++) {
      Collections.shuffle(all, random);
      List<String> some = new ArrayList<>(all.subList(0, random.nextInt(all.size() + 1)));
      some.add(random.nextInt(some.size() + 1), "main.o");
      String expected =
          String.join(
              "",
              some.stream()
                  .filter(s -> !s.equals("main.o"))
                  .map(s -> s.replace(".o", "\n"))
                  .toList());

      String reason = link(some);

      assertThat(reason)
          .as("seed %d, round %d", seed, round)
          .isIn(round == 0 ? "FIRST_LINK" : "", "INPUT_ORDER_CHANGED");
      patched += reason.isEmpty() ? 1 : 0;
      assertThat(shop.run("program"))
          .as("seed %d, round %d", seed, round)
          .isEqualTo(expected + "main\nexit 42");
    }
    assertThat(patched).as("seed %d", seed).isGreaterThan(12);
  }
}
