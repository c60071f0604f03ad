package dev.linkd.object;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.object.LinkerScript.Input;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random scripts are written with random white space and comments, and read back. */
class RandomScriptsTest {
  private static final int SCRIPTS = 3000;
  private static final List<String> GAPS =
      List.of(" ", "\n", "\t", " /* , ) ( */ ", "\r\n", "/**/", " /* two\nlines */");

  private final StringBuilder text = new StringBuilder();
  private final List<Input> expected = new ArrayList<>();
  private final List<String> directories = new ArrayList<>();
  private String format = "";
  private String entry = "";
  private int groups;

  @Test
  void whatWasWrittenIsRead() throws Exception {
    long first = Long.getLong("linkd.seed", System.nanoTime());
    System.out.println("RandomScriptsTest seed " + first);
    int inputs = 0;
    for (long seed = first; seed < first + SCRIPTS; seed++) {
      write(new Random(seed));
      byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
      LinkerScript script = LinkerScript.parse("s", MemorySegment.ofArray(bytes));
      assertThat(script)
          .as("seed %d:%n%s", seed, text)
          .isEqualTo(
              new LinkerScript(
                  "s",
                  expected,
                  format,
                  directories,
                  entry,
                  List.of(),
                  new VersionScript("s", List.of()),
                  new LayoutScript("s", text.toString(), List.of(), false)));
      inputs += expected.size();
    }
    assertThat(inputs).isGreaterThan(SCRIPTS);
  }

  private void write(Random random) {
    text.setLength(0);
    expected.clear();
    directories.clear();
    format = "";
    entry = "";
    groups = 0;
    for (int i = random.nextInt(6); i > 0; i--) {
      gap(random);
      command(random);
      if (random.nextBoolean()) {
        gap(random);
        text.append(';');
      }
    }
    gap(random);
  }

  private void command(Random random) {
    switch (random.nextInt(6)) {
      case 0 -> {
        text.append("ENTRY");
        entry = argument(random, name(random));
      }
      case 1 -> {
        text.append("OUTPUT_FORMAT");
        format = argument(random, "elf64-x86-64");
      }
      case 2 -> {
        text.append("SEARCH_DIR");
        directories.add(argument(random, "=/" + name(random)));
      }
      case 3 -> {
        text.append("AS_NEEDED");
        inputs(random, true, LinkerScript.NONE);
      }
      case 4 -> {
        text.append("GROUP");
        inputs(random, false, groups++);
      }
      default -> {
        text.append("INPUT");
        inputs(random, false, LinkerScript.NONE);
      }
    }
  }

  private void inputs(Random random, boolean asNeeded, int group) {
    gap(random);
    text.append('(');
    for (int i = random.nextInt(4); i > 0; i--) {
      gap(random);
      if (!asNeeded && random.nextInt(4) == 0) {
        text.append("AS_NEEDED");
        inputs(random, true, group);
      } else {
        boolean library = random.nextInt(3) == 0;
        String name = name(random);
        text.append(quoted(random, (library ? "-l" : "") + name));
        expected.add(new Input(name, library, asNeeded, group));
      }
      text.append(random.nextBoolean() ? "," : " ");
    }
    gap(random);
    text.append(')');
  }

  private String argument(Random random, String value) {
    gap(random);
    text.append('(');
    gap(random);
    text.append(quoted(random, value));
    gap(random);
    text.append(')');
    return value;
  }

  private static String quoted(Random random, String value) {
    return random.nextInt(3) == 0 ? '"' + value + '"' : value;
  }

  private static String name(Random random) {
    String characters = "abcXYZ019_./+-$~:=%\u00e9";
    StringBuilder name = new StringBuilder("n");
    for (int i = random.nextInt(12); i > 0; i--) {
      name.append(characters.charAt(random.nextInt(characters.length())));
    }
    return name.toString();
  }

  private void gap(Random random) {
    for (int i = random.nextInt(3); i > 0; i--) {
      text.append(GAPS.get(random.nextInt(GAPS.size())));
    }
  }
}
