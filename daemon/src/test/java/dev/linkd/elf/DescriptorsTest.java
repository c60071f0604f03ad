package dev.linkd.elf;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.linkd.object.ElfConstants;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DescriptorsTest {

  private static final int AT = 5;

  private final byte[] bytes = new byte[256];
  private final MemorySegment segment = MemorySegment.ofArray(bytes);

  @Test
  void recordsHaveTheSizesOfTheSpecification() {
    assertThat(EhdrDescriptor.BYTES).isEqualTo(ElfConstants.EHDR_SIZE);
    assertThat(PhdrDescriptor.BYTES).isEqualTo(ElfConstants.PHDR_SIZE);
    assertThat(ShdrDescriptor.BYTES).isEqualTo(ElfConstants.SHDR_SIZE);
    assertThat(SymDescriptor.BYTES).isEqualTo(ElfConstants.SYM_SIZE);
    assertThat(RelaDescriptor.BYTES).isEqualTo(ElfConstants.RELA_SIZE);
    assertThat(DynDescriptor.BYTES).isEqualTo(ElfConstants.DYN_SIZE);
    assertThat(EhFrameHdrDescriptor.TABLE).isEqualTo(12);
  }

  @Test
  void aProgramHeaderKeepsEachFieldInItsPlace() {
    PhdrDescriptor.put(segment, AT, 1, 5, 0x1000, 0x401000, 0x401001, 0x20, 0x30, 0x1000);
    assertThat(hex(PhdrDescriptor.BYTES))
        .isEqualTo(
            "0100000005000000"
                + "0010000000000000"
                + "0010400000000000"
                + "0110400000000000"
                + "2000000000000000"
                + "3000000000000000"
                + "0010000000000000");
    PhdrDescriptor.filesz(segment, AT, 0x21);
    PhdrDescriptor.memsz(segment, AT, 0x31);
    assertThat(PhdrDescriptor.type(segment, AT)).isEqualTo(1);
    assertThat(PhdrDescriptor.flags(segment, AT)).isEqualTo(5);
    assertThat(PhdrDescriptor.offset(segment, AT)).isEqualTo(0x1000);
    assertThat(PhdrDescriptor.vaddr(segment, AT)).isEqualTo(0x401000);
    assertThat(PhdrDescriptor.paddr(segment, AT)).isEqualTo(0x401001);
    assertThat(PhdrDescriptor.filesz(segment, AT)).isEqualTo(0x21);
    assertThat(PhdrDescriptor.memsz(segment, AT)).isEqualTo(0x31);
    assertThat(PhdrDescriptor.align(segment, AT)).isEqualTo(0x1000);
  }

  @Test
  void aSectionHeaderKeepsEachFieldInItsPlace() {
    ShdrDescriptor.put(segment, AT, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
    assertThat(hex(ShdrDescriptor.BYTES))
        .isEqualTo(
            "0100000002000000"
                + "0300000000000000"
                + "0400000000000000"
                + "0500000000000000"
                + "0600000000000000"
                + "0700000008000000"
                + "0900000000000000"
                + "0a00000000000000");
    ShdrDescriptor.info(segment, AT, 80);
    ShdrDescriptor.size(segment, AT, 60);
    assertThat(ShdrDescriptor.info(segment, AT)).isEqualTo(80);
    assertThat(ShdrDescriptor.size(segment, AT)).isEqualTo(60);
    assertThat(ShdrDescriptor.link(segment, AT)).isEqualTo(7);
    assertThat(ShdrDescriptor.addralign(segment, AT)).isEqualTo(9);
  }

  @Test
  void aSymbolKeepsEachFieldInItsPlace() {
    SymDescriptor.put(segment, AT, 0x11, 0x12, 2, 0xfff1, 0x1122334455667788L, 9);
    assertThat(hex(SymDescriptor.BYTES))
        .isEqualTo("11000000" + "12" + "02" + "f1ff" + "8877665544332211" + "0900000000000000");
    assertThat(SymDescriptor.shndx(segment, AT)).as("unsigned").isEqualTo(0xfff1);
    SymDescriptor.info(segment, AT, 0xa1);
    assertThat(SymDescriptor.info(segment, AT)).as("unsigned").isEqualTo(0xa1);
    SymDescriptor.value(segment, AT, -1);
    assertThat(SymDescriptor.value(segment, AT)).isEqualTo(-1);
    assertThat(SymDescriptor.other(segment, AT)).isEqualTo(2);
    assertThat(SymDescriptor.size(segment, AT)).isEqualTo(9);
  }

  @Test
  void aRelocationPacksSymbolAndKind() {
    long info = RelaDescriptor.info(0xffff_fffe, ElfConstants.R_X86_64_GLOB_DAT);
    RelaDescriptor.put(segment, AT, 0x4000, info, -4);
    assertThat(hex(RelaDescriptor.BYTES))
        .isEqualTo("0040000000000000" + "06000000feffffff" + "fcffffffffffffff");
    assertThat(RelaDescriptor.symbol(info)).isEqualTo(0xffff_fffe);
    assertThat(RelaDescriptor.kind(info)).isEqualTo(ElfConstants.R_X86_64_GLOB_DAT);
    assertThat(RelaDescriptor.info(0, -1)).as("no sign extension").isEqualTo(0xffff_ffffL);
    RelaDescriptor.addend(segment, AT, 12);
    assertThat(RelaDescriptor.addend(segment, AT)).isEqualTo(12);
  }

  @Test
  void aDynamicEntryIsATagAndAValue() {
    DynDescriptor.put(segment, AT, ElfConstants.DT_GNU_HASH, 0x400300);
    assertThat(hex(DynDescriptor.BYTES)).isEqualTo("f5feff6f00000000" + "0003400000000000");
    DynDescriptor.value(segment, AT, 7);
    assertThat(DynDescriptor.tag(segment, AT)).isEqualTo(ElfConstants.DT_GNU_HASH);
    assertThat(DynDescriptor.value(segment, AT)).isEqualTo(7);
  }

  @Test
  void unwindHeaderPointsToTheFrames() {
    EhFrameHdrDescriptor.put(segment, AT, 0x402000, 0x401ff0, 3);
    assertThat(hex(EhFrameHdrDescriptor.TABLE)).isEqualTo("011b033b" + "ecffffff" + "03000000");
    EhFrameHdrDescriptor.entries(segment, AT, 4);
    assertThat(EhFrameHdrDescriptor.entries(segment, AT)).isEqualTo(4);
    EhFrameHdrDescriptor.put(segment, AT, 0, (1L << 40) + 0x24, 3);
    assertThat(hex(EhFrameHdrDescriptor.TABLE)).isEqualTo("011b033b" + "20000000" + "03000000");
  }

  @Test
  void aFileHeaderStartsWithTheMagicNumber() {
    Arrays.fill(bytes, (byte) 0xee);
    EhdrDescriptor.put(segment, AT, 3, ElfConstants.ET_DYN, ElfConstants.EM_X86_64, 0, 0x1040);
    EhdrDescriptor.programHeaders(segment, AT, 64, 11);
    assertThat(hex(EhdrDescriptor.BYTES))
        .isEqualTo(
            "7f454c46020101030000000000000000"
                + "03003e0001000000"
                + "4010000000000000"
                + "4000000000000000"
                + "0000000000000000"
                + "00000000"
                + "4000"
                + "3800"
                + "0b00"
                + "0000"
                + "0000"
                + "0000");
    EhdrDescriptor.entry(segment, AT, 0x2000);
    assertThat(EhdrDescriptor.entry(segment, AT)).isEqualTo(0x2000);
    assertThat(EhdrDescriptor.phoff(segment, AT)).isEqualTo(64);
    assertThat(EhdrDescriptor.phnum(segment, AT)).isEqualTo(11);
  }

  @Test
  void fewSectionsAreCountedInTheFileHeader() {
    EhdrDescriptor.sectionHeaders(segment, 0, 64, 0x2000, 0xfeff, 0xfefe);
    assertThat(EhdrDescriptor.shoff(segment, 0)).isEqualTo(0x2000);
    assertThat(EhdrDescriptor.shnum(segment, 0)).isEqualTo(0xfeff);
    assertThat(ShdrDescriptor.size(segment, 64)).isZero();
    assertThat(ShdrDescriptor.link(segment, 64)).isZero();
  }

  @Test
  void manySectionsAreCountedInSectionHeaderZero() {
    EhdrDescriptor.sectionHeaders(segment, 0, 64, 0x2000, 70_000, 69_999);
    assertThat(EhdrDescriptor.shnum(segment, 0)).isZero();
    assertThat(ShdrDescriptor.size(segment, 64)).isEqualTo(70_000);
    assertThat(ShdrDescriptor.link(segment, 64)).isEqualTo(69_999);
    EhdrDescriptor.sectionHeaders(segment, 0, 64, 0x2000, 70_000, 5);
    assertThat(ShdrDescriptor.link(segment, 64)).isZero();
  }

  @Test
  void numbersThatNoHeaderCanHoldAreRefused() {
    assertThatThrownBy(() -> EhdrDescriptor.programHeaders(segment, 0, 64, 0xffff))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> EhdrDescriptor.sectionHeaders(segment, 0, 64, 0, 3, 3))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void readelfUnderstandsAFileOfHeaders(@TempDir Path directory) throws Exception {
    byte[] file = new byte[64 + 56 + 2 * 64 + 16];
    MemorySegment out = MemorySegment.ofArray(file);
    EhdrDescriptor.put(out, 0, 0, ElfConstants.ET_EXEC, ElfConstants.EM_X86_64, 0, 0x400078);
    EhdrDescriptor.programHeaders(out, 0, 64, 1);
    PhdrDescriptor.put(
        out, 64, ElfConstants.PT_LOAD, ElfConstants.PF_R, 0, 0x400000, 0x400000, 120, 200, 0x1000);
    EhdrDescriptor.sectionHeaders(out, 0, 120, 120, 2, 1);
    ShdrDescriptor.put(out, 184, 1, ElfConstants.SHT_STRTAB, 0, 0, 248, 11, 0, 0, 1, 0);
    MemorySegment.copy(MemorySegment.ofArray("\0.shstrtab\0".getBytes(UTF_8)), 0, out, 248, 11);
    Path path = Files.write(directory.resolve("headers"), file);
    String text = readelf(path);
    assertThat(text)
        .contains("EXEC (Executable file)")
        .contains("Advanced Micro Devices X86-64")
        .contains("0x400078")
        .containsPattern("LOAD +0x000000 0x0000000000400000 0x0000000000400000 0x000078 0x0000c8")
        .containsPattern("\\.shstrtab +STRTAB +0000000000000000 0000f8 00000b")
        .doesNotContain("rror")
        .doesNotContain("arning");
  }

  private static String readelf(Path path) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder("readelf", "-hlSW", path.toString()).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(text).isZero();
    return text;
  }

  /** The bytes of the record, after a check that nothing around it was written. */
  private String hex(int size) {
    byte outside = bytes[0];
    assertThat(bytes[AT - 1]).isEqualTo(outside);
    assertThat(bytes[AT + size]).isEqualTo(outside);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < size; i++) {
      text.append("%02x".formatted(bytes[AT + i]));
    }
    return text.toString();
  }
}
