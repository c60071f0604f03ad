package dev.linkd.elf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.linkd.diag.LinkException;
import dev.linkd.object.ElfObject;
import dev.linkd.output.OutputKind;
import dev.linkd.store.Content;
import dev.linkd.store.InputStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Symbols and sections that are where they were, or nearly there, and those that are not. */
class HeldNamesTest {

  private static final int NONE = -1;
  private static final int ROUNDS = 60;

  @TempDir Path directory;

  /** A function of an object, which returns a number; by another function of its own if local. */
  private static final class Function {
    String name = "";
    int value;
    boolean local;
    boolean twice;

    /** A local function is called by a global one, which has its name. */
    String text() {
      StringBuilder text = new StringBuilder();
      String code = local ? "local_" + name : name;
      text.append(".section .text.").append(code).append(",\"ax\",@progbits\n");
      if (!local) {
        text.append(".globl ").append(code).append('\n');
      }
      text.append(".type ").append(code).append(",@function\n").append(code).append(":\n");
      text.append(".cfi_startproc\nmov $").append(value).append(", %eax\nret\n.cfi_endproc\n");
      if (twice) {
        text.append(".cfi_startproc\nnop\nret\n.cfi_endproc\n");
      }
      text.append(".size ").append(code).append(", .-").append(code).append('\n');
      if (local) {
        text.append(".section .text.").append(name).append(",\"ax\",@progbits\n.globl ");
        text.append(name).append('\n').append(name).append(": call local_").append(name);
        text.append("\nret\n");
      }
      return text.toString();
    }
  }

  private static Function function(String name, int value) {
    Function function = new Function();
    function.name = name;
    function.value = value;
    return function;
  }

  private static String unit(List<Function> functions) {
    StringBuilder text = new StringBuilder();
    functions.forEach(function -> text.append(function.text()));
    return text.append(".section .note.GNU-stack\n").toString();
  }

  private static String main(List<Function> functions) {
    StringBuilder text = new StringBuilder("int printf(const char *, ...);\nint main(void) {\n");
    for (Function function : functions) {
      text.append("{ int ").append(function.name).append("(void); ");
      text.append("printf(\"%d \", ").append(function.name).append("()); }\n");
    }
    return text.append("return 0; }\n").toString();
  }

  private static String expected(List<Function> functions) {
    StringBuilder text = new StringBuilder();
    functions.forEach(function -> text.append(function.value).append(' '));
    return text.toString();
  }

  private Path assemble(String name, String text) throws Exception {
    Files.writeString(directory.resolve(name + ".s"), text);
    Program.command(directory, "gcc", "-c", name + ".s");
    return directory.resolve(name + ".o");
  }

