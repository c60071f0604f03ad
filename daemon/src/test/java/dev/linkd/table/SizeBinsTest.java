package dev.linkd.table;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SizeBinsTest {

  @Test
  void smallSizesHaveABinEachAndBinsNeverDecrease() {
    for (int size = 1; size < 16; size++) {
      assertThat(SizeBins.of(size)).isEqualTo(size);
    }
    int previous = 0;
    for (long size = 1; size < 1 << 20; size++) {
      int bin = SizeBins.of(size);
      assertThat(bin).isBetween(previous, previous + 1);
      previous = bin;
    }
    assertThat(SizeBins.of(Long.MAX_VALUE)).isEqualTo(SizeBins.COUNT - 1);
  }

  @Test
  void sizesOfOneBinDifferByAtMostAnEighth() {
    long smallest = 16;
    for (long size = 17; size < 1 << 20; size++) {
      if (SizeBins.of(size) != SizeBins.of(smallest)) {
        smallest = size;
      }
      assertThat(size - smallest).isLessThanOrEqualTo(smallest / 8);
    }
  }

  @Test
  void theNextOccupiedBinIsFoundAcrossWords() {
    Bins bins = new Bins();
    assertThat(bins.nextOccupied(0)).isEqualTo(Bins.NONE);
    bins.setHead(0, 7);
    bins.setHead(63, 8);
    bins.setHead(300, 9);
    bins.setHead(SizeBins.COUNT - 1, 10);
    assertThat(bins.nextOccupied(0)).isZero();
    assertThat(bins.nextOccupied(1)).isEqualTo(63);
    assertThat(bins.nextOccupied(64)).isEqualTo(300);
    assertThat(bins.nextOccupied(301)).isEqualTo(SizeBins.COUNT - 1);
    bins.setHead(300, Bins.NONE);
    assertThat(bins.nextOccupied(64)).isEqualTo(SizeBins.COUNT - 1);
    assertThat(bins.nextOccupied(SizeBins.COUNT)).isEqualTo(Bins.NONE);
  }
}
