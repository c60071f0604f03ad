package dev.linkd.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.linkd.diag.Code;
import dev.linkd.diag.LinkException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One wrong field at a time: each is refused with a code and a place. */
class ElfFaultsTest {
  @TempDir static Path directory;
  private static Path file = Path.of("");

  @BeforeAll
  static void compile() {
    file = Samples.cxx(directory, "-O1", "-ffunction-sections", "-g", "-gz=zlib");
  }

  /** Where a field is, once the object is known. */
  private interface Edit {
    void apply(Patch patch) throws LinkException;
  }

  private static void refused(Code code, String reason, Edit edit) throws LinkException {
    Patch patch = new Patch(file);
    edit.apply(patch);
    assertThatThrownBy(patch::parse)
        .isInstanceOf(LinkException.class)
        .hasMessageStartingWith("bad.o")
        .hasMessageContaining(reason)
        .satisfies(e -> assertThat(((LinkException) e).diagnostic().code()).isEqualTo(code));
  }

  private static void malformed(String reason, Edit edit) throws LinkException {
    refused(Code.MALFORMED_INPUT, reason, edit);
  }

  @Test
  void otherMachinesAreNamed() throws Exception {
    refused(Code.INCOMPATIBLE_INPUT, "expected but got AArch64", p -> p.putShort(18, 183));
    refused(Code.INCOMPATIBLE_INPUT, "got RISC-V", p -> p.putShort(18, 243));
    refused(Code.INCOMPATIBLE_INPUT, "got machine 4660", p -> p.putShort(18, 0x1234));
    refused(
        Code.INCOMPATIBLE_INPUT,
        "got big-endian S/390",
        p -> p.putByte(5, 2).putShort(18, 22 << 8));
    refused(Code.INCOMPATIBLE_INPUT, "got i386", p -> p.putByte(4, 1).putShort(18, 3));
    refused(Code.INCOMPATIBLE_INPUT, "type 2", p -> p.putShort(16, ElfConstants.ET_EXEC));
  }

  @Test
  void aRealObjectForAnotherMachineIsNamed() {
    Path small = Tools.compile(directory, "small.s", "nop\n", "-m32");
    assertThatThrownBy(() -> ElfObject.parse("small.o", Tools.read(small)))
        .hasMessage("small.o: incompatible file type: x86_64 is expected but got i386");
  }

  @Test
  void headerFields() throws Exception {
    malformed("not an ELF file", p -> p.putByte(0, 0));
    malformed("unknown ELF version", p -> p.putByte(6, 9));
    malformed("section headers of 40 bytes", p -> p.putShort(58, 40));
    malformed("section header table reaches beyond", p -> p.putLong(40, Long.MAX_VALUE));
    malformed("section header table reaches beyond", p -> p.putLong(40, -64));
    malformed("section header table reaches beyond", p -> p.putShort(60, 0xfeff));
    malformed("section header table reaches beyond", p -> p.putShort(60, 0));
    malformed("index of the section name table", p -> p.putShort(62, 0xfe00));
  }

  @Test
  void everyTruncationIsRefused() throws Exception {
    Patch patch = new Patch(file);
    int size = (int) patch.original().bytes().byteSize();
    for (int length = 0; length < size; length += length < 64 ? 1 : 97) {
      int end = length;
      assertThatThrownBy(() -> patch.parseFirst(end)).isInstanceOf(LinkException.class);
    }
  }

  @Test
  void sectionFields() throws Exception {
    malformed("section 0 is not the null section", p -> p.putInt(p.sectionHeader(0) + 4, 1));
    malformed("name of section 0 is outside", p -> p.putInt(p.sectionHeader(0), 1 << 30));
    malformed("name of section 3 is outside", p -> p.putInt(p.sectionHeader(3), 1 << 30));
    malformed("reaches beyond the file", p -> p.putLong(text(p) + 24, Long.MAX_VALUE - 2));
    malformed("reaches beyond the file", p -> p.putLong(text(p) + 24, -1));
    malformed("reaches beyond the file", p -> p.putLong(text(p) + 32, Long.MIN_VALUE));
    malformed("not a power of two", p -> p.putLong(text(p) + 48, 3));
    malformed("not a power of two", p -> p.putLong(text(p) + 48, Long.MIN_VALUE));
    malformed("not a power of two", p -> p.putLong(text(p) + 48, 1L << 32));
    malformed("compression header", p -> p.putLong(p.content(p.section(".debug_info")) + 16, 5));
    malformed(
        "no compression header",
        p -> p.putLong(p.sectionHeader(p.section(".debug_info")) + 32, 23));
  }

