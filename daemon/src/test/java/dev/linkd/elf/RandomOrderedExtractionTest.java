package dev.linkd.elf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.output.NameRules;
import dev.linkd.output.OutputKind;
import dev.linkd.output.OutputSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Archives whose members define a few names again and again, which is no error here. After each
 * edit the members are those that one read of all inputs in their order takes, and the state equals
 * a fresh link.
 */
class RandomOrderedExtractionTest {

  private static final int NAMES = 9;
  private static final int ARCHIVES = 2;
  private static final int MEMBERS = 6;
  private static final int VERSIONS = 3;
  private static final int STEPS = 40;

  @TempDir Path directory;

  static LongStream seeds() {
    return LongStream.of(1, 2, 3, System.nanoTime());
  }

  /**
   * An object.
   *
   * @param mark a name that it alone defines
   */
  private record Text(
      String mark, Set<Integer> defined, List<Integer> referred, List<Integer> weakly) {}

  /** The members that are taken, by the definition of what taking them means. */
  private static final class Reader {
    final Set<String> marks = new TreeSet<>();
    final Set<Integer> defined = new TreeSet<>();
    final Set<Integer> required = new TreeSet<>();
    final List<Text> offered = new ArrayList<>();

    void read(Text text) {
      marks.add(text.mark);
      defined.addAll(text.defined);
      for (int name : text.referred) {
        required.add(name);
        if (!defined.contains(name)) {
          offered.stream().filter(t -> t.defined.contains(name)).findFirst().ifPresent(this::read);
        }
      }
    }

    void offer(Text member) {
      offered.add(member);
      if (member.defined.stream().anyMatch(n -> required.contains(n) && !defined.contains(n))) {
        read(member);
      }
    }
  }

  private Text text(Random random, String mark, int definitions) {
    Set<Integer> defined = new LinkedHashSet<>();
    for (int i = 0; i < definitions; i++) {
      defined.add(random.nextInt(NAMES));
    }
    List<Integer> others = new ArrayList<>();
    for (int name = 0; name < NAMES; name++) {
      if (!defined.contains(name)) {
        others.add(name);
      }
    }
    Collections.shuffle(others, random);
    int referred = random.nextInt(4);
    return new Text(mark, defined, others.subList(0, referred), others.subList(referred, 4));
  }

  /**
   * Assembles an object.
   *
   * @param commons whether some definitions are tentative
   */
  private void assemble(String file, Text text, Random random, boolean commons) throws Exception {
    StringBuilder lines = new StringBuilder(".data\n.globl %1$s\n%1$s: .quad 1\n");
    for (int name : text.defined) {
      if (commons && random.nextInt(3) == 0) {
        lines.append(".comm n%d, 8, 8\n".formatted(name));
      } else {
        String binding = random.nextInt(3) == 0 ? ".weak" : ".globl";
        lines.append("%1$s n%2$d\nn%2$d: .quad 2\n".formatted(binding, name));
      }
    }
    text.referred.forEach(name -> lines.append(".quad n%d\n".formatted(name)));
    text.weakly.forEach(name -> lines.append(".weak n%1$d\n.quad n%1$d\n".formatted(name)));
    Files.writeString(directory.resolve("x.s"), lines.toString().formatted(text.mark));
    Program.command(directory, "as", "-o", file, "x.s");
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void theMembersAreThoseThatOneReadTakes(long seed) throws Exception {
    edit(seed, false);
  }

  /** What replaces a tentative definition makes the choice depend on still more. */
  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void tentativeDefinitionsAreReplacedAsInAFreshLink(long seed) throws Exception {
    edit(seed, true);
  }

  private void edit(long seed, boolean commons) throws Exception {
    Random random = new Random(seed);
    List<Text> members = new ArrayList<>();
    for (int i = 0; i < ARCHIVES * MEMBERS * VERSIONS; i++) {
      members.add(text(random, "m" + i, 1 + random.nextInt(3)));
      assemble("m" + i + ".o", members.get(i), random, commons);
    }
    List<Text> objects = new ArrayList<>();
    for (int i = 0; i < 2 * VERSIONS; i++) {
      objects.add(text(random, i < VERSIONS ? "_start" : "late", i < VERSIONS ? 0 : 2));
      assemble("o" + i + ".o", objects.get(i), random, false);
    }
    List<Text> rest = new ArrayList<>();
    for (int name = 0; name < NAMES; name++) {
      rest.add(new Text("r" + name, Set.of(name), List.of(), List.of()));
      assemble("r" + name + ".o", rest.get(name), random, false);
    }
    List<List<Text>> archives = new ArrayList<>();
    for (int a = 0; a < ARCHIVES; a++) {
      List<Text> archive = new ArrayList<>();
      for (int m = 0; m < MEMBERS; m++) {
        archive.add(members.get((a * MEMBERS + m) * VERSIONS));
      }
      archives.add(archive);
    }
    archives.add(rest);
    NameRules rules = new NameRules(List.of(), List.of(), List.of(), List.of(), true, false, false);
    OutputSpec spec = OutputSpec.of(directory.resolve("program"), OutputKind.STATIC_EXECUTABLE);
    try (Program program = new Program(directory, spec.withNames(rules))) {
      Text start = objects.get(0);
      Text late = objects.get(VERSIONS);
      program.put(object("start.o", 0));
      for (int a = 0; a < archives.size(); a++) {
        program.put(archive(a, archives.get(a)));
      }
      program.put(object("late.o", VERSIONS));
      for (int step = 0; step < STEPS; step++) {
        program.link();
        if (!commons) {
          Reader reader = new Reader();
          reader.read(start);
          archives.forEach(archive -> archive.forEach(reader::offer));
          reader.read(late);
          assertThat(marks(program)).as("step %d", step).isEqualTo(reader.marks);
        }
        int which = random.nextInt(VERSIONS);
        switch (random.nextInt(6)) {
          case 0 -> {
            start = objects.get(which);
            program.put(object("start.o", which));
          }
          case 1 -> {
            late = objects.get(VERSIONS + which);
            program.put(object("late.o", VERSIONS + which));
          }
          default -> {
            int a = random.nextInt(ARCHIVES);
            change(archives.get(a), members, random);
            program.put(archive(a, archives.get(a)));
          }
        }
      }
    }
  }

  /** Another version of a member, or another order of the members. */
  private static void change(List<Text> archive, List<Text> members, Random random) {
    int at = random.nextInt(archive.size());
    if (random.nextInt(4) == 0) {
      Collections.swap(archive, at, random.nextInt(archive.size()));
      return;
    }
    int version = members.indexOf(archive.get(at)) / VERSIONS * VERSIONS;
    archive.set(at, members.get(version + random.nextInt(VERSIONS)));
  }

  private Path object(String name, int number) throws Exception {
    Path file = directory.resolve(name);
    Files.deleteIfExists(file);
    return Files.copy(directory.resolve("o" + number + ".o"), file);
  }

  private Path archive(int number, List<Text> members) throws Exception {
    String name = "lib" + number + ".a";
    Files.deleteIfExists(directory.resolve(name));
    List<String> command = new ArrayList<>(List.of("ar", "rcs", name));
    members.forEach(member -> command.add(member.mark + ".o"));
    Program.command(directory, command.toArray(String[]::new));
    return directory.resolve(name);
  }

  /** The marks of the inputs that are part of the program. */
  private static Set<String> marks(Program program) throws Exception {
    return program
        .readelf("-s")
        .lines()
        .map(line -> line.substring(line.lastIndexOf(' ') + 1))
        .filter(name -> name.matches("[mr][0-9]+|_start|late"))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
