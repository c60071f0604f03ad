package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.STB_GLOBAL;
import static dev.linkd.object.ElfConstants.STB_WEAK;
import static dev.linkd.object.ElfConstants.STV_DEFAULT;
import static dev.linkd.object.ElfConstants.STV_HIDDEN;
import static dev.linkd.object.ElfConstants.STV_INTERNAL;
import static dev.linkd.object.ElfConstants.STV_PROTECTED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What symbol tables say of names that they refer to. */
class ReferenceCountsTest {
  private final ReferenceCounts counts = new ReferenceCounts();

  @AfterEach
  void close() {
    counts.close();
  }

  private static int info(int binding, int visibility) {
    return binding << 4 | visibility << 8;
  }

  @Test
  void aWeakReferenceRequiresNothing() {
    counts.add(5, info(STB_WEAK, STV_DEFAULT), 1);
    assertThat(counts.required(5)).isFalse();
    counts.add(5, info(STB_GLOBAL, STV_DEFAULT), 1);
    assertThat(counts.required(5)).isTrue();
    assertThat(counts.required(4)).isFalse();
    counts.add(5, info(STB_GLOBAL, STV_DEFAULT), -1);
    assertThat(counts.required(5)).isFalse();
  }

  @Test
  void theMostConstrainingVisibilityCounts() {
    counts.add(1, info(STB_GLOBAL, STV_PROTECTED), 1);
    counts.add(1, info(STB_GLOBAL, STV_HIDDEN), 1);
    counts.add(1, info(STB_WEAK, STV_INTERNAL), 1);
    assertThat(counts.visibility(1)).isEqualTo(STV_INTERNAL);
    assertThat(counts.visibility(2)).isEqualTo(STV_DEFAULT);
    counts.add(1, info(STB_WEAK, STV_INTERNAL), -1);
    assertThat(counts.visibility(1)).isEqualTo(STV_HIDDEN);
    counts.add(1, info(STB_GLOBAL, STV_HIDDEN), -1);
    assertThat(counts.visibility(1)).isEqualTo(STV_PROTECTED);
    counts.add(1, info(STB_GLOBAL, STV_PROTECTED), -1);
    assertThat(counts.visibility(1)).isEqualTo(STV_DEFAULT);
  }

  @Test
  void whatWasNotCountedCannotBeTakenBack() {
    assertThatThrownBy(() -> counts.add(1, info(STB_GLOBAL, STV_DEFAULT), -1))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> counts.add(1, info(STB_WEAK, STV_HIDDEN), -1))
        .isInstanceOf(IllegalStateException.class);
  }
}
