package dev.linkd.elf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.output.NameRules;
import dev.linkd.output.OutputKind;
import dev.linkd.output.OutputSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members of archives where several definitions of a name are no error. */
class OrderedExtractionTest {

  private static final String START = ".globl _start\n_start: ret\n.data\n";

  @TempDir Path directory;
  private Program program;

  @BeforeEach
  void open() throws Exception {
    NameRules rules = new NameRules(List.of(), List.of(), List.of(), List.of(), true, false, false);
    OutputSpec spec = OutputSpec.of(directory.resolve("program"), OutputKind.STATIC_EXECUTABLE);
    program = new Program(directory, spec.withNames(rules));
  }

  @AfterEach
  void close() {
    program.close();
  }

  private static String defines(String... names) {
    StringBuilder text = new StringBuilder(".data\n");
    for (String name : names) {
      text.append(".globl %1$s\n%1$s: .quad 1\n".formatted(name));
    }
    return text.toString();
  }

  private static String refers(String... names) {
    StringBuilder text = new StringBuilder();
    for (String name : names) {
      text.append(".quad %s\n".formatted(name));
    }
    return text.toString();
  }

  private Path object(String name, String text) throws Exception {
    Files.writeString(directory.resolve("x.s"), text);
    Program.command(directory, "as", "-o", name, "x.s");
    return directory.resolve(name);
  }

  /** Puts an archive of members m0, m1 and so on. */
  private void archive(String name, String... members) throws Exception {
    Files.deleteIfExists(directory.resolve(name));
    for (int m = 0; m < members.length; m++) {
      object("m" + m + ".o", members[m]);
      Program.command(directory, "ar", "rcs", name, "m" + m + ".o");
    }
    program.put(directory.resolve(name));
  }

  private boolean has(String symbol) throws Exception {
    return program.readelf("-s").lines().anyMatch(line -> line.endsWith(" " + symbol));
  }

  /** A member that was not needed defines now what one behind it defines too. */
  @Test
  void aMemberIsTakenThatComesBeforeAnotherDefinition() throws Exception {
    program.put(object("start.o", START + refers("x", "y")));
    archive("lib.a", defines("first"), defines("x", "y", "second"));
    program.link();
    assertThat(has("first")).isFalse();

    archive("lib.a", defines("first", "x"), defines("x", "y", "second"));
    program.link();
    assertThat(has("first")).isTrue();
    assertThat(has("second")).isTrue();

    archive("lib.a", defines("first"), defines("x", "y", "second"));
    program.link();
    assertThat(has("first")).isFalse();
  }

  /** What is required for the first time is defined already, but not by the first archive. */
  @Test
  void aNewReferenceTakesAMemberOfTheFirstArchive() throws Exception {
    program.put(object("start.o", START + refers("w")));
    archive("one.a", defines("first", "y"));
    archive("two.a", defines("second", "y", "w"));
    program.link();
    assertThat(has("first")).isFalse();

    program.put(object("start.o", START + refers("w", "y")));
    program.link();
    assertThat(has("first")).isTrue();

    program.put(object("start.o", START + refers("w")));
    program.link();
    assertThat(has("first")).isFalse();
  }

  /** An object does not define what was required before it came. */
  @Test
  void anObjectBehindAnArchiveDoesNotReplaceItsMember() throws Exception {
    program.put(object("start.o", START + refers("x")));
    archive("lib.a", defines("first", "x"));
    program.put(object("late.o", defines("x", "late")));
    program.link();
    assertThat(has("first")).isTrue();

    program.put(object("late.o", refers("y") + defines("x", "late", "y")));
    program.link();
    assertThat(has("first")).isTrue();
  }

  /** A version that mentions the same names leads to the same members. */
  @Test
  void anEditOfContentsDoesNotReadAllInputsAgain() throws Exception {
    program.put(object("start.o", START + refers("x")));
    String[] many = new String[200];
    for (int i = 0; i < many.length; i++) {
      many[i] = i == 0 ? "x" : "name" + i;
    }
    archive("lib.a", defines(many));
    program.link();

    program.put(object("start.o", START + refers("x") + ".quad 7\n"));
    assertThat(program.link().statistics().rows().definitions()).isLessThan(many.length);
    program.put(object("start.o", START + refers("x", "name1")));
    assertThat(program.link().statistics().rows().definitions()).isGreaterThan(many.length);
  }
}
