package dev.linkd.table;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Heads of free lists by size. */
class BinsTest {
  private final Bins bins = new Bins();

  @Test
  void binsOfSizesThatNobodyFreedTakeNoMemory() {
    assertThat(bins.bytes()).isZero();
    assertThat(bins.head(SizeBins.COUNT - 1)).isEqualTo(Bins.NONE);
    bins.setHead(SizeBins.of(100), 5);
    assertThat(bins.bytes()).isLessThanOrEqualTo(256);
    assertThat(bins.head(SizeBins.of(100))).isEqualTo(5);
    assertThat(bins.head(SizeBins.of(101) + 1)).isEqualTo(Bins.NONE);
  }

  @Test
  void theNextOccupiedBinIsFoundInAllOfThem() {
    assertThat(bins.nextOccupied(0)).isEqualTo(Bins.NONE);
    bins.setHead(SizeBins.COUNT - 1, 3);
    bins.setHead(70, 1);
    assertThat(bins.nextOccupied(0)).isEqualTo(70);
    assertThat(bins.nextOccupied(71)).isEqualTo(SizeBins.COUNT - 1);
    assertThat(bins.head(SizeBins.COUNT - 1)).isEqualTo(3);
    bins.setHead(SizeBins.COUNT - 1, Bins.NONE);
    assertThat(bins.nextOccupied(71)).isEqualTo(Bins.NONE);
  }
}
