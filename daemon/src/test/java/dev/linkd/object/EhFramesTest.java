package dev.linkd.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.linkd.diag.LinkException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Unwind tables of compiled code against readelf, and handmade ones. */
class EhFramesTest {
  @TempDir Path directory;

  static int section(ElfObject object, String name) {
    for (int s = 1; s < object.sections(); s++) {
      if (object.sectionNameIs(s, name)) {
        return s;
      }
    }
    throw new AssertionError("no section " + name);
  }

  private static final Pattern RECORD =
      Pattern.compile(
          "(\\p{XDigit}{8}) (\\p{XDigit}{16}) \\p{XDigit}{8} (CIE|FDE(?: cie=(\\p{XDigit}+))?).*");

  @Test
  void recordsAreThoseOfReadelf() throws Exception {
    for (Path file :
        List.of(Samples.c(directory), Samples.cxx(directory, "-O1"), Tools.library("crt1.o"))) {
      ElfObject object = ElfObject.parse(file.toString(), Tools.read(file));
      EhFrames frames = EhFrames.split(object, section(object, ".eh_frame"));
      List<String> expected = new ArrayList<>();
      String dump = Tools.run(directory, "readelf", "-W", "--debug-dump=frames", file.toString());
      for (String line : dump.split("\n")) {
        Matcher m = RECORD.matcher(line);
        if (m.matches()) {
          expected.add(
              Long.parseLong(m.group(1), 16)
                  + " "
                  + (Long.parseLong(m.group(2), 16) + 4)
                  + " "
                  + (m.group(4) == null ? "CIE" : Long.toString(Long.parseLong(m.group(4), 16))));
        }
      }
      List<String> actual = new ArrayList<>();
      for (int r = 0; r < frames.count(); r++) {
        String kind = frames.isCie(r) ? "CIE" : Integer.toString(frames.offset(frames.cie(r)));
        actual.add(frames.offset(r) + " " + frames.size(r) + " " + kind);
        assertThat(frames.recordAt(frames.offset(r))).isEqualTo(r);
      }
      assertThat(actual).isEqualTo(expected).hasSizeGreaterThan(1);
      assertThat(frames.recordAt(3)).isEqualTo(EhFrames.NONE);
    }
  }

  @Test
  void relocationsBelongToTheRecordTheyLieIn() throws Exception {
    Path file = Samples.cxx(directory, "-O1");
    ElfObject object = ElfObject.parse(file.toString(), Tools.read(file));
    int s = section(object, ".eh_frame");
    EhFrames frames = EhFrames.split(object, s);
    int personalities = 0;
    int lsdas = 0;
    int total = 0;
    for (int record = 0; record < frames.count(); record++) {
      List<Long> offsets = new ArrayList<>();
      for (int i = 0; i < frames.relocations(record); i++) {
        offsets.add(object.relocationOffset(s, frames.relocation(record, i)));
      }
      total += offsets.size();
      assertThat(offsets)
          .isSorted()
          .allMatch(between(frames.offset(record), frames.offset(record) + frames.size(record)));
      if (frames.isCie(record)) {
        if (frames.personality(record) != EhFrames.NONE) {
          personalities++;
          assertThat(offsets).containsExactly((long) frames.personality(record));
        }
      } else {
        assertThat(offsets.getFirst()).isEqualTo(frames.codeStart(record));
        assertThat(frames.fdeEncoding(frames.cie(record)))
            .isEqualTo(EhEncoding.DW_EH_PE_PCREL | EhEncoding.DW_EH_PE_SDATA4);
        boolean hasLsda = frames.lsdaEncoding(frames.cie(record)) != EhEncoding.DW_EH_PE_OMIT;
        assertThat(frames.lsda(record) != EhFrames.NONE).isEqualTo(hasLsda);
        if (hasLsda) {
          lsdas++;
          assertThat(offsets).hasSize(2).last().isEqualTo((long) frames.lsda(record));
        }
      }
    }
    assertThat(total).isEqualTo(object.relocationCount(s));
    assertThat(personalities).isPositive();
    assertThat(lsdas).isPositive();
  }

  private static Predicate<Long> between(long from, long to) {
    return value -> value >= from && value < to;
  }

  @Test
  void terminatorOfTheLastObjectIsKnown() throws Exception {
    Path file = Tools.library("crtend.o");
    ElfObject object = ElfObject.parse(file.toString(), Tools.read(file));
    EhFrames frames = EhFrames.split(object, section(object, ".eh_frame"));
    assertThat(frames.count()).isZero();
    assertThat(frames.terminator()).isZero();
  }

