package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sections of which one copy counts. */
class GroupLinkTest {
  private static final String ONCE =
      """
      .section .gnu.linkonce.t.answer,"ax"
      .globl answer
      .type answer, @function
      answer:
        mov $%d, %%eax
        ret
      .section .note.GNU-stack,"",@progbits
      """;

  @TempDir Path directory;
  private Workshop shop;

  @BeforeEach
  void open() throws Exception {
    shop = new Workshop(directory);
    shop.compile("main.c", "int answer(void);\nint main(void) { return answer(); }\n");
    assemble("a", ONCE.formatted(1));
    assemble("b", ONCE.formatted(2));
  }

  @AfterEach
  void close() {
    shop.close();
  }

  private void assemble(String name, String text) throws Exception {
    shop.write(name + ".s", text);
    shop.tool("gcc", "-c", name + ".s", "-o", name + ".o");
  }

  private void link(String... objects) throws Exception {
    String[] words = new String[objects.length + 4];
    System.arraycopy(new String[] {"gcc", "-o", "p", "main.o"}, 0, words, 0, 4);
    System.arraycopy(objects, 0, words, 4, objects.length);
    shop.ccQuietly(words);
    assertThat(shop.pool.output(shop.path("p")).verify()).isEmpty();
  }

  @Test
  void ofOldOnceSectionsTheFirstCounts() throws Exception {
    link("a.o", "b.o");
    assertThat(shop.run("p")).isEqualTo("exit 1");
    assemble("a", ONCE.formatted(3));
    link("a.o", "b.o");
    assertThat(shop.run("p")).isEqualTo("exit 3");
    assemble("a", ".section .note.GNU-stack,\"\",@progbits\n");
    link("a.o", "b.o");
    assertThat(shop.run("p")).isEqualTo("exit 2");
    assemble("a", ONCE.formatted(4));
    link("a.o", "b.o");
    assertThat(shop.run("p")).isEqualTo("exit 4");
    link("b.o");
    assertThat(shop.run("p")).isEqualTo("exit 2");
  }

  @Test
  void oldThunksAreLeftOut() throws Exception {
    String thunk = "__x86.get_pc_thunk.bx";
    String once = ONCE.replace("answer", thunk);
    assemble("a", once.formatted(7));
    assemble("b", once.replace(".gnu.linkonce.t.", ".text.").formatted(5));
    shop.write("main.s", ".globl main\nmain: jmp " + thunk + "\n");
    shop.tool("gcc", "-c", "-Wa,--noexecstack", "main.s", "-o", "main.o");
    link("a.o", "b.o");
    assertThat(shop.run("p")).isEqualTo("exit 5");
  }
}
