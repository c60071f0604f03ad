package dev.linkd.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.linkd.diag.LinkException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Splitting of constants and strings; every offset is looked up. */
class MergePiecesTest {
  @TempDir Path directory;

  private MergePieces pieces(String flags, String content) throws LinkException {
    Path file =
        Tools.compile(directory, "merge.s", ".section .rodata.m," + flags + "\n" + content + "\n");
    ElfObject object = ElfObject.parse("merge.o", Tools.read(file));
    int section = EhFramesTest.section(object, ".rodata.m");
    assertThat(MergePieces.mergeable(object, section)).isTrue();
    return MergePieces.split(object, section);
  }

  private static List<Integer> starts(MergePieces pieces) {
    List<Integer> starts = new ArrayList<>();
    int end = 0;
    for (int i = 0; i < pieces.count(); i++) {
      assertThat(pieces.start(i)).isEqualTo(end);
      end += pieces.size(i);
      starts.add(pieces.start(i));
      for (int offset = pieces.start(i); offset < end; offset++) {
        assertThat(pieces.pieceAt(offset)).isEqualTo(i);
      }
    }
    assertThat(pieces.pieceAt(end)).isEqualTo(pieces.count() - 1);
    assertThat(pieces.pieceAt(-4)).isZero();
    assertThat(pieces.pieceAt(Long.MIN_VALUE)).isZero();
    return starts;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 8, 16, 32})
  void constantsHaveOneSize(int size) throws LinkException {
    MergePieces pieces = pieces("\"aM\",@progbits," + size, ".fill " + 5 * size + ",1,7");
    assertThat(starts(pieces)).containsExactly(0, size, 2 * size, 3 * size, 4 * size);
    assertThat(pieces.strings()).isFalse();
    assertThat(pieces.entrySize()).isEqualTo(size);
  }

  @Test
  void stringsEndWithNul() throws LinkException {
    MergePieces pieces =
        pieces("\"aMS\",@progbits,1", ".asciz \"one\", \"\", \"a longer string\", \"x\"");
    assertThat(starts(pieces)).containsExactly(0, 4, 5, 21);
    assertThat(pieces.size(2)).isEqualTo(16);
  }

  @Test
  void wideCharactersHaveWideTerminators() throws LinkException {
    MergePieces two = pieces("\"aMS\",@progbits,2", ".short 'a', 0x100, 0, 0, 'b', 0");
    assertThat(starts(two)).containsExactly(0, 6, 8);
    MergePieces four = pieces("\"aMS\",@progbits,4", ".long 0x10000, 0, 'b', 'c', 0");
    assertThat(starts(four)).containsExactly(0, 8);
  }

  @Test
  void alignedStringsKeepTheirAlignment() throws LinkException {
    MergePieces pieces =
        pieces("\"aMS\",@progbits,1", ".balign 8\n.asciz \"ab\"\n.balign 8\n.asciz \"cd\"");
    List<Long> alignments = new ArrayList<>();
    for (int i = 0; i < pieces.count(); i++) {
      alignments.add(pieces.alignment(i));
    }
    assertThat(starts(pieces)).containsExactly(0, 3, 4, 5, 6, 7, 8);
    assertThat(alignments).containsExactly(8L, 1L, 4L, 1L, 2L, 1L, 8L);
  }

  @Test
  void emptySectionHasNoPieces() throws LinkException {
    assertThat(pieces("\"aMS\",@progbits,1", "").count()).isZero();
    assertThat(pieces("\"aM\",@progbits,8", "").pieceAt(0)).isEqualTo(-1);
  }

  @Test
  void randomStringsAgreeWithANaiveSplit() throws LinkException {
    long seed = System.nanoTime();
    System.out.println("MergePiecesTest seed " + seed);
    Random random = new Random(seed);
    StringBuilder text = new StringBuilder();
    List<Integer> expected = new ArrayList<>();
    int at = 0;
    for (int i = 0; i < 300; i++) {
      int length = random.nextInt(20);
      expected.add(at);
      text.append(".asciz \"").append("q".repeat(length)).append("\"\n");
      at += length + 1;
    }
    assertThat(starts(pieces("\"aMS\",@progbits,1", text.toString()))).isEqualTo(expected);
  }

  @Test
  void damageIsReported() {
    assertThatThrownBy(() -> pieces("\"aMS\",@progbits,1", ".ascii \"endless\""))
        .isInstanceOf(LinkException.class)
        .hasMessageStartingWith("merge.o:(.rodata.m+0x6)")
        .hasMessageContaining("does not end");
    assertThatThrownBy(() -> pieces("\"aMS\",@progbits,4", ".long 0\n.long 0x100"))
        .hasMessageContaining("does not end");
  }

  @Test
  void constantsMustFillTheSection() throws Exception {
    Path file =
        Tools.compile(directory, "odd.s", ".section .rodata.m,\"aM\",@progbits,8\n.quad 1, 2\n");
    Patch patch = new Patch(file);
    int s = patch.section(".rodata.m");
    patch.putLong(patch.sectionHeader(s) + 32, 12);
    ElfObject odd = patch.parse();
    assertThatThrownBy(() -> MergePieces.split(odd, s)).hasMessageContaining("not a multiple of 8");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"a\",@progbits",
        "\"awM\",@progbits,8",
        "\"aM\",@progbits,3",
        "\"aM\",@progbits,64",
        "\"aMS\",@progbits,8"
      })
  void otherSectionsStayWhole(String flags) throws LinkException {
    Path file = Tools.compile(directory, "whole.s", ".section .rodata.m," + flags + "\n.quad 1\n");
    ElfObject whole = ElfObject.parse("whole.o", Tools.read(file));
    assertThat(MergePieces.mergeable(whole, EhFramesTest.section(whole, ".rodata.m"))).isFalse();
  }

  @Test
  void relocatedConstantsStayWhole() throws LinkException {
    Path file =
        Tools.compile(directory, "r.s", ".section .rodata.m,\"aM\",@progbits,8\n.quad main\n");
    ElfObject whole = ElfObject.parse("r.o", Tools.read(file));
    assertThat(MergePieces.mergeable(whole, EhFramesTest.section(whole, ".rodata.m"))).isFalse();
  }
}