  @Test
  void functionsComeGoChangeAndTakeEachOthersPlaces() throws Exception {
    Random random = new Random(3);
    List<Function> functions = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      functions.add(function("first" + i, i));
    }
    try (Program program = Program.withLibc(directory, OutputKind.PIE)) {
      for (int round = 0; round < ROUNDS; round++) {
        Function one = functions.get(random.nextInt(functions.size()));
        switch (round < 8 ? round : random.nextInt(8)) {
          case 0 -> one.value = round + 100;
          case 1 -> one.name = "renamed" + round;
          case 2 -> one.local = !one.local;
          case 3 -> one.twice = !one.twice;
          case 4 ->
              functions.add(
                  random.nextInt(functions.size()), function("added" + round, round + 500));
          case 5 -> Collections.shuffle(functions, random);
          case 6 -> {
            if (functions.size() > 2) {
              functions.remove(one);
            }
          }
          default -> {
            Function other = functions.get(random.nextInt(functions.size()));
            String name = one.name;
            one.name = other.name;
            other.name = name;
          }
        }
        program.c("main.c", main(functions));
        program.put(assemble("unit", unit(functions)));
        assertThat(program.linkAndRun()).as("round " + round).isEqualTo(expected(functions));
      }
    }
  }

  /** The local symbols of objects that were joined can have one name. */
  @Test
  void localSymbolsWithOneNameStayApart() throws Exception {
    try (Program program = Program.withLibc(directory, OutputKind.PIE)) {
      program.c("main.c", "int a(void), b(void); int main(void) { return a() * 10 + b(); }");
      for (int round = 0; round < 6; round++) {
        // Then the first one is where the second was, and the second is far from where it was.
        boolean shifted = round % 3 == 2;
        String before = shifted ? ".data\nearlier: .quad 0\n" : "";
        String after = shifted ? ".data\n" + locals(12) : "";
        assemble("a", before + twin("a", 1 + round % 2) + after);
        assemble("b", twin("b", 3 + round / 2));
        String second = round % 2 == 0 || shifted ? "b.o" : "a.o";
        String first = second.equals("b.o") ? "a.o" : "b.o";
        Program.command(directory, "ld", "-r", first, second, "-o", "both.o");
        program.put(directory.resolve("both.o"));
        int status = (1 + round % 2) * 10 + 3 + round / 2;
        assertThat(program.linkAndRun()).isEqualTo("exit " + status + "\n");
        String symbols = Program.command(directory, "nm", program.path.toString());
        assertThat(symbols.lines().filter(line -> line.endsWith(" t twin"))).hasSize(2);
      }
    }
  }

  private static String locals(int count) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append("later").append(i).append(": .quad 0\n");
    }
    return text.toString();
  }

  private static String twin(String name, int value) {
    return """
        .section .text.%1$s,"ax",@progbits
        twin: mov $%2$d, %%eax
        ret
        .globl %1$s
        %1$s: call twin
        ret
        .section .note.GNU-stack
        """
        .formatted(name, value);
  }

  /** A symbol at the same place with the same name that is defined now, or not any more. */
  @Test
  void aNameThatIsDefinedElsewhereIsTheSame() throws Exception {
    try (Program program = Program.withLibc(directory, OutputKind.PIE)) {
      program.flags("-fno-builtin");
      program.c("main.c", "int f(void); int main(void) { return f(); }");
      for (int round = 0; round < 4; round++) {
        boolean here = round % 2 == 0;
        String g = ".section .text.g,\"ax\",@progbits\n.globl g\ng: mov $%d, %%eax\nret\n";
        String f = ".section .text.f,\"ax\",@progbits\n.globl f\nf: call g@PLT\nret\n";
        String end = ".section .note.GNU-stack\n";
        program.put(assemble("one", (here ? g.formatted(round + 1) : "") + f + end));
        program.put(assemble("two", (here ? "" : g.formatted(round + 1)) + end));
        assertThat(program.linkAndRun()).isEqualTo("exit " + (round + 1) + "\n");
      }
    }
  }

  @Test
  void nothingIsHeldOfAVersionThatCouldNotBeRead() throws Exception {
    List<Function> functions = new ArrayList<>(List.of(function("one", 1), function("two", 2)));
    try (Program program = Program.withLibc(directory, OutputKind.PIE)) {
      program.c("main.c", main(functions));
      for (int round = 0; round < 3; round++) {
        functions.get(0).value = round;
        program.put(assemble("unit", unit(functions)));
        assertThat(program.linkAndRun()).isEqualTo(expected(functions));
      }
      String damaged = unit(functions) + ".section .eh_frame,\"a\",@unwind\n.long 0x7000, 0\n";
      assertThatThrownBy(() -> program.put(assemble("unit", damaged)))
          .isInstanceOf(LinkException.class);
      assertThat(program.output.flush().published()).isFalse();
      Collections.reverse(functions);
      program.c("main.c", main(functions));
      program.put(assemble("unit", unit(functions)));
      assertThat(program.linkAndRun()).isEqualTo(expected(functions));
    }
  }

  /** Rows and keys are those of the same names, wherever they were, as long as they are near. */
  @Test
  void namesThatAreNearAreFoundAndOthersAreNot() throws Exception {
    List<Function> functions = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      functions.add(function("f" + i, i));
    }
    Path before = assemble("before", unit(functions));
    functions.get(20).value = 7;
    Path changed = assemble("changed", unit(functions));
    functions.add(10, function("added", 1));
    functions.get(30).name = "renamed";
    functions.remove(35);
    Path edited = assemble("edited", unit(functions));
    functions.get(12).local = true;
    Collections.reverse(functions);
    Path reversed = assemble("reversed", unit(functions));
    InputStore store = new InputStore(1 << 20);
    ObjectInput input = input(store, before);
    assertThat(found(input, input.object)).isEmpty();
    input.translation = numbered(input.object);
    assertThat(found(input, object(store, changed))).hasSize(40);
    List<String> near = found(input, object(store, edited));
    assertThat(near).hasSize(38).doesNotContain("added", "renamed", "f34");
    assertThat(found(input, object(store, reversed))).doesNotContain("added", "renamed");
  }

  private static ElfObject object(InputStore store, Path path) throws Exception {
    return store.open(path).object(path.toString());
  }

  private static ObjectInput input(InputStore store, Path path) throws Exception {
    Content content = store.open(path);
    return new ObjectInput(1, "before", 0, content, content.object(path.toString()), null, 0);
  }

  /** Rows, keys and keys of records are the numbers of symbols and sections. */
  private static HeldNames.Translation numbered(ElfObject object) {
    int[] sections = new int[object.sections()];
    int[] symbols = new int[object.symbols()];
    Arrays.setAll(sections, s -> s);
    Arrays.setAll(symbols, y -> y);
    return new HeldNames.Translation(symbols, sections, sections);
  }

  /** The functions whose rows are found; there must be their sections, too. */
  private static List<String> found(ObjectInput input, ElfObject object) {
    HeldNames names = new HeldNames();
    names.begin(input, object);
    List<String> found = new ArrayList<>();
    for (int s = 1; s < object.sections(); s++) {
      int key = names.key(object, s);
      if (key != NONE) {
        assertThat(input.object.sectionName(key)).isEqualTo(object.sectionName(s));
        assertThat(names.unwindKey(object, s, key)).isEqualTo(key);
        assertThat(names.unwindKey(object, s, key + 1)).isEqualTo(NONE);
      }
    }
    for (int y = object.firstGlobal(); y < object.symbols(); y++) {
      int row = names.row(object, y);
      if (row != NONE) {
        assertThat(input.object.symbolName(row)).isEqualTo(object.symbolName(y));
        found.add(object.symbolName(y));
      }
    }
    return found;
  }
}