  @Test
  void sectionsThatOverlap() throws Exception {
    malformed(", .strtab", p -> p.putLong(comment(p) + 24, p.content(p.section(".strtab")) + 1));
    malformed("overlaps section", p -> p.putLong(comment(p) + 24, p.content(p.section(".strtab"))));
    Patch patch = new Patch(file);
    patch
        .putLong(comment(patch) + 24, patch.content(patch.section(".strtab")))
        .putLong(comment(patch) + 32, 0);
    assertThat(patch.parse().sections()).as("a range without bytes").isPositive();
  }

  private static int comment(Patch patch) {
    return patch.sectionHeader(patch.section(".comment"));
  }

  private static int text(Patch patch) {
    return patch.sectionHeader(patch.section(".text"));
  }

  private static int symtab(Patch patch) {
    return patch.sectionHeader(patch.sectionOfType(ElfConstants.SHT_SYMTAB));
  }

  @Test
  void symbolTableFields() throws Exception {
    malformed("entries of 24 bytes", p -> p.putLong(symtab(p) + 56, 16));
    malformed("not linked to a string table", p -> p.putInt(symtab(p) + 40, 1));
    malformed("not linked to a string table", p -> p.putInt(symtab(p) + 40, -1));
    malformed("sh_info of the symbol table", p -> p.putInt(symtab(p) + 44, 1 << 20));
    malformed("local symbols must come first", p -> p.putInt(symtab(p) + 44, 1));
    malformed("both symbol tables", p -> p.putInt(text(p) + 4, ElfConstants.SHT_SYMTAB));
    malformed(
        "does not end with NUL",
        p -> {
          int s = p.section(".strtab");
          p.putByte(p.content(s) + (int) p.original().sectionSize(s) - 1, 'x');
        });
  }

  @Test
  void symbolFields() throws Exception {
    malformed("name of symbol 1 is outside", p -> p.putInt(p.symbol(1), -1));
    malformed("which does not exist", p -> p.putShort(p.symbol(1) + 6, 0xfe00));
    malformed("needs SHT_SYMTAB_SHNDX", p -> p.putShort(p.symbol(1) + 6, 0xffff));
    refused(
        Code.UNSUPPORTED_INPUT,
        "reserved section index 0xff05",
        p -> p.putShort(p.symbol(1) + 6, 0xff05));
    malformed(
        "invalid alignment or size",
        p -> {
          int last = p.symbol(p.original().symbols() - 1);
          p.putShort(last + 6, ElfConstants.SHN_COMMON).putLong(last + 8, 3);
        });
  }

  private static int relocated(Patch patch) {
    for (int s = 1; s < patch.original().sections(); s++) {
      if (patch.original().relocationCount(s) > 0) {
        return s;
      }
    }
    throw new AssertionError("no relocations");
  }

  private static int relocationHeader(Patch patch) {
    return patch.sectionHeader(patch.original().relocationSection(relocated(patch)));
  }

