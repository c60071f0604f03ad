package dev.linkd.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.oracle.image.Elf;
import dev.linkd.oracle.image.ElfImage;
import dev.linkd.oracle.image.Section;
import dev.linkd.oracle.image.Tools;
import dev.linkd.oracle.model.Atom;
import dev.linkd.oracle.model.Definition;
import dev.linkd.oracle.model.Model;
import dev.linkd.oracle.model.Relocation;
import dev.linkd.oracle.model.Space;
import dev.linkd.oracle.model.SymbolDefinition;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** GOT loads that GNU ld turned into cheaper instructions are understood, and still checked. */
final class RelaxedFieldTest {
  private static final String SOURCE =
      """
      .globl _start, object
      .text
      .type _start, @function
      _start:
        mov object@GOTPCREL(%rip), %rax
        mov object@GOTPCREL(%rip), %r15
        mov object@GOTPCREL(%rip), %ecx
        mov number@GOTPCREL(%rip), %rdx
        mov number@GOTPCREL(%rip), %r9
        call *_start@GOTPCREL(%rip)
        jmp *_start@GOTPCREL(%rip)
        test %rsi, number@GOTPCREL(%rip)
        add number@GOTPCREL(%rip), %r10
        cmp number@GOTPCREL(%rip), %rdi
        xor object@GOTPCREL(%rip), %rbp
        push object@GOTPCREL(%rip)
        ret
      .size _start, .-_start
      .data
      .type object, @object
      object: .quad _start
      .size object, 8
      .globl number
      number = 0x1234
      """;

  @TempDir Path folder;
  private Model model = new Model();

  @BeforeEach
  void assemble() throws Exception {
    Files.writeString(folder.resolve("a.s"), SOURCE);
    Tools.run(folder, "as", "-mrelax-relocations=yes", "-o", "a.o", "a.s");
    model = model(ElfImage.read(folder.resolve("a.o")));
  }

  private static Model model(ElfImage object) {
    Model model = new Model();
    model.stream("a").put(atom(object, ".text", "_start", Elf.STT_FUNC));
    model.stream("a").put(atom(object, ".data", "object", Elf.STT_OBJECT));
    model.stream("a").put(new SymbolDefinition("number", null, 0x1234, 0, Elf.STB_GLOBAL << 4));
    return model;
  }

  private static Atom atom(ElfImage object, String name, String symbol, int type) {
    Section section = object.section(name).orElseThrow();
    Section rela = object.section(".rela" + name).orElseThrow();
    List<Relocation> relocations = new ArrayList<>();
    for (long at = rela.offset(); at < rela.offset() + rela.size(); at += 24) {
      String target = object.symbols().get((int) (object.u64(at + 8) >>> 32)).name();
      relocations.add(
          new Relocation(
              object.u64(at), object.s32(at + 8), Space.GLOBAL, target, object.u64(at + 16)));
    }
    return new Atom(
        symbol,
        name,
        section.type(),
        section.flags(),
        section.align(),
        section.size(),
        object.bytes(section.offset(), section.size()),
        List.of(new Definition(symbol, 0, section.size(), Elf.STB_GLOBAL << 4 | type)),
        relocations);
  }

  @Test
  void relaxedByGnuLd() throws Exception {
    Tools.run(folder, "ld", "-o", "a", "a.o");
    assertThat(Oracle.compare(model, folder.resolve("a"))).isEmpty();
  }

  @Test
  void notRelaxed() throws Exception {
    Tools.run(folder, "ld", "--no-relax", "-o", "a", "a.o");
    assertThat(Oracle.compare(model, folder.resolve("a"))).isEmpty();
  }

  /** Every byte of the code matters, whichever instruction it belongs to now. */
  @Test
  void eachChangedByteIsNoticed() throws Exception {
    Tools.run(folder, "ld", "-o", "a", "a.o");
    byte[] file = Files.readAllBytes(folder.resolve("a"));
    ElfImage image = ElfImage.of(file);
    Section text = image.section(".text").orElseThrow();
    for (long at = text.offset(); at < text.offset() + text.size(); at++) {
      byte[] copy = file.clone();
      copy[(int) at] ^= 2;
      assertThat(Oracle.compare(model, ElfImage.of(copy))).as("byte %x", at).isNotEmpty();
    }
  }
}
