package dev.linkd.elf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.output.OutputKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An archive whose members change, come, go and change places, at random: after each version the
 * program prints what its present members say, and equals a fresh link.
 */
class RandomArchiveEditsTest {

  private static final int NAMES = 12;
  private static final int VERSIONS = 3;
  private static final int STEPS = 60;

  @TempDir Path directory;

  static LongStream seeds() {
    return LongStream.of(1, 2, System.nanoTime());
  }

  /** What the archive holds: the version of each member, in its order. */
  private record Member(int name, int version) {
    String object() {
      return "m" + name + "v" + version + ".o";
    }
  }

  /** A member of a version greater than 0 needs the next name. */
  private static String source(Member member) {
    String own = "int f%1$d(void) { return %2$d".formatted(member.name, value(member));
    boolean calls = member.version > 0 && member.name + 1 < NAMES;
    String next = "f" + (member.name + 1) + "()";
    return calls
        ? "int %s;\n%s + %s; }\n".formatted(next.replace("()", "(void)"), own, next)
        : own + "; }\n";
  }

  private static int value(Member member) {
    return (member.name + 1) * 1000 + member.version;
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void theProgramFollowsItsArchive(long seed) throws Exception {
    Random random = new Random(seed);
    try (Program program = Program.withLibc(directory, OutputKind.PIE)) {
      for (int name = 0; name < NAMES; name++) {
        for (int version = 0; version < VERSIONS; version++) {
          Member member = new Member(name, version);
          program.compile(member.object().replace(".o", ".c"), source(member));
        }
      }
      List<Member> members = new ArrayList<>();
      for (int name = 0; name < NAMES; name++) {
        members.add(new Member(name, 0));
      }
      for (int step = 0; step < STEPS; step++) {
        edit(members, random);
        TreeSet<Integer> used = used(members, random);
        program.put(archive(members, random.nextInt(4) == 0 ? "rcS" : "rcs"));
        program.c("main.c", main(used));
        assertThat(program.linkAndRun())
            .as("step %d: %s", step, members)
            .isEqualTo(sum(members, used) + "\n");
      }
    }
  }

  /** Another version, another place, one less or one more. */
  private static void edit(List<Member> members, Random random) {
    for (int edits = random.nextInt(3); edits >= 0; edits--) {
      int at = random.nextInt(members.size());
      switch (random.nextInt(6)) {
        case 0 -> Collections.swap(members, at, random.nextInt(members.size()));
        case 1 -> members.add(random.nextInt(members.size()), members.remove(at));
        case 2 -> {
          // The last one is needed by others, perhaps.
          if (members.size() > 3 && members.get(at).name != NAMES - 1) {
            Member gone = members.remove(at);
            members.replaceAll(m -> m.name + 1 == gone.name ? new Member(m.name, 0) : m);
          }
        }
        case 3 -> {
          int name = random.nextInt(NAMES);
          if (members.stream().noneMatch(m -> m.name == name)) {
            members.add(random.nextInt(members.size() + 1), new Member(name, 0));
          }
        }
        default -> {
          Member old = members.get(at);
          boolean alone = members.stream().noneMatch(m -> m.name == old.name + 1);
          int version = alone ? 0 : random.nextInt(VERSIONS);
          members.set(at, new Member(old.name, version));
        }
      }
    }
  }

  private static TreeSet<Integer> used(List<Member> members, Random random) {
    TreeSet<Integer> used = new TreeSet<>();
    for (Member member : members) {
      if (random.nextBoolean()) {
        used.add(member.name);
      }
    }
    return used;
  }

  private static String main(TreeSet<Integer> used) {
    StringBuilder text = new StringBuilder("#include <stdio.h>\n");
    StringBuilder sum = new StringBuilder("0");
    for (int name : used) {
      text.append("int f%d(void);\n".formatted(name));
      sum.append(" + f%d()".formatted(name));
    }
    return text + "int main(void) { printf(\"%d\\n\", " + sum + "); return 0; }\n";
  }

  private static int sum(List<Member> members, TreeSet<Integer> used) {
    return used.stream().mapToInt(name -> result(members, name)).sum();
  }

  private static int result(List<Member> members, int name) {
    Member member = members.stream().filter(m -> m.name == name).findFirst().orElseThrow();
    boolean calls = member.version > 0 && name + 1 < NAMES;
    return value(member) + (calls ? result(members, name + 1) : 0);
  }

  /** Members are named by what they define, whatever their version is. */
  private Path archive(List<Member> members, String options) throws Exception {
    Files.deleteIfExists(directory.resolve("lib.a"));
    List<String> command = new ArrayList<>(List.of("ar", options, "lib.a"));
    for (Member member : members) {
      Path named = directory.resolve("f" + member.name + ".o");
      Files.deleteIfExists(named);
      Files.copy(directory.resolve(member.object()), named);
      command.add(named.getFileName().toString());
    }
    Program.command(directory, command.toArray(String[]::new));
    return directory.resolve("lib.a");
  }
}