  @Test
  void relocationFields() throws Exception {
    malformed("lies outside section", p -> p.putLong(p.relocation(relocated(p), 0), -1));
    malformed("lies outside section", p -> p.putLong(p.relocation(relocated(p), 0), 1 << 24));
    malformed("refers to symbol", p -> p.putInt(p.relocation(relocated(p), 0) + 12, 1 << 24));
    malformed("refers to symbol 4294967295", p -> p.putInt(p.relocation(relocated(p), 0) + 12, -1));
    for (int kind : new int[] {0x100, 0x1f00, 0x1f01, 0x10002, -1}) {
      refused(
          Code.UNKNOWN_RELOCATION,
          "unknown relocation kind " + Integer.toUnsignedString(kind),
          p -> p.putInt(p.relocation(relocated(p), 0) + 8, kind));
    }
    malformed("which does not exist", p -> p.putInt(relocationHeader(p) + 44, 0));
    malformed("which does not exist", p -> p.putInt(relocationHeader(p) + 44, -5));
    malformed("entries of 24 bytes", p -> p.putLong(relocationHeader(p) + 56, 16));
    malformed("not linked to the symbol table", p -> p.putInt(relocationHeader(p) + 40, 1));
    malformed("no content to relocate", p -> p.putInt(relocationHeader(p) + 44, p.section(".bss")));
    refused(
        Code.UNSUPPORTED_INPUT,
        "SHT_REL;",
        p -> p.putInt(relocationHeader(p) + 4, ElfConstants.SHT_REL));
    refused(
        Code.UNSUPPORTED_INPUT,
        "SHT_CREL;",
        p -> p.putInt(relocationHeader(p) + 4, ElfConstants.SHT_CREL));
  }

  @Test
  void oneSectionHasOneRelocationTable() throws Exception {
    refused(
        Code.UNSUPPORTED_INPUT,
        "is relocated by two sections",
        p -> {
          int first = relocated(p);
          int second = first + 1;
          while (p.original().relocationCount(second) == 0) {
            second++;
          }
          int header = p.sectionHeader(p.original().relocationSection(second));
          p.putInt(header + 44, first);
        });
  }

  @Test
  void groupFields() throws Exception {
    int group = ElfConstants.SHT_GROUP;
    malformed("invalid size", p -> p.putLong(p.sectionHeader(p.sectionOfType(group)) + 32, 6));
    malformed(
        "signature symbol", p -> p.putInt(p.sectionHeader(p.sectionOfType(group)) + 44, 1 << 24));
    malformed("member 0 of group", p -> p.putInt(p.content(p.sectionOfType(group)) + 4, 0));
    malformed("member 16777216", p -> p.putInt(p.content(p.sectionOfType(group)) + 4, 1 << 24));
    malformed(
        "member of two groups",
        p -> {
          int first = p.content(p.sectionOfType(group));
          p.putInt(
              p.content(p.original().groupSection(1)) + 4,
              (int) Bytes.u32(p.original().bytes(), first + 4));
        });
  }

  @Test
  void propertyNotes() throws Exception {
    Path note =
        Tools.compile(
            directory,
            "note.s",
            """
            .section .note.gnu.property,"a",@note
            .long 4, 16, 5
            .asciz "GNU"
            .long 0xc0000002, 4, 3, 0
            """,
            "-Wa,-mx86-used-note=no");
    assertThat(new Patch(note).original().x86Features()).isEqualTo(3);
    for (int[] edit : new int[][] {{0, -1}, {4, -1}, {4, 3}, {20, -1}, {20, 3}}) {
      Patch patch = new Patch(note);
      patch.putInt(patch.content(patch.section(".note.gnu.property")) + edit[0], edit[1]);
      assertThatThrownBy(patch::parse)
          .isInstanceOf(LinkException.class)
          .hasMessageContaining(".note.gnu.property");
    }
  }

  @Test
  void callGraphProfileNeedsNoRela() throws Exception {
    Path profile =
        Tools.compile(
            directory,
            "profile.s",
            """
            .section .llvm.call-graph-profile,"e",@0x6fff4c09
            .quad 7
            .text
            call elsewhere
            """);
    Patch patch = new Patch(profile);
    int header = patch.sectionHeader(patch.original().relocationSection(patch.section(".text")));
    patch.putInt(header + 4, ElfConstants.SHT_REL);
    patch.putInt(header + 44, patch.section(".llvm.call-graph-profile"));
    assertThat(patch.parse().relocationCount(patch.section(".text"))).isZero();
  }
}
