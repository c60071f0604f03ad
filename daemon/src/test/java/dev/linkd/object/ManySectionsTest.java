package dev.linkd.object;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Objects whose numbers do not fit the 16-bit fields of the header and of symbols. */
class ManySectionsTest {
  private static final int FUNCTIONS = 40_000;

  @TempDir static Path directory;
  private static MemorySegment bytes;

  @BeforeAll
  static void assemble() {
    StringBuilder text = new StringBuilder();
    for (int f = 0; f < FUNCTIONS; f++) {
      text.append(".section .text.f").append(f).append(",\"ax\",@progbits\n.globl f").append(f);
      text.append("\nf").append(f).append(": call f").append((f + 1) % FUNCTIONS).append('\n');
    }
    bytes = Tools.read(Tools.compile(directory, "many.s", text.toString()));
  }

  @Test
  void countsComeFromSectionZero() throws Exception {
    assertThat(Bytes.u16(bytes, 60)).as("e_shnum").isZero();
    assertThat(Bytes.u16(bytes, 62)).as("e_shstrndx").isEqualTo(ElfConstants.SHN_XINDEX);
    ElfObject object = ElfObject.parse("many.o", bytes);
    assertThat(object.sections()).isGreaterThan(2 * FUNCTIONS);
    assertThat(object.sectionSize(0)).isZero();
    assertThat(object.sectionBytes(0).byteSize()).isZero();
  }

  @Test
  void symbolsFindTheirSectionThroughExtendedIndexes() throws Exception {
    ElfObject object = ElfObject.parse("many.o", bytes);
    int seen = 0;
    for (int y = object.firstGlobal(); y < object.symbols(); y++) {
      int s = object.symbolSection(y);
      assertThat(object.sectionName(s)).isEqualTo(".text." + object.symbolName(y));
      assertThat(object.relocationCount(s)).isEqualTo(1);
      int next = Integer.parseInt(object.symbolName(y).substring(1)) + 1;
      assertThat(object.symbolName(object.relocationSymbol(s, 0)))
          .isEqualTo("f" + next % FUNCTIONS);
      seen += s > 0xffff ? 1 : 0;
    }
    assertThat(object.symbols() - object.firstGlobal()).isEqualTo(FUNCTIONS);
    assertThat(seen).as("symbols beyond section 65535").isGreaterThan(1000);
  }

  @Test
  void parsingIsFast() throws Exception {
    long best = Long.MAX_VALUE;
    for (int i = 0; i < 20; i++) {
      long start = System.nanoTime();
      assertThat(ElfObject.parse("many.o", bytes).symbols()).isPositive();
      best = Math.min(best, System.nanoTime() - start);
    }
    System.out.printf(
        "parsed %,d bytes with %d functions in %,d us%n", bytes.byteSize(), FUNCTIONS, best / 1000);
    assertThat(best).as("nanoseconds, generous for a busy machine").isLessThan(500_000_000L);
  }
}
