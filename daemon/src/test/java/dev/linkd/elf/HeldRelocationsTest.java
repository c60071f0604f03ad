package dev.linkd.elf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.linkd.diag.LinkException;
import dev.linkd.output.FlushResult;
import dev.linkd.output.OutputKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Debug information whose relocations are as they were in the version before, or nearly so. */
class HeldRelocationsTest {

  private static final int STRINGS = 400;

  private static final String MAIN =
      """
      int shared(void); int own(void);
      int main(void) { return shared() + own() - 3; }
      """;

  private static final String EMPTY = ".section .note.GNU-stack\n";

  @TempDir Path directory;

  /** What an object says of itself; each part can change by itself. */
  private static final class Unit {
    String prefix = "name";
    String body = "mov $1, %eax";
    String first = "0";
    String inserted = "";
    String list = "own";
    int order = 1;

    String text() {
      StringBuilder text = new StringBuilder();
      text.append(".section .text.shared,\"axG\",@progbits,shared,comdat\n");
      text.append(".weak shared\nshared: mov $2, %eax\nret\n");
      text.append(".section .text.own,\"ax\",@progbits\n.globl own\nown: ");
      text.append(body).append("\nret\n");
      text.append(".section .debug_str,\"MS\",@progbits,1\n");
      for (int i = 0; i < STRINGS; i++) {
        text.append(".Ls%d: .asciz \"%s%d\"\n".formatted(i, prefix, i));
      }
      text.append(".section .debug_one,\"MS\",@progbits,1\n.Lone: .asciz \"one\"\n");
      text.append(".section .debug_info,\"\",@progbits\n.byte ").append(first).append('\n');
      for (int i = 0; i < STRINGS; i++) {
        text.append(".long .Ls%d\n".formatted(i * order % STRINGS));
        if (i == STRINGS / 2) {
          text.append(inserted);
        }
        if (i % 8 == 0) {
          text.append(".quad .text.shared\n.quad .text.own + 1\n.quad ").append(list).append('\n');
        }
      }
      return text.append(".quad .Lone\n.section .note.GNU-stack\n").toString();
    }
  }

  private void put(Program program, String name, String text) throws Exception {
    Files.writeString(directory.resolve(name + ".s"), text);
    Program.command(directory, "gcc", "-c", name + ".s");
    program.put(directory.resolve(name + ".o"));
  }

  private static FlushResult link(Program program) throws Exception {
    assertThat(program.linkAndRun()).isEmpty();
    assertThat(program.output.verify()).isEmpty();
    return program.output.flush();
  }

  @Test
  void everyPartOfAnObjectCanChangeByItself() throws Exception {
    Random random = new Random(1);
    Unit unit = new Unit();
    try (Program program = Program.withLibc(directory, OutputKind.DYNAMIC_EXECUTABLE)) {
      program.c("main.c", MAIN);
      put(program, "before", EMPTY);
      put(program, "unit", unit.text());
      link(program);
      for (int round = 0; round < 60; round++) {
        switch (round < 8 ? round : random.nextInt(8)) {
          case 0 -> unit.first = "" + round % 100;
          case 1 -> unit.body = "nop\nmov $1, %eax";
          case 2 -> unit.prefix = unit.prefix.equals("name") ? "mane" : "name";
          case 3 -> unit.order = unit.order == 1 ? 3 : 1;
          case 4 -> unit.inserted = unit.inserted.isEmpty() ? ".quad own + 7\n" : "";
          case 5 -> unit.list = unit.list.equals("own") ? "main" : "own";
          case 6 -> put(program, "before", new Unit().text().replace("own", "other"));
          default -> put(program, "before", EMPTY);
        }
        put(program, "unit", unit.text());
        link(program);
      }
    }
  }

  /** Nothing of the object changes, but its function is not the one that counts any more. */
  @Test
  void aGroupThatIsTakenElsewhereIsNotReferredTo() throws Exception {
    try (Program program = Program.withLibc(directory, OutputKind.DYNAMIC_EXECUTABLE)) {
      program.c("main.c", MAIN);
      put(program, "before", EMPTY);
      put(program, "unit", new Unit().text());
      link(program);
      String alone = program.readelf("-x", ".debug_info");
      put(program, "before", new Unit().text().replace("own", "other"));
      link(program);
      assertThat(program.readelf("-x", ".debug_info")).isNotEqualTo(alone);
      put(program, "before", EMPTY);
      link(program);
    }
  }

  /** Nothing of the version before is held when one in between could not be read. */
  @Test
  void aDamagedVersionInBetweenLeavesNothingToCompareWith() throws Exception {
    Unit unit = new Unit();
    try (Program program = Program.withLibc(directory, OutputKind.DYNAMIC_EXECUTABLE)) {
      program.c("main.c", MAIN);
      put(program, "unit", unit.text());
      link(program);
      String damaged = unit.text() + ".section .eh_frame,\"a\",@unwind\n.long 0x7000, 0\n";
      assertThatThrownBy(() -> put(program, "unit", damaged)).isInstanceOf(LinkException.class);
      assertThat(program.output.flush().published()).isFalse();
      unit.first = "7";
      put(program, "unit", unit.text());
      link(program);
    }
  }
}