  /** CIE of 20 bytes with augmentation "zR", then whatever follows. */
  private static final String CIE =
      """
      .section .eh_frame,"a",@unwind
      .long 16, 0
      .byte 1
      .asciz "zR"
      .byte 1, 0x78, 16, 1, 0x1b, 0, 0, 0
      """;

  private EhFrames assembled(String text) throws LinkException {
    Path file = Tools.compile(directory, "frame.s", text);
    ElfObject object = ElfObject.parse("frame.o", Tools.read(file));
    return EhFrames.split(object, section(object, ".eh_frame"));
  }

  private void refused(String text, String reason) {
    assertThatThrownBy(() -> assembled(text))
        .isInstanceOf(LinkException.class)
        .hasMessageStartingWith("frame.o:(.eh_frame")
        .hasMessageContaining(reason);
  }

  @Test
  void handmadeRecordsAreUnderstood() throws Exception {
    EhFrames frames = assembled(CIE + ".long 16, 24, 1, 2\n.byte 0, 0, 0, 0\n.long 0\n");
    assertThat(frames.count()).isEqualTo(2);
    assertThat(frames.cie(1)).isZero();
    assertThat(frames.fdeEncoding(0)).isEqualTo(0x1b);
    assertThat(frames.lsda(1)).isEqualTo(EhFrames.NONE);
    assertThat(frames.terminator()).isEqualTo(40);
  }

  @Test
  void unorderedRelocationsAreOrdered() throws Exception {
    EhFrames frames =
        assembled(
            CIE
                + """
                .long 16, 24, 1, 2
                .byte 0, 0, 0, 0
                .long 16, 44, 1, 2
                .byte 0, 0, 0, 0
                .reloc 48, R_X86_64_PC32, second
                .reloc 28, R_X86_64_PC32, first
                """);
    assertThat(frames.relocations(0)).isZero();
    assertThat(frames.relocations(1)).isEqualTo(1);
    assertThat(frames.relocations(2)).isEqualTo(1);
    assertThat(frames.relocation(1, 0)).isNotEqualTo(frames.relocation(2, 0));
  }

  @Test
  void damageIsReported() {
    String section = ".section .eh_frame,\"a\",@unwind\n";
    refused(section + ".long 100, 0", "beyond its section");
    refused(section + ".long 0xfffffff0, 0", "beyond its section");
    refused(section + ".long 2, 0", "too short");
    refused(section + ".short 2", "truncated record");
    refused(section + ".long 0xffffffff, 8, 0, 0", "64-bit length");
    refused(section + ".long 12, 4, 0, 0", "does not refer to a CIE");
    refused(section + ".long 12, 400, 0, 0", "does not refer to a CIE");
    refused(CIE + ".long 4, 24", "too short for its code range");
    refused(CIE + ".long 12, 24, 0, 0", "no augmentation length");
    refused(CIE + ".long 16, 24, 0, 0\n.byte 9, 0, 0, 0", "beyond it");
    refused(CIE + ".long 16, 24, 0, 0, 0\n.long 16, 24, 0, 0, 0\n", "does not refer to a CIE");
    refused(CIE + ".long 0, 16", "followed by more records");
    String fde = ".long 16, 24, 1, 2\n.byte 0, 0, 0, 0\n";
    refused(CIE + fde + ".reloc 24, R_X86_64_PC32, f", "in the head of a record");
    refused(CIE + fde + ".reloc 4, R_X86_64_PC32, f", "in the head of a record");
    refused(section + ".long 8, 0\n.byte 9,0,0,0", "CIE of version 9");
    refused(section + ".long 8, 0\n.byte 1,'z','R','R'", "truncated CIE");
    refused(section + ".long 12, 0\n.byte 1,'q',0,1,1,1,0,0", "augmentation 'q'");
    refused(section + ".long 12, 0\n.byte 1,'z','R',0,1,1,1,1\n.byte 1", "beyond it");
    refused(section + ".long 16, 0\n.byte 1,'z','R',0,1,1,1,1,1,0,0,0", "no fixed size");
    refused(section + ".long 16, 0\n.byte 1,'z','R',0,1,1,1,99,1,0,0,0", "beyond it");
    refused(section + ".long 16, 0\n.byte 1,'z','R',0,1,1,1,0,0,0,0,0", "longer than their length");
  }
}
