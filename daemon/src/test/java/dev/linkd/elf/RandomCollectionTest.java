package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.output.AtomUpdate;
import dev.linkd.output.FoldingRules;
import dev.linkd.output.Output;
import dev.linkd.output.OutputKind;
import dev.linkd.output.OutputSpec;
import dev.linkd.output.SectionRules;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random graphs with random edits: after each flush the image contains exactly what a mark from
 * scratch reaches.
 */
class RandomCollectionTest {

  private static final int NAMES = 40;
  private static final int ALIASES = 6;
  private static final int STEPS = 1500;
  private static final int STEPS_PER_VERIFY = 75;
  private static final List<String> STREAMS = List.of("strong", "weak");

  /** Plain code, a set between boundaries, and what is always wanted. */
  private static final List<String> SECTIONS =
      List.of(".text", ".text", ".text", ".text", "set", "other_set", ".init_array", ".note.info");

  @TempDir Path directory;

  private final AtomUpdate update = new AtomUpdate();
  private final MemorySegment bytes = MemorySegment.ofArray(new byte[256]);

  /** What an atom is and refers to. */
  private record Node(String section, boolean retained, List<String> targets) {
    boolean root() {
      return retained || section.equals(".init_array") || !loaded();
    }

    boolean loaded() {
      return !section.startsWith(".note");
    }
  }

  /** Stream and name to the atom. */
  private final Map<String, Node> nodes = new TreeMap<>();

  private final Map<String, String> aliases = new TreeMap<>();

  static LongStream seeds() {
    return LongStream.of(1, 2, 3, 4, System.nanoTime());
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void whatAMarkFromScratchReachesIsInTheImage(long seed) throws Exception {
    Random random = new Random(seed);
    OutputSpec usual = OutputSpec.of(directory.resolve("p"), OutputKind.STATIC_EXECUTABLE);
    try (Output output = new ElfOutputs().open(collecting(usual, random.nextBoolean()))) {
      put(output, "strong", "_start", new Node(".text", false, List.of("f0", "f1", "__start_set")));
      for (int step = 1; step <= STEPS; step++) {
        for (int edits = random.nextInt(4); edits >= 0; edits--) {
          edit(output, random);
        }
        assertThat(output.flush().diagnostics()).isEmpty();
        assertThat(placed(output)).as("step %d", step).isEqualTo(marked(output.spec()));
        if (step % STEPS_PER_VERIFY == 0) {
          assertThat(output.verify()).as("step %d", step).isEmpty();
        }
      }
    }
  }

  private static OutputSpec collecting(OutputSpec spec, boolean startStop) {
    return spec.withSections(new SectionRules(true, false, startStop, FoldingRules.USUAL));
  }

  private void edit(Output output, Random random) throws Exception {
    String name = "f" + random.nextInt(NAMES);
    String stream = STREAMS.get(random.nextInt(2));
    String key = stream + ":" + name;
    Node node = nodes.get(key);
    switch (random.nextInt(10)) {
      case 0, 1 -> remove(output, stream, name);
      case 2 -> alias(output, random);
      case 3, 4, 5 -> {
        if (node != null) {
          List<String> targets = new ArrayList<>(node.targets());
          targets.replaceAll(t -> random.nextInt(4) == 0 ? target(random) : t);
          put(output, stream, name, new Node(node.section(), node.retained(), targets));
        }
      }
      default -> {
        List<String> targets = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          targets.add(target(random));
        }
        String section = SECTIONS.get(random.nextInt(SECTIONS.size()));
        boolean code = section.equals(".text");
        boolean wanted = random.nextInt(code ? 40 : 4) == 0;
        String chosen = code || wanted || section.contains("set") ? section : ".text";
        put(output, stream, name, new Node(chosen, code && wanted, targets));
      }
    }
  }

