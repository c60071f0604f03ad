package dev.linkd.elf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.diag.LinkException;
import dev.linkd.output.FlushResult;
import dev.linkd.output.Output;
import dev.linkd.output.Output.InputSpec;
import dev.linkd.output.OutputKind;
import dev.linkd.output.OutputSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Objects whose bytes are damaged, always in the same ways, take the place of good ones, again and
 * again, in one output. What is refused leaves nothing behind, what is accepted equals an
 * independent link, and the good objects make the same program afterwards.
 */
class DamagedInputsTest {

  private static final int OUTPUTS = Boolean.getBoolean("linkd.long") ? 3_000 : 150;
  private static final int DAMAGES = 12;

  /** Numbers that mean something in an object, besides random ones. */
  private static final int[] NUMBERS = {0, 1, 2, 8, 15, 16, 200, 0x7fffffff, -1, 0xfff1, 0xfff2};

  private static final String MAIN =
      """
      extern int g(int), counter;
      extern const char *names[];
      static int s;
      int f(int x) { static int st = 5; return x + st + s; }
      __attribute__((weak)) int w(void) { return 1; }
      void _start(void) {
        int r = g(20) + f(2) + counter + w();
        if (names[1][0] != 'b') r = 1;
        __asm__ volatile("syscall" ::"a"(60), "D"(r) : "rcx", "r11");
        for (;;);
      }
      """;

  private static final String DATA =
      """
      int counter = 7;
      const char *names[] = {"alpha", "beta", "gamma", "alpha"};
      int com[100];
      extern int h(int), f(int);
      int (*table[])(int) = {h, f};
      int g(int x) {
        switch (x) { case 1: return 2; case 2: return 5; case 3: return 9; case 4: return 11; }
        return table[0](x);
      }
      __attribute__((constructor)) static void init(void) { com[3] = 1; }
      """;

  private static final String CONSTANTS =
      """
      int h(int x) { return x + 7; }
      static const double d[] = {1.5, 2.5};
      double e(int i) { return d[i & 1] * 3.25; }
      const char *z(void) { return "beta"; }
      """;

  @TempDir Path directory;

  private final List<Path> files = new ArrayList<>();
  private final List<byte[]> good = new ArrayList<>();
  private final StringBuilder history = new StringBuilder();

  @Test
  void nothingOfADamagedObjectStaysBehind() throws Exception {
    compile("main.c", MAIN, "-g", "-O1", "-ffunction-sections", "-fdata-sections");
    compile("data.c", DATA, "-O0", "-fcommon");
    compile("constants.c", CONSTANTS, "-g", "-O2", "-ffunction-sections");
    long first = Long.getLong("linkd.seed", 1);
    for (long seed = first; seed < first + OUTPUTS; seed++) {
      history.setLength(0);
      history.append("-Dlinkd.seed=").append(seed);
      try {
        damageAndRepair(new Random(seed));
      } catch (RuntimeException | AssertionError defect) {
        throw new AssertionError(history.toString(), defect);
      }
    }
  }

  private void compile(String name, String text, String... flags) throws Exception {
    Files.writeString(directory.resolve(name), text);
    // Without the name of the folder the bytes, and what a seed does to them, are the same each
    // time.
    String map = "-ffile-prefix-map=" + directory + "=/src";
    List<String> command = new ArrayList<>(List.of("gcc", "-c", "-w", "-fno-pie", map, name));
    command.addAll(List.of(flags));
    Program.command(directory, command.toArray(String[]::new));
    Path object = directory.resolve(name.replace(".c", ".o"));
    files.add(object);
    good.add(Files.readAllBytes(object));
  }

  private void damageAndRepair(Random random) throws Exception {
    Path program = directory.resolve("program");
    OutputSpec spec = OutputSpec.of(program, OutputKind.STATIC_EXECUTABLE);
    try (Output output = new ElfOutputs().open(spec)) {
      for (int i = 0; i < files.size(); i++) {
        if (random.nextInt(4) > 0) {
          put(output, i, good.get(i));
        }
      }
      output.flush();
      for (int i = 0; i < DAMAGES; i++) {
        step(output, random);
      }
      for (int i = 0; i < files.size(); i++) {
        put(output, i, good.get(i));
      }
      FlushResult result = output.flush();
      assertThat(result.ok()).as(() -> "repaired: " + result.diagnostics()).isTrue();
      assertThat(output.verify()).isEmpty();
      if (random.nextInt(10) == 0) {
        assertThat(new ProcessBuilder(program.toString()).start().waitFor()).isEqualTo(42);
      }
    }
  }

  private void step(Output output, Random random) throws Exception {
    int file = random.nextInt(files.size());
    if (random.nextInt(8) == 0) {
      history.append(" remove ").append(file);
      output.removeInput(files.get(file).toString());
    } else {
      history.append(" put ").append(file);
      boolean whole = random.nextInt(4) == 0;
      put(output, file, whole ? good.get(file) : damaged(good.get(file), random));
    }
    if (random.nextInt(3) > 0 && output.flush().published() && random.nextInt(2) == 0) {
      history.append(" verify");
      assertThat(output.verify()).isEmpty();
    }
  }

  /** The file is another one, as a compiler leaves it; what is mapped or held is not written. */
  private void put(Output output, int file, byte[] content) throws Exception {
    Path temporary = directory.resolve("temporary");
    Files.write(temporary, content);
    Path path = files.get(file);
    Files.move(temporary, path, StandardCopyOption.REPLACE_EXISTING);
    try {
      output.putInput(new InputSpec(path.toString(), path, false, false));
    } catch (LinkException refused) {
      history.append(" refused");
    }
  }

  private static byte[] damaged(byte[] whole, Random random) {
    byte[] bytes = whole.clone();
    int count = 1 + random.nextInt(random.nextInt(4) == 0 ? 40 : 3);
    for (int i = 0; i < count; i++) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(5)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = (byte) random.nextInt();
        case 2 -> bytes[at] = 0;
        case 3 -> bytes[at] = -1;
        default -> number(bytes, at & -4, NUMBERS[random.nextInt(NUMBERS.length)]);
      }
    }
    return random.nextInt(30) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
  }

  private static void number(byte[] bytes, int at, int value) {
    for (int i = 0; i < Integer.BYTES && at + i < bytes.length; i++) {
      bytes[at + i] = (byte) (value >> 8 * i);
    }
  }
}
