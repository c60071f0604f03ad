package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.output.AtomUpdate;
import dev.linkd.output.FoldingRules;
import dev.linkd.output.FoldingRules.Functions;
import dev.linkd.output.Output;
import dev.linkd.output.Output.QueryVisitor;
import dev.linkd.output.OutputKind;
import dev.linkd.output.OutputSpec;
import dev.linkd.output.SectionRules;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random functions with random edits: those have one address that mean the same, and no others. */
class RandomFoldingTest {

  private static final int FUNCTIONS = 24;
  private static final int STEPS = 600;
  private static final int STEPS_PER_VERIFY = 30;

  @TempDir Path directory;

  private final AtomUpdate update = new AtomUpdate();
  private final MemorySegment bytes = MemorySegment.ofArray(new byte[64]);

  private record Function(int body, List<Integer> targets) {}

  private final Map<Integer, Function> functions = new TreeMap<>();

  static LongStream seeds() {
    return LongStream.of(1, 2, 3, System.nanoTime());
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void functionsWithOneMeaningHaveOneAddress(long seed) throws Exception {
    Random random = new Random(seed);
    FoldingRules folding = new FoldingRules(Functions.ALL, false, List.of("f0"));
    OutputSpec spec =
        OutputSpec.of(directory.resolve("p"), OutputKind.STATIC_EXECUTABLE)
            .withSections(new SectionRules(random.nextBoolean(), false, false, folding));
    try (Output output = new ElfOutputs().open(spec)) {
      start(output);
      for (int step = 1; step <= STEPS; step++) {
        for (int edits = random.nextInt(3); edits >= 0; edits--) {
          edit(output, random);
        }
        assertThat(output.flush().diagnostics()).isEmpty();
        compare(output, step);
        if (step % STEPS_PER_VERIFY == 0) {
          assertThat(output.verify()).as("step %d", step).isEmpty();
        }
      }
    }
  }

  /** Refers to all functions, so that all are in the image whatever else is left out. */
  private void start(Output output) throws Exception {
    begin(output, "_start", SHF_ALLOC | SHF_EXECINSTR, 8L * FUNCTIONS);
    update.bytes = MemorySegment.ofArray(new byte[8 * FUNCTIONS]);
    for (int f = 0; f < FUNCTIONS; f++) {
      refer(output, 8L * f, f);
    }
    output.putAtom(output.stream("start"), update);
  }

  private void begin(Output output, String name, long flags, long size) {
    update.clear();
    update.key = output.name(name);
    update.section = output.name(".text");
    update.sectionType = SHT_PROGBITS;
    update.sectionFlags = flags;
    update.alignment = 16;
    update.size = size;
    update.addDefinition(update.key, 0, size, STB_GLOBAL << 4 | STT_FUNC);
  }

  private void refer(Output output, long offset, int function) {
    int target = output.name("f" + function);
    update.addRelocation(offset, R_X86_64_64, AtomUpdate.TARGET_WEAK, target, 0);
  }

  private void edit(Output output, Random random) throws Exception {
    int number = random.nextInt(FUNCTIONS);
    // Each function stays in its stream: the order of streams decides which one stands for others.
    int stream = output.stream("s" + number % 3);
    if (random.nextInt(8) == 0) {
      if (functions.remove(number) != null) {
        assertThat(output.removeAtom(stream, output.name("f" + number))).isTrue();
      }
      return;
    }
    List<Integer> targets = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      targets.add(random.nextInt(FUNCTIONS));
    }
    Function function = new Function(random.nextInt(2), targets);
    functions.put(number, function);
    begin(output, "f" + number, SHF_ALLOC | SHF_EXECINSTR, 32);
    bytes.set(ValueLayout.JAVA_BYTE, 31, (byte) function.body());
    update.bytes = bytes.asSlice(0, 32);
    for (int i = 0; i < targets.size(); i++) {
      refer(output, 8L * i, targets.get(i));
    }
    output.putAtom(stream, update);
  }

  private void compare(Output output, int step) {
    Map<Integer, Integer> classes = classes();
    Map<Integer, Long> addresses = new HashMap<>();
    functions.keySet().forEach(f -> addresses.put(f, address(output, "f" + f)));
    for (int a : functions.keySet()) {
      for (int b : functions.keySet()) {
        assertThat(Objects.equals(addresses.get(a), addresses.get(b)))
            .as("step %d: f%d and f%d", step, a, b)
            .isEqualTo(Objects.equals(classes.get(a), classes.get(b)));
      }
    }
  }

  private static long address(Output output, String name) {
    long[] found = new long[1];
    output.query(
        name,
        new QueryVisitor() {
          @Override
          public void definition(
              boolean chosen, String input, String section, long address, long size, int info) {
            found[0] = address;
          }

          @Override
          public void reference(
              String input, String section, long offset, int kind, String kindName, long addend) {}
        });
    assertThat(found[0]).as(name).isNotZero();
    return found[0];
  }

  /** All start in one class, which is divided by what the targets are until nothing changes. */
  private Map<Integer, Integer> classes() {
    Map<Integer, Integer> classes = new HashMap<>();
    functions.keySet().forEach(f -> classes.put(f, 0));
    Set<Integer> before = Set.of();
    while (before.size() != new HashSet<>(classes.values()).size()) {
      before = new HashSet<>(classes.values());
      Map<List<Object>, Integer> numbers = new HashMap<>();
      Map<Integer, Integer> next = new HashMap<>();
      functions.forEach(
          (number, function) -> {
            List<Object> meaning = new ArrayList<>();
            meaning.add(classes.get(number));
            meaning.add(number == 0 ? "unique" : "body " + function.body());
            for (int target : function.targets()) {
              meaning.add(functions.containsKey(target) ? classes.get(target) : "f" + target);
            }
            next.put(number, numbers.computeIfAbsent(meaning, m -> numbers.size() + 1));
          });
      classes.putAll(next);
    }
    return classes;
  }
}
