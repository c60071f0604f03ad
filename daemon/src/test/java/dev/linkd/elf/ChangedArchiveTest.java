package dev.linkd.elf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.linkd.diag.Code;
import dev.linkd.diag.Diagnostic;
import dev.linkd.output.FlushResult;
import dev.linkd.output.FlushResult.Rows;
import dev.linkd.output.FlushResult.Statistics;
import dev.linkd.output.OutputKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** New versions of an archive: what is the same in both stays where it is. */
class ChangedArchiveTest {

  private static final int MEMBERS = 20;

  @TempDir Path directory;
  private Program program;

  @BeforeEach
  void open() throws Exception {
    program = Program.withLibc(directory, OutputKind.PIE);
    StringBuilder main = new StringBuilder("#include <stdio.h>\n");
    StringBuilder sum = new StringBuilder("0");
    for (int i = 0; i < MEMBERS; i++) {
      member(i, i);
      main.append("int member%d(int);\n".formatted(i));
      sum.append(" + member%d(0)".formatted(i));
    }
    program.c("main.c", main + "int main(void) { printf(\"%d\\n\", " + sum + "); return 0; }\n");
  }

  @AfterEach
  void close() {
    program.close();
  }

  private void member(int number, int value) throws Exception {
    program.compile(
        "member" + number + ".c",
        """
        int table%1$d[] = {%2$d};
        const char *text%1$d(void) { return "text of %1$d"; }
        int member%1$d(int at) { return table%1$d[at]; }
        """
            .formatted(number, value));
  }

