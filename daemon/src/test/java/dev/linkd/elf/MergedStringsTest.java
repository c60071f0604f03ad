package dev.linkd.elf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.output.OutputKind;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Strings that inputs share in sections that are not loaded. */
class MergedStringsTest {

  private static final String MAIN =
      """
      int count_of_everything(int first_parameter);
      int main(int argument_count, char **argument_values) {
        return count_of_everything(argument_count) != 1;
      }
      """;

  private static final String COUNT =
      "int count_of_everything(int first_parameter) { int NAME = first_parameter; return NAME; }";

  @TempDir Path directory;

  private Program program() throws Exception {
    return Program.withLibc(directory, OutputKind.PIE).flags("-g", "-O0");
  }

  private static void assertNames(Program program, String... names) throws Exception {
    String information = program.readelf("--debug-dump=info");
    for (String name : names) {
      assertThat(information).containsPattern("DW_AT_name .*: " + name + "\n");
    }
    assertThat(information).doesNotContain("<offset is too big>");
  }

  @Test
  void stringsComeAndGoWithTheirUsers() throws Exception {
    try (Program program = program()) {
      program.c("main.c", MAIN);
      program.c("count.c", COUNT.replace("NAME", "first_local_name"));
      assertThat(program.linkAndRun()).isEmpty();
      assertNames(program, "first_local_name", "argument_values", "count_of_everything");

      for (String name :
          new String[] {"other_local_name", "a_name_that_is_much_longer_than_that"}) {
        program.c("count.c", COUNT.replace("NAME", name));
        assertThat(program.linkAndRun()).isEmpty();
        assertNames(program, name, "argument_values", "count_of_everything");
        assertThat(program.readelf("-p", ".debug_str")).doesNotContain("first_local_name");
      }
      StringBuilder many = new StringBuilder(COUNT.replace("NAME", "last_local_name"));
      for (int i = 0; i < 500; i++) {
        many.append("int another_object_with_number_").append(i).append(";\n");
      }
      program.c("count.c", many.toString());
      assertThat(program.linkAndRun()).isEmpty();
      assertNames(program, "another_object_with_number_499", "argument_values");

      program.remove("count.o");
      program.c("main.c", "int main(void) { int only_name = 0; return only_name; }");
      assertThat(program.linkAndRun()).isEmpty();
      assertNames(program, "only_name");
      assertThat(program.readelf("-p", ".debug_str")).doesNotContain("count_of_everything");
    }
  }

  @Test
  void equalStringsAreThereOnce() throws Exception {
    try (Program program = program()) {
      program.c("main.c", MAIN);
      program.c("count.c", COUNT.replace("NAME", "first_local_name"));
      assertThat(program.linkAndRun()).isEmpty();
      long atoms = program.output.status().atoms();
      String strings = program.readelf("-p", ".debug_str");
      assertThat(strings.lines().filter(l -> l.endsWith("  first_parameter")).count()).isEqualTo(1);

      program.c("more.c", COUNT.replace("count_of", "more_of").replace("NAME", "fifth_local_name"));
      assertThat(program.linkAndRun()).isEmpty();
      // Of the new object its sections and their unwind record, none of its strings.
      assertThat(program.output.status().atoms() - atoms).isLessThan(12);
      assertNames(program, "fifth_local_name", "first_local_name");
    }
  }

  @Test
  void compressedStringsShareTheSection() throws Exception {
    try (Program program = program()) {
      program.put(
          program.compile("count.c", COUNT.replace("NAME", "first_local_name"), "-gz=zlib"));
      program.c("main.c", MAIN);
      assertThat(program.linkAndRun()).isEmpty();
      assertNames(program, "first_local_name", "argument_values");

      StringBuilder many = new StringBuilder(MAIN);
      for (int i = 0; i < 300; i++) {
        many.append("int another_object_with_number_").append(i).append(";\n");
      }
      program.c("main.c", many.toString());
      assertThat(program.linkAndRun()).isEmpty();
      assertNames(program, "first_local_name", "another_object_with_number_299");
    }
  }

  /** A label counts with its string, wherever that is: bytes before it are before the string. */
  @Test
  void placesBesideAStringMoveWithIt() throws Exception {
    String places = ".section .places,\"\",@progbits\n.quad .L1 - 1\n.quad .L2 - 1\n.quad .L2\n";
    String strings =
        ".section .words,\"MS\",@progbits,1\n.L1: .string \"%s\"\n.L2: .string \"xyz\"\n";
    String stack = ".section .note.GNU-stack,\"\",@progbits\n";
    try (Program program = program()) {
      program.c("main.c", "int main(void) { return 0; }");
      program.put(program.compile("s.s", places + strings.formatted("abc") + stack));
      assertThat(program.linkAndRun()).isEmpty();
      assertThat(program.readelf("-x", ".places"))
          .contains("00000000 00000000 04000000 00000000", "05000000 00000000");

      program.put(program.compile("s.s", places + strings.formatted("longer") + stack));
      assertThat(program.linkAndRun()).isEmpty();
      String dump = program.readelf("-x", ".places");
      assertThat(dump).doesNotContain("04000000 00000000 05000000 00000000");
    }
  }
}
