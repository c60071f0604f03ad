package dev.linkd.oracle.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules accept what GNU ld writes and notice each violation. */
final class ImageRulesTest {
  private static final String PROGRAM =
      """
      #include <stdio.h>
      #include <stdexcept>
      thread_local int counter = 3;
      thread_local int zeros[10];
      static void fail(int i) { if (i > counter) throw std::runtime_error("too many"); }
      struct Early { Early() { counter++; } } early;
      int main(int argc, char **argv) {
        try { fail(argc + 10); } catch (std::exception &e) { puts(e.what()); }
        return zeros[argc];
      }
      """;

  @TempDir static Path folder;
  private static byte[] pie = new byte[0];

  @BeforeAll
  static void compile() throws Exception {
    Files.writeString(folder.resolve("program.cc"), PROGRAM);
    Tools.run(folder, "g++", "-O1", "-o", "pie", "program.cc");
    pie = Files.readAllBytes(folder.resolve("pie"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-pie",
        "-no-pie",
        "-static",
        "-shared -fPIC",
        "-pie -Wl,-z,now",
        "-pie -Wl,-z,pack-relative-relocs",
        "-no-pie -Wl,--hash-style=both",
      })
  void filesOfGnuLdAreAccepted(String flags) throws Exception {
    Tools.run(folder, ("g++ " + flags + " -o accepted program.cc").split(" "));
    assertThat(ImageRules.problems(folder.resolve("accepted"))).isEmpty();
  }

  @Test
  void aFileThatIsNotElfIsUnreadable() {
    assertThat(ImageRules.problems(new byte[64])).containsExactly("unreadable: not an ELF file");
  }

  private static Arguments violation(String problem, BiConsumer<ElfImage, ByteBuffer> mutation) {
    return Arguments.of(problem, mutation);
  }

  static Stream<Arguments> violations() {
    return Stream.of(
        violation("EI_DATA", (i, b) -> b.put(5, (byte) 2)),
        violation("e_machine", (i, b) -> b.putShort(18, (short) 3)),
        violation("e_entry", (i, b) -> b.putLong(24, 0x10)),
        violation("e_shentsize", (i, b) -> b.putShort(58, (short) 40)),
        violation("is not congruent", (i, b) -> add(b, load(i, 1) + 16, 8)),
        violation("follows", (i, b) -> swap(b, load(i, 0), load(i, 1))),
        violation("is writable and executable", (i, b) -> b.putInt(load(i, 1) + 4, 7)),
        violation("ends after the file", (i, b) -> b.putLong(load(i, 3) + 32, 1 << 30)),
        violation("p_filesz > p_memsz", (i, b) -> b.putLong(load(i, 0) + 40, 8)),
        violation("share a page", (i, b) -> b.putLong(load(i, 0) + 40, 0x5000)),
        violation(
            "the stack is executable", (i, b) -> b.putInt(header(i, Elf.PT_GNU_STACK) + 4, 7)),
        violation("PT_PHDR", (i, b) -> add(b, header(i, Elf.PT_PHDR) + 8, 8)),
        violation("becomes read-only", (i, b) -> add(b, header(i, Elf.PT_GNU_RELRO) + 40, 0x1000)),
        violation("is outside of PT_TLS", (i, b) -> b.putLong(header(i, Elf.PT_TLS) + 40, 8)),
        violation("sh_info", (i, b) -> add(b, section(i, ".symtab") + 44, 1)),
        violation("is outside of section", (i, b) -> add(b, symbol(i, "main") + 8, 1 << 20)),
        violation("ends after section", (i, b) -> add(b, symbol(i, "main") + 16, 1 << 20)),
        violation("after globals", (i, b) -> b.put(symbol(i, "main") + 4, (byte) 2)),
        violation("does not belong to its address", (i, b) -> add(b, section(i, ".data") + 24, 8)),
        violation("overlap in the file", (i, b) -> add(b, section(i, ".comment") + 24, -0x20)),
        violation("overlap in memory", (i, b) -> add(b, section(i, ".rodata") + 32, 0x100)),
        violation("is not writable", (i, b) -> b.putInt(load(i, 3) + 4, 4)),
        violation("has a null entry", (i, b) -> nullEntry(i, b)),
        violation("unreadable: record", (i, b) -> b.putInt(at(i, ".eh_frame"), 0x7ffffff0)),
        violation("is not the FDE", (i, b) -> add(b, at(i, ".eh_frame_hdr") + 12, -1)),
        violation("is not sorted", (i, b) -> add(b, at(i, ".eh_frame_hdr") + 12, 1 << 30)),
        violation("is not in .eh_frame_hdr", (i, b) -> add(b, at(i, ".eh_frame_hdr") + 8, -1)),
        violation(".gnu.hash does not find", (i, b) -> clear(b, at(i, ".gnu.hash") + 16, 8)),
        violation("hash of version", (i, b) -> add(b, at(i, ".gnu.version_r") + 16, 1)),
        violation("version 77", (i, b) -> b.putShort(at(i, ".gnu.version") + 2, (short) 77)),
        violation("has no DT_NULL", (i, b) -> noNull(i, b)),
        violation("DT 5 is", (i, b) -> add(b, dynamic(i, Elf.DT_STRTAB) + 8, 8)),
        violation("DT 8 is", (i, b) -> add(b, dynamic(i, Elf.DT_RELASZ) + 8, -24)),
        violation("DT_RELACOUNT covers", (i, b) -> add(b, dynamic(i, Elf.DT_RELACOUNT) + 8, 1)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("violations")
  void aViolationIsNoticed(String problem, BiConsumer<ElfImage, ByteBuffer> mutation) {
    byte[] copy = pie.clone();
    mutation.accept(ElfImage.of(pie), ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN));
    assertThat(ImageRules.problems(pie)).isEmpty();
    assertThat(ImageRules.problems(copy)).anyMatch(p -> p.contains(problem));
  }

  private static void add(ByteBuffer file, int at, int delta) {
    file.putInt(at, file.getInt(at) + delta);
  }

  private static void clear(ByteBuffer file, int at, int size) {
    file.put(at, new byte[size]);
  }

  private static void swap(ByteBuffer file, int first, int second) {
    byte[] left = new byte[56];
    byte[] right = new byte[56];
    file.get(first, left).get(second, right);
    file.put(first, right).put(second, left);
  }

  private static int load(ElfImage image, int index) {
    return header(image, image.segments().indexOf(image.loads().get(index)), 0);
  }

  private static int header(ElfImage image, int type) {
    return header(image, image.segments().indexOf(image.segment(type).orElseThrow()), 0);
  }

  private static int header(ElfImage image, int index, int offset) {
    return (int) image.segmentTable() + 56 * index + offset;
  }

  private static int section(ElfImage image, String name) {
    return (int) image.sectionTable() + 64 * image.section(name).orElseThrow().index();
  }

  private static int at(ElfImage image, String section) {
    return (int) image.section(section).orElseThrow().offset();
  }

  private static int symbol(ElfImage image, String name) {
    ElfSymbol found =
        image.symbols().stream().filter(s -> s.name().equals(name)).findFirst().orElseThrow();
    return at(image, ".symtab") + 24 * found.index();
  }

  private static int rela(ElfImage image, int index) {
    return at(image, ".rela.dyn") + 24 * index;
  }

  /** Takes both the relocation and the content of the first entry away. */
  private static void nullEntry(ElfImage image, ByteBuffer file) {
    clear(file, at(image, ".init_array"), 8);
    add(file, rela(image, 0), 0x40);
  }

  private static int dynamic(ElfImage image, int tag) {
    for (int at = at(image, ".dynamic"); ; at += 16) {
      if (image.u64(at) == tag) {
        return at;
      }
    }
  }

  private static void noNull(ElfImage image, ByteBuffer file) {
    Section section = image.section(".dynamic").orElseThrow();
    for (long at = section.offset(); at < section.offset() + section.size(); at += 16) {
      if (image.u64(at) == 0) {
        file.putLong((int) at, Elf.DT_DEBUG);
      }
    }
  }
}
