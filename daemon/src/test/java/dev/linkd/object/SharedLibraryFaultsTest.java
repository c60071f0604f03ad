package dev.linkd.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.linkd.diag.Code;
import dev.linkd.diag.LinkException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One wrong field at a time in the dynamic tables of a shared library. */
class SharedLibraryFaultsTest {
  @TempDir static Path directory;
  private static byte[] original = {};

  private final ByteBuffer bytes = ByteBuffer.wrap(original.clone()).order(ByteOrder.LITTLE_ENDIAN);
  private final InputBytes in = new InputBytes("libv.so", MemorySegment.ofArray(original));

  @BeforeAll
  static void build() throws Exception {
    Files.writeString(directory.resolve("map"), "V1 { global: f; local: *; };");
    Files.writeString(
        directory.resolve("v.c"),
        "extern int puts(const char *); int f(void) { return puts(\"\"); }");
    Tools.run(
        directory,
        "gcc",
        "-shared",
        "-fPIC",
        "-nostartfiles",
        "-Wl,--hash-style=gnu",
        "-Wl,--version-script=map",
        "-Wl,-soname,libv.so.1",
        "-o",
        "libv.so",
        "v.c");
    original = Tools.read(directory.resolve("libv.so")).toArray(ValueLayout.JAVA_BYTE);
  }

  private ElfSegments segments() throws LinkException {
    return ElfSegments.read(in, ElfHeader.read(in));
  }

  /** File offset of the value of a dynamic tag. */
  private int value(long tag) throws LinkException {
    ElfSegments segments = segments();
    int at = (int) segments.fileOffset(segments.find(ElfConstants.PT_DYNAMIC));
    while (bytes.getLong(at) != tag) {
      at += ElfConstants.DYN_SIZE;
    }
    return at + 8;
  }

  /** File offset of the table that a tag points at. */
  private int table(int tag) throws LinkException {
    return (int) segments().offsetOf(bytes.getLong(value(tag)), 1);
  }

  private int programHeader(int type) {
    int at = ElfConstants.EHDR_SIZE;
    while (bytes.getInt(at) != type) {
      at += ElfConstants.PHDR_SIZE;
    }
    return at;
  }

  private void refused(String reason) {
    assertThatThrownBy(() -> SharedLibrary.parse("libv.so", MemorySegment.ofArray(bytes.array())))
        .isInstanceOf(LinkException.class)
        .hasMessageStartingWith("libv.so")
        .hasMessageContaining(reason);
    bytes.put(0, original);
  }

  @Test
  void theOriginalIsFine() throws Exception {
    SharedLibrary library = SharedLibrary.parse("libv.so", MemorySegment.ofArray(original));
    assertThat(library.definedVersions()).containsExactly("V1");
    assertThat(library.soname()).isEqualTo("libv.so.1");
  }

  @Test
  void programHeaders() {
    bytes.putLong(32, Long.MAX_VALUE - 3);
    refused("program header table reaches beyond");
    bytes.putShort(54, (short) 32);
    refused("program headers of 32 bytes");
    bytes.putLong(programHeader(ElfConstants.PT_LOAD) + 32, 1L << 40);
    refused("program header 0 reaches beyond the file");
    bytes.putLong(programHeader(ElfConstants.PT_LOAD) + 16, -4096);
    refused("impossible address range");
    bytes.putLong(programHeader(ElfConstants.PT_LOAD) + 40, 1);
    refused("more bytes than memory");
    bytes.putInt(programHeader(ElfConstants.PT_DYNAMIC), ElfConstants.PT_NULL);
    refused("no dynamic section");
  }

  @Test
  void dynamicSection() throws Exception {
    bytes.putLong(programHeader(ElfConstants.PT_DYNAMIC) + 32, 32);
    refused("does not end with DT_NULL");
    bytes.putLong(value(ElfConstants.DT_STRTAB), 1L << 50);
    refused("not a range of the file");
    bytes.putLong(value(ElfConstants.DT_STRSZ), -1);
    refused("not a range of the file");
    bytes.putLong(value(ElfConstants.DT_STRSZ), bytes.getLong(value(ElfConstants.DT_STRSZ)) - 1);
    refused("does not end with NUL");
    bytes.putLong(value(ElfConstants.DT_SONAME), 1 << 20);
    refused("DT_SONAME has a name outside");
    bytes.putLong(value(ElfConstants.DT_NEEDED), -1);
    refused("DT_NEEDED has a name outside");
    bytes.putLong(value(ElfConstants.DT_SYMENT), 16);
    refused("DT_SYMENT");
    bytes.putLong(value(ElfConstants.DT_SYMTAB), -24);
    refused("DT_SYMTAB does not point");
  }

  @Test
  void hashTable() throws Exception {
    int hash = table(ElfConstants.DT_GNU_HASH);
    bytes.putInt(hash, -1);
    refused("DT_GNU_HASH reaches beyond");
    bytes.putInt(hash + 8, -1);
    refused("DT_GNU_HASH reaches beyond");
    int bucket = hash + 16 + 8 * bytes.getInt(hash + 8);
    for (int b = 0; b < bytes.getInt(hash); b++) {
      bytes.putInt(bucket + 4 * b, 1 << 20);
    }
    refused("bucket of DT_GNU_HASH");
    bytes.putInt(hash + 4, 1 << 20);
    refused("bucket of DT_GNU_HASH");
  }

  @Test
  void symbolsAndVersions() throws Exception {
    bytes.putInt(table(ElfConstants.DT_SYMTAB) + 24, 1 << 20);
    refused("dynamic symbol 1 has a name outside");
    bytes.putShort(table(ElfConstants.DT_VERSYM) + 2, (short) 0x77);
    refused("has version 119, which is not defined");
    bytes.putInt(table(ElfConstants.DT_VERDEF) + 12, -1);
    refused("DT_VERDEF reaches beyond");
    bytes.putInt(table(ElfConstants.DT_VERDEF) + 16, 1 << 30);
    refused("DT_VERDEF reaches beyond");
    bytes.putInt(table(ElfConstants.DT_VERNEED) + 8, -1);
    refused("DT_VERNEED reaches beyond");
    bytes.putInt(table(ElfConstants.DT_VERNEED) + 16 + 8, -1);
    refused("DT_VERNEED has a name outside");
    bytes.putLong(value(ElfConstants.DT_VERDEF), 1);
    refused("DT_VERDEF");
  }

  @Test
  void brokenSectionHeadersAreIgnoredLikeTheDynamicLinkerDoes() throws Exception {
    bytes.putLong(40, Long.MAX_VALUE);
    SharedLibrary library = SharedLibrary.parse("libv.so", MemorySegment.ofArray(bytes.array()));
    assertThat(library.definedVersions()).containsExactly("V1");
  }

  @Test
  void otherMachinesAreIncompatible() {
    bytes.putShort(18, (short) ElfConstants.EM_AARCH64);
    assertThatThrownBy(() -> SharedLibrary.parse("libv.so", MemorySegment.ofArray(bytes.array())))
        .hasMessageContaining("AArch64")
        .satisfies(
            e ->
                assertThat(((LinkException) e).diagnostic().code())
                    .isEqualTo(Code.INCOMPATIBLE_INPUT));
  }
}
