package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.diag.Diagnostic;
import dev.linkd.diag.Diagnostic.Severity;
import dev.linkd.output.AtomUpdate;
import dev.linkd.output.NameRules;
import dev.linkd.output.Output;
import dev.linkd.output.Output.InputSpec;
import dev.linkd.output.OutputKind;
import dev.linkd.output.OutputSpec;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A few names that streams and objects define and refer to in all ways, so that definitions come,
 * go, hide each other and change their kind all the time: each state equals a fresh link.
 */
class RandomDefinitionsTest {
  private static final int NAMES = 8;
  private static final int ATOMS = 3;
  private static final int STREAMS = 3;
  private static final int OBJECTS = 2;
  private static final int VERSIONS = 8;
  private static final int STEPS = 400;

  /** More than the list of an atom is searched for. */
  private static final int MANY = 70;

  private static final String[] VISIBILITY = {"", "", ".hidden", ".protected"};

  @TempDir Path directory;

  private final AtomUpdate update = new AtomUpdate();
  private final MemorySegment bytes = MemorySegment.ofArray(new byte[256]);

  static LongStream seeds() {
    return LongStream.of(1, 2, 3, 65477700895513L, System.nanoTime());
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void everyStateEqualsAFreshLink(long seed) throws Exception {
    Random random = new Random(seed);
    OutputKind kind = random.nextBoolean() ? OutputKind.SHARED_LIBRARY : OutputKind.PIE;
    List<byte[]> versions = versions(random);
    OutputSpec usual = OutputSpec.of(directory.resolve("p"), kind);
    OutputSpec spec =
        usual.withNames(
            new NameRules(List.of(), List.of(), List.of(), List.of(), true, false, false));
    int verified = 0;
    try (Output output = new ElfOutputs().open(spec)) {
      for (int step = 1; step <= STEPS; step++) {
        for (int edits = random.nextInt(4); edits >= 0; edits--) {
          edit(output, random, versions);
        }
        // What a flush with errors leaves behind shows at the next one without.
        List<Diagnostic> problems = output.flush().diagnostics();
        if (problems.stream().noneMatch(d -> d.severity() == Severity.ERROR)) {
          verified++;
          assertThat(output.verify()).as("step %d", step).isEmpty();
        }
      }
      assertThat(verified).isGreaterThan(STEPS / 10);
    }
  }

  private void edit(Output output, Random random, List<byte[]> versions) throws Exception {
    int stream = output.stream("s" + random.nextInt(STREAMS));
    int loose = output.stream("loose");
    int name = output.name("n" + random.nextInt(NAMES));
    switch (random.nextInt(12)) {
      case 0, 1 -> output.removeAtom(stream, output.name("a" + random.nextInt(ATOMS)));
      case 2 -> output.defineSymbol(loose, name, -1, random.nextInt(99), 0, info(random));
      case 3 -> {
        int target = output.name("n" + random.nextInt(NAMES));
        output.defineSymbol(loose, name, target, random.nextInt(8), 0, info(random));
      }
      case 4, 5 -> output.removeSymbol(loose, name);
      case 6 -> output.removeStream(stream);
      case 7, 8 -> {
        Path object = directory.resolve("o" + random.nextInt(OBJECTS) + ".o");
        Files.write(object, versions.get(random.nextInt(versions.size())));
        output.putInput(new InputSpec(object.toString(), object, false, false));
      }
      case 9 ->
          output.removeInput(directory.resolve("o" + random.nextInt(OBJECTS) + ".o").toString());
      default -> putAtom(output, stream, random);
    }
  }

  private void putAtom(Output output, int stream, Random random) throws Exception {
    update.clear();
    int atom = random.nextInt(ATOMS);
    update.key = output.name("a" + atom);
    update.section = output.name(".data");
    update.sectionType = SHT_PROGBITS;
    update.sectionFlags = SHF_ALLOC | SHF_WRITE;
    update.alignment = 8;
    update.size = 8L * (1 + random.nextInt(20));
    update.bytes = bytes.asSlice(0, update.size);
    boolean many = atom == 0 && random.nextInt(3) == 0;
    for (int i = many ? MANY : 0; i > 0; i--) {
      update.addDefinition(output.name("m" + i), 0, 8, STB_WEAK << 4 | STT_OBJECT);
    }
    for (int n = 0; n < NAMES; n++) {
      if (random.nextInt(9) < 2) {
        int defined = output.name("n" + n);
        update.addDefinition(defined, 8L * random.nextInt(2), random.nextInt(9), info(random));
      }
    }
    for (int i = many ? MANY / 2 : 0; i > 0; i--) {
      update.addDefinition(output.name("k" + i), 0, 8, STB_GLOBAL << 4 | STT_OBJECT);
    }
    for (int i = random.nextInt(2); i >= 0; i--) {
      int target = output.name("n" + random.nextInt(NAMES));
      update.addRelocation(8L * i, R_X86_64_64, AtomUpdate.TARGET_WEAK, target, 0);
      update.size = Math.max(update.size, 8L * i + 8);
      update.bytes = bytes.asSlice(0, update.size);
    }
    output.putAtom(stream, update);
  }

  private static int info(Random random) {
    int binding = random.nextInt(3) == 0 ? STB_GLOBAL : STB_WEAK;
    int visibility = random.nextInt(4) == 0 ? STV_HIDDEN : STV_DEFAULT;
    return binding << 4 | (random.nextBoolean() ? STT_OBJECT : STT_NOTYPE) | visibility << 8;
  }

  /** Objects that say of each name what chance wants. */
  private List<byte[]> versions(Random random) throws Exception {
    List<byte[]> versions = new ArrayList<>();
    for (int i = 0; i < VERSIONS; i++) {
      StringBuilder text = new StringBuilder(".section .data.all,\"aw\"\n.quad 0\n");
      for (int n = 0; n < NAMES; n++) {
        text.append(said(random, "n" + n));
      }
      Files.writeString(directory.resolve("v.s"), text);
      Program.command(directory, "as", "-o", "v.o", "v.s");
      versions.add(Files.readAllBytes(directory.resolve("v.o")));
    }
    return versions;
  }

  private static String said(Random random, String name) {
    String visibility = VISIBILITY[random.nextInt(VISIBILITY.length)];
    String own = visibility.isEmpty() ? "" : visibility + " " + name + "\n";
    String binding = (random.nextBoolean() ? ".weak " : ".globl ") + name + "\n";
    String at = name + ": .quad 7\n.size " + name + ", 8\n";
    String all = ".section .data.all,\"aw\"\n";
    return switch (random.nextInt(9)) {
      case 0 -> all + own + binding + ".quad " + name + "\n";
      case 1 -> all + own + binding + at;
      case 2 -> ".section .data." + name + ",\"aw\"\n" + own + binding + at;
      case 3 -> ".comm " + name + ", 16, 8\n";
      case 4 -> own + binding + name + " = 42\n";
      case 5 ->
          ".section .data.g"
              + name
              + ",\"awG\",@progbits,g"
              + name
              + ",comdat\n"
              + own
              + binding
              + at
              + ".section .data.all,\"aw\"\n.quad "
              + name
              + "\n";
      case 6 -> all + name + ": .quad 9\n"; // local
      default -> "";
    };
  }
}