  private static List<String> members() {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < MEMBERS; i++) {
      names.add("member" + i + ".o");
    }
    return names;
  }

  private Path archive(String options, List<String> members) throws Exception {
    Files.deleteIfExists(directory.resolve("lib.a"));
    List<String> command = new ArrayList<>(List.of("ar", options, "lib.a"));
    command.addAll(members);
    Program.command(directory, command.toArray(String[]::new));
    return directory.resolve("lib.a");
  }

  private Statistics linked() {
    return program.link().statistics();
  }

  @ParameterizedTest
  @ValueSource(strings = {"rcs", "rcS", "rcsT"})
  void onlyWhatChangedInAMemberIsAnUpdate(String options) throws Exception {
    program.put(archive(options, members()));
    assertThat(program.linkAndRun()).isEqualTo("190\n");
    for (int round = 1; round < 4; round++) {
      member(7, 7 + round);
      program.put(archive(options, members()));

      Statistics done = linked();

      assertThat(program.run()).isEqualTo(190 + round + "\n");
      assertThat(done.atomsChanged()).isEqualTo(1);
      assertThat(done.atomsAdded() + done.atomsMoved() + done.atomsRemoved()).isZero();
    }
  }

  @Test
  void theWorkDoesNotGrowWithTheArchive() throws Exception {
    List<String> few = members().subList(6, 9);
    program.c("main.c", "int member7(int); int main(void) { return member7(0); }\n");
    program.putWhole(archive("rcs", few));
    assertThat(program.linkAndRun()).isEqualTo("exit 7\n");
    List<Rows> small = new ArrayList<>();
    List<Rows> large = new ArrayList<>();
    rounds(few, small);
    program.putWhole(archive("rcs", members()));
    linked();
    rounds(members(), large);

    assertThat(large).isEqualTo(small);
  }

  private void rounds(List<String> members, List<Rows> rows) throws Exception {
    for (int round = 0; round < 4; round++) {
      member(7, 20 + round);
      program.putWhole(archive("rcs", members));
      Rows visited = program.output.flush().statistics().rows();
      if (round > 0) {
        rows.add(visited); // before the first one everything was verified, which counts too
      }
      assertThat(program.run()).isEqualTo("exit " + (20 + round) + "\n");
    }
    assertThat(program.output.verify()).isEmpty();
  }

  @Test
  void membersThatChangePlacesAreFound() throws Exception {
    program.put(archive("rcs", members()));
    assertThat(program.linkAndRun()).isEqualTo("190\n");
    List<String> others = new ArrayList<>(members().reversed());
    program.put(archive("rcs", others));
    assertThat(program.linkAndRun()).isEqualTo("190\n");

    program.compile("added.c", "int added(void) { return 1; }\n");
    others.add(5, "added.o");
    program.put(archive("rcs", others));
    assertThat(program.linkAndRun()).isEqualTo("190\n");
    assertThat(program.count("-s", "added")).isZero();
  }

  @Test
  void membersComeAndGoBetweenOthers() throws Exception {
    List<String> members = new ArrayList<>(members());
    program.put(archive("rcs", members));
    assertThat(program.linkAndRun()).isEqualTo("190\n");
    for (int number = 0; number < 12; number++) {
      program.compile("added.c", "int added(void) { return 1; }\n");
      members.add(8, "added" + number + ".o");
      Files.copy(directory.resolve("added.o"), directory.resolve(members.get(8)));
      program.put(archive("rcs", members));

      Statistics done = linked();

      assertThat(program.run()).isEqualTo("190\n");
      boolean room = number != 8; // each takes half of what is left; then all get new places
      assertThat(done.atomsAdded() + done.atomsRemoved() == 0).as("%d", number).isEqualTo(room);
    }
    members.subList(8, 20).clear();
    program.put(archive("rcs", members));
    assertThat(linked().atomsAdded()).isZero();
    members.remove(0);
    program.c("own.c", "int member0(int at) { return 500 + at; }\n");
    program.put(archive("rcs", members));

    Statistics done = linked();

    assertThat(program.run()).isEqualTo("690\n");
    assertThat(done.atomsAdded()).as("own.o alone").isLessThan(20);
    assertThat(done.atomsRemoved()).as("member0.o alone").isLessThan(20);
  }

  /** Of two definitions in whole archives that may be repeated the first counts. */
  @Test
  void aMemberBetweenOthersIsBetweenThemInTheOrder() throws Exception {
    for (String name : List.of("a", "b", "c")) {
      program.compile(
          name + ".c",
          "__attribute__((weak)) const char *first(void) { return \"%s\"; }\n".formatted(name));
    }
    program.c(
        "main.c",
        "#include <stdio.h>\nconst char *first(void);\n"
            + "int main(void) { puts(first()); return 0; }\n");
    for (String order : List.of("a c", "a b c", "b c", "b a c", "c", "b c", "a b c")) {
      List<String> objects = Arrays.stream(order.split(" ")).map(name -> name + ".o").toList();
      program.putWhole(archive("rcs", objects));
      assertThat(program.linkAndRun()).as(order).isEqualTo(order.charAt(0) + "\n");
    }
  }

  @Test
  void aNameThatGoesToAnotherMemberIsFoundThere() throws Exception {
    program.put(archive("rcs", members()));
    linked();
    program.compile("member3.c", "int left;\n");
    program.compile("more.c", "int member3(int at) { return 1003 + at; }\n");
    List<String> more = new ArrayList<>(members());
    more.add("more.o");

    program.put(archive("rcs", more));

    assertThat(program.linkAndRun()).isEqualTo("1190\n");
    assertThat(program.count("-s", " left")).as("is not needed any more").isZero();
  }

  @Test
  void twoMembersWithOneNameAreToldApart() throws Exception {
    Files.createDirectory(directory.resolve("other"));
    Files.copy(program.compile("twin.c", "int one = 1;\n"), directory.resolve("other/twin.o"));
    program.compile("twin.c", "int two = 2;\n");
    program.c("main.c", "extern int one, two; int main(void) { return one * 10 + two; }\n");
    program.put(archive("qcs", List.of("other/twin.o", "twin.o")));
    assertThat(program.linkAndRun()).isEqualTo("exit 12\n");

    program.compile("twin.c", "int two = 3;\n");
    program.put(archive("qcs", List.of("other/twin.o", "twin.o")));
    assertThat(program.linkAndRun()).isEqualTo("exit 13\n");
    program.put(archive("qcs", List.of("twin.o", "other/twin.o")));
    assertThat(program.linkAndRun()).isEqualTo("exit 13\n");
  }

  @Test
  void aWholeArchiveGetsAndLosesMembers() throws Exception {
    program.compile(
        "loud.c",
        "#include <stdio.h>\n__attribute__((constructor)) static void up(void) { puts(\"up\"); }");
    program.putWhole(archive("rcs", members()));
    assertThat(program.linkAndRun()).isEqualTo("190\n");
    List<String> more = new ArrayList<>(members());
    more.add("loud.o");
    program.putWhole(archive("rcs", more));
    assertThat(program.linkAndRun()).isEqualTo("up\n190\n");
    program.putWhole(archive("rcs", members()));
    assertThat(program.linkAndRun()).isEqualTo("190\n");
  }

  /** The index says where a definition is; whether it is more than tentative, only the member. */
  @Test
  void aDefinitionThatIsNotTentativeAnyMoreIsTaken() throws Exception {
    program.flags("-fcommon");
    program.c("main.c", "int value; int main(void) { return value; }\n");
    program.compile("value.c", "int value;\n");
    program.put(archive("rcs", List.of("value.o")));
    assertThat(program.linkAndRun()).isEmpty();

    program.compile("value.c", "int value = 9;\n");
    program.put(archive("rcs", List.of("value.o")));
    assertThat(program.linkAndRun()).isEqualTo("exit 9\n");

    program.compile("value.c", "int value;\n");
    program.put(archive("rcs", List.of("value.o")));
    assertThat(program.linkAndRun()).isEmpty();
  }

  @Test
  void aMemberThatCannotBeReadIsReportedWhileItIsNeeded() throws Exception {
    program.put(archive("rcs", members()));
    assertThat(program.linkAndRun()).isEqualTo("190\n");
    byte[] object = Files.readAllBytes(directory.resolve("member4.o"));
    byte[] damaged = object.clone();
    damaged[40] = -1; // the offset of the section headers
    damaged[43] = -1;
    Files.write(directory.resolve("lib.a"), archived(object, damaged));
    program.put(directory.resolve("lib.a"));

    FlushResult refused = program.output.flush();

    assertThat(refused.diagnostics()).extracting(Diagnostic::code).contains(Code.MALFORMED_INPUT);
    assertThat(program.run()).as("the last good program stays").isEqualTo("190\n");

    Files.write(directory.resolve("lib.a"), archived(damaged, object));
    program.put(directory.resolve("lib.a"));
    assertThat(program.linkAndRun()).isEqualTo("190\n");

    Files.write(directory.resolve("lib.a"), archived(object, damaged));
    program.put(directory.resolve("lib.a"));
    program.c("own.c", "int member4(int at) { return 104; }\n");
    assertThat(program.linkAndRun()).as("nothing needs the member").isEqualTo("290\n");
  }

  /** The archive with the bytes of a member in place of others. */
  private byte[] archived(byte[] before, byte[] after) throws Exception {
    byte[] all = Files.readAllBytes(directory.resolve("lib.a"));
    for (int at = 0; at + before.length <= all.length; at++) {
      if (Arrays.equals(all, at, at + before.length, before, 0, before.length)) {
        System.arraycopy(after, 0, all, at, after.length);
        return all;
      }
    }
    throw new AssertionError("the archive has no such member");
  }

  @Test
  void whatIsNoArchiveAnyMoreIsRefusedUntilItIsOneAgain() throws Exception {
    Path archive = archive("rcs", members());
    program.put(archive);
    assertThat(program.linkAndRun()).isEqualTo("190\n");
    byte[] bytes = Files.readAllBytes(archive);
    byte[] cut = Arrays.copyOf(bytes, bytes.length - 100);
    Files.write(archive, cut);
    assertThatThrownBy(() -> program.put(archive)).hasMessageContaining("lib.a");
    assertThat(program.output.flush().ok()).isFalse();

    Files.write(archive, bytes);
    program.put(archive);

    assertThat(program.linkAndRun()).isEqualTo("190\n");
  }
}
