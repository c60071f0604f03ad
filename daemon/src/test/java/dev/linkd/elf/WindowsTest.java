package dev.linkd.elf;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Arithmetic of address windows: what moves, what is cut down, and what does not fit. */
class WindowsTest {

  private static final long MIB = 1L << 20;
  private static final long BASE = 0x400000;

  private final Windows windows = new Windows(BASE, 12, 0);

  private static long end(Windows windows, SegmentKind kind) {
    return windows.start(kind) + windows.size(kind);
  }

  private static void noOverlaps(Windows windows) {
    SegmentKind[] kinds = SegmentKind.values();
    for (int k = 1; k < kinds.length; k++) {
      assertThat(windows.start(kinds[k]))
          .as("%s begins behind %s", kinds[k], kinds[k - 1])
          .isGreaterThanOrEqualTo(end(windows, kinds[k - 1]));
    }
  }

  @Test
  void everyKindBeginsWithRoomAndAllReachEachOther() {
    noOverlaps(windows);
    assertThat(windows.start(SegmentKind.HEADERS)).isEqualTo(BASE);
    assertThat(windows.size(SegmentKind.TEXT)).isEqualTo(256 * MIB);
    assertThat(end(windows, SegmentKind.BSS)).isEqualTo(BASE + Windows.REACH);
    assertThat(windows.start(SegmentKind.LARGE_RODATA))
        .isGreaterThanOrEqualTo(BASE + Windows.REACH);
    assertThat(windows.fit()).isTrue();
  }

  @Test
  void anOutgrownWindowMovesOnlyWhatIsBehindIt() {
    long rodata = windows.start(SegmentKind.RODATA);
    long text = windows.start(SegmentKind.TEXT);
    long data = windows.start(SegmentKind.DATA);
    windows.need(SegmentKind.TEXT, 300 * MIB, 12);
    assertThat(windows.fit()).isFalse();
    assertThat(windows.plan()).isTrue();
    assertThat(windows.fit()).isTrue();
    noOverlaps(windows);
    assertThat(windows.start(SegmentKind.RODATA)).isEqualTo(rodata);
    assertThat(windows.start(SegmentKind.TEXT)).isEqualTo(text);
    assertThat(windows.size(SegmentKind.TEXT)).isEqualTo(450 * MIB);
    assertThat(windows.start(SegmentKind.DATA)).isEqualTo(data + 194 * MIB);
  }

  @Test
  void whenTwoGibibytesAreScarceAllWindowsAreCutDown() {
    windows.need(SegmentKind.TEXT, 100 * MIB, 12);
    windows.need(SegmentKind.BSS, 1536 * MIB, 12);
    assertThat(windows.plan()).isTrue();
    noOverlaps(windows);
    assertThat(windows.size(SegmentKind.TEXT)).isEqualTo(125 * MIB);
    assertThat(windows.start(SegmentKind.BSS) + 1536 * MIB)
        .isLessThanOrEqualTo(BASE + Windows.REACH);
    assertThat(windows.fit()).isTrue();
  }

  @Test
  void theLastPageIsUsed() {
    windows.need(SegmentKind.TEXT, 1900 * MIB, 12);
    assertThat(windows.plan()).isTrue();
    noOverlaps(windows);
    assertThat(windows.size(SegmentKind.TEXT)).isEqualTo(1900 * MIB);
  }

  @Test
  void codeOutOfReachIsRefusedAndNothingChanges() {
    long data = windows.start(SegmentKind.DATA);
    windows.need(SegmentKind.TEXT, 2100 * MIB, 12);
    assertThat(windows.plan()).isFalse();
    assertThat(windows.start(SegmentKind.DATA)).isEqualTo(data);
    windows.clearNeeds();
    assertThat(windows.fit()).isTrue();
  }

  @Test
  void zeroesMayEndOutOfReachBecauseOnlyTheirStartMatters() {
    windows.need(SegmentKind.BSS, 5000 * MIB, 12);
    windows.need(SegmentKind.LARGE_DATA, MIB, 12);
    assertThat(windows.plan()).isTrue();
    noOverlaps(windows);
    assertThat(windows.fit()).isTrue();
    assertThat(windows.start(SegmentKind.LARGE_RODATA))
        .isGreaterThanOrEqualTo(windows.start(SegmentKind.BSS) + 5000 * MIB);
  }

  @Test
  void alignmentMovesAWindowToo() {
    windows.need(SegmentKind.DATA, 10, 28);
    assertThat(windows.fit()).isFalse();
    assertThat(windows.plan()).isTrue();
    assertThat(windows.start(SegmentKind.DATA) % (1 << 28)).isZero();
    noOverlaps(windows);
  }

  @Test
  void smallWindowsAndLargePagesAreMultiplesOfThePage() {
    Windows small = new Windows(0, 12, 20);
    assertThat(small.size(SegmentKind.TEXT)).isEqualTo(4096);
    noOverlaps(small);
    Windows coarse = new Windows(BASE, 21, 8);
    for (SegmentKind kind : SegmentKind.values()) {
      assertThat(coarse.start(kind) % (1 << 21)).as(kind.name()).isZero();
    }
    noOverlaps(coarse);
  }
}
