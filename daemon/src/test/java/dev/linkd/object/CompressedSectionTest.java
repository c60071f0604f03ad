package dev.linkd.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.linkd.diag.Code;
import dev.linkd.diag.LinkException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compressed debug sections against the same sections without compression. */
class CompressedSectionTest {
  @TempDir Path directory;
  private Path packed = Path.of("");

  @BeforeEach
  void compile() {
    packed = Samples.c(directory, "-O1", "-g", "-gz=zlib");
  }

  private static byte[] inflate(ElfObject object, int s) throws LinkException {
    byte[] bytes = new byte[(int) CompressedSection.size(object, s)];
    CompressedSection.inflate(object, s, MemorySegment.ofArray(bytes));
    return bytes;
  }

  @Test
  void whatComesOutIsWhatWentIn() throws Exception {
    Tools.run(directory, "objcopy", "--decompress-debug-sections", packed.toString(), "plain.o");
    compare(ElfObject.parse("packed.o", Tools.read(packed)));
  }

  @Test
  void zstdIsUnpackedToo() throws Exception {
    Path plain = Samples.c(directory, "-O1", "-g");
    Tools.run(directory, "cp", plain.toString(), "plain.o");
    Tools.run(directory, "objcopy", "--compress-debug-sections=zstd", "plain.o", "packed-zstd.o");
    compare(ElfObject.parse("zstd.o", Tools.read(directory.resolve("packed-zstd.o"))));
  }

  private void compare(ElfObject compressed) throws Exception {
    ElfObject plain = ElfObject.parse("plain.o", Tools.read(directory.resolve("plain.o")));
    int seen = 0;
    for (int s = 1; s < compressed.sections(); s++) {
      if ((compressed.sectionFlags(s) & ElfConstants.SHF_COMPRESSED) != 0) {
        int other = EhFramesTest.section(plain, compressed.sectionName(s));
        byte[] expected = plain.sectionBytes(other).toArray(ValueLayout.JAVA_BYTE);
        assertThat(inflate(compressed, s)).isEqualTo(expected);
        assertThat(compressed.relocationCount(s)).isEqualTo(plain.relocationCount(other));
        seen++;
      }
    }
    assertThat(seen).isGreaterThan(2);
  }

  private void refused(Code code, String reason, int field, long value) throws LinkException {
    Patch patch = new Patch(packed);
    int s = patch.section(".debug_info");
    patch.putLong(patch.content(s) + field, value);
    ElfObject damaged = patch.parse();
    assertThatThrownBy(() -> inflate(damaged, s))
        .hasMessageStartingWith("bad.o:(.debug_info")
        .hasMessageContaining(reason)
        .satisfies(e -> assertThat(((LinkException) e).diagnostic().code()).isEqualTo(code));
  }

  @Test
  void damageIsReported() throws Exception {
    ElfObject original = new Patch(packed).original();
    long size = original.contentSize(EhFramesTest.section(original, ".debug_info"));
    refused(Code.UNSUPPORTED_INPUT, "method 3", 0, 3);
    refused(Code.MALFORMED_INPUT, "is damaged", 0, ElfConstants.ELFCOMPRESS_ZSTD);
    refused(Code.MALFORMED_INPUT, "cannot come out", 8, 1L << 40);
    refused(Code.MALFORMED_INPUT, "does not have the size", 8, size + 1);
    refused(Code.MALFORMED_INPUT, "is damaged", 24, 0);
    refused(Code.MALFORMED_INPUT, "is damaged", 40, -1);
  }

  @Test
  void aStreamThatIsLongerThanItsHeaderSays() throws Exception {
    Patch patch = new Patch(packed);
    int s = patch.section(".debug_str");
    patch.putLong(patch.content(s) + 8, patch.original().contentSize(s) - 1);
    ElfObject damaged = patch.parse();
    assertThatThrownBy(() -> inflate(damaged, s)).hasMessageContaining("does not have the size");
  }

  @Test
  void randomDamageIsFoundOrHarmless() throws Exception {
    byte[] base = Tools.read(packed).toArray(ValueLayout.JAVA_BYTE);
    ElfObject original = ElfObject.parse("base.o", MemorySegment.ofArray(base));
    int s = EhFramesTest.section(original, ".debug_info");
    int start = (int) original.sectionOffset(s);
    Fuzz.Outcome outcome =
        new Fuzz()
            .run(
                base,
                new int[] {start, start + (int) original.sectionSize(s)},
                bytes -> {
                  ElfObject object = ElfObject.parse("fuzz.o", bytes);
                  boolean kept =
                      s < object.sections()
                          && (object.sectionFlags(s) & ElfConstants.SHF_COMPRESSED) != 0;
                  if (kept && CompressedSection.size(object, s) < 1 << 20) {
                    inflate(object, s);
                  }
                });
    assertThat(outcome.accepted()).isPositive();
    assertThat(outcome.refused()).isPositive();
  }
}