  private static String target(Random random) {
    return switch (random.nextInt(12)) {
      case 0 -> "a" + random.nextInt(ALIASES);
      case 1 -> (random.nextBoolean() ? "__start_" : "__stop_") + SECTIONS.get(4);
      case 2 -> random.nextInt(3) == 0 ? "__stop_other_set" : "f0";
      default -> "f" + random.nextInt(NAMES);
    };
  }

  /** What is left of an alias must be there: only one of two definitions may go. */
  private void remove(Output output, String stream, String name) throws Exception {
    boolean both = STREAMS.stream().allMatch(s -> nodes.containsKey(s + ":" + name));
    if ((both || !aliases.containsValue(name)) && nodes.remove(stream + ":" + name) != null) {
      assertThat(output.removeAtom(output.stream(stream), output.name(name))).isTrue();
    }
  }

  private void alias(Output output, Random random) throws Exception {
    String alias = "a" + random.nextInt(ALIASES);
    String target = "f" + random.nextInt(NAMES);
    int stream = output.stream("aliases");
    output.removeSymbol(stream, output.name(alias));
    aliases.remove(alias);
    if (STREAMS.stream().anyMatch(s -> nodes.containsKey(s + ":" + target))) {
      int info = STB_GLOBAL << 4 | STT_FUNC;
      output.defineSymbol(stream, output.name(alias), output.name(target), 0, 0, info);
      aliases.put(alias, target);
    }
  }

  private void put(Output output, String stream, String name, Node node) throws Exception {
    nodes.put(stream + ":" + name, node);
    update.clear();
    update.key = output.name(name);
    update.section = output.name(node.section());
    boolean code = node.section().equals(".text");
    update.sectionType = node.section().equals(".init_array") ? SHT_INIT_ARRAY : SHT_PROGBITS;
    update.sectionFlags =
        !node.loaded()
            ? 0
            : SHF_ALLOC | (code ? SHF_EXECINSTR : SHF_WRITE) | (node.retained() ? RETAIN : 0);
    update.alignment = 8;
    update.size = 8L * (1 + node.targets().size());
    update.bytes = bytes.asSlice(0, update.size);
    int binding = stream.equals("weak") ? STB_WEAK : STB_GLOBAL;
    update.addDefinition(update.key, 0, update.size, binding << 4 | STT_FUNC);
    for (int i = 0; i < node.targets().size(); i++) {
      int target = output.name(node.targets().get(i));
      update.addRelocation(8L * i, R_X86_64_64, AtomUpdate.TARGET_WEAK, target, 0);
    }
    output.putAtom(output.stream(stream), update);
  }

  private static final long RETAIN = SHF_GNU_RETAIN;

  private static Set<String> placed(Output output) {
    Set<String> atoms = new TreeSet<>();
    output.dump(
        (depth, kind, name, offset, address, size, capacity) -> {
          if (kind.equals("atom")) {
            atoms.add(name);
          }
        });
    return atoms;
  }

  private Set<String> marked(OutputSpec spec) {
    Set<String> live = new TreeSet<>();
    Deque<String> work = new ArrayDeque<>(List.of("strong:_start"));
    nodes.forEach(
        (key, node) -> {
          if (node.root()) {
            work.add(key);
          }
        });
    while (!work.isEmpty()) {
      String key = work.remove();
      Node node = Objects.requireNonNull(nodes.get(key));
      if (live.add(key) && node.loaded()) {
        node.targets().forEach(target -> work.addAll(reached(target, spec)));
      }
    }
    return live;
  }

  private List<String> named(String section) {
    return nodes.entrySet().stream()
        .filter(entry -> entry.getValue().section().equals(section))
        .map(Map.Entry::getKey)
        .toList();
  }

  private List<String> reached(String target, OutputSpec spec) {
    if (target.startsWith("__")) {
      String section = target.substring(target.indexOf('_', 2) + 1);
      return spec.sections().collectStartStop() ? List.of() : named(section);
    }
    String name = aliases.getOrDefault(target, target);
    return STREAMS.stream()
        .map(stream -> stream + ":" + name)
        .filter(nodes::containsKey)
        .limit(1)
        .toList();
  }
}
