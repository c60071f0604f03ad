package dev.linkd.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The hash keeps different messages apart and is the same everywhere. */
class HasherTest {

  private static Hash128 of(byte[] bytes) {
    return new Hasher().update(MemorySegment.ofArray(bytes), 0, bytes.length).value();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static Random random() {
    long seed = System.nanoTime();
    System.out.println("HasherTest seed " + seed);
    return new Random(seed);
  }

  /** Stored values must stay valid: the function may not change between versions. */
  @Test
  void valuesAreFixed() {
    assertThat(of(utf8("")).toString()).hasSize(32);
    assertThat(of(utf8(""))).isEqualTo(new Hasher().update(0).value());
    assertThat(of(utf8("linkd")).toString()).isEqualTo("633e891b4503a9dd1092874d9254d2fd");
    assertThat(of(utf8("0123456789".repeat(20))).toString())
        .isEqualTo("d6e0ad73125e3247fd8ce24f66aad859");
  }

  @Test
  void theKindOfMemoryAndItsPositionDoNotMatter() {
    Random random = random();
    for (int length = 0; length < 200; length++) {
      byte[] bytes = new byte[length];
      random.nextBytes(bytes);
      Hash128 expected = of(bytes);
      for (int shift = 0; shift < 9; shift++) {
        try (Arena arena = Arena.ofConfined()) {
          MemorySegment memory = arena.allocate(length + shift + 16L);
          MemorySegment.copy(MemorySegment.ofArray(bytes), 0, memory, shift, length);
          assertThat(new Hasher().update(memory, shift, length).value()).isEqualTo(expected);
        }
      }
    }
  }

  @Test
  void bulkAndSingleWordsAgree() {
    Random random = random();
    for (int words = 0; words < 40; words++) {
      for (int before = 0; before < 5; before++) {
        byte[] bytes = new byte[words * 8];
        random.nextBytes(bytes);
        MemorySegment memory = MemorySegment.ofArray(bytes);
        Hasher bulk = new Hasher();
        Hasher single = new Hasher();
        for (int i = 0; i < before; i++) {
          bulk.update(i);
          single.update(i);
        }
        bulk.update(memory, 0, bytes.length);
        single.update(bytes.length);
        for (int w = 0; w < words; w++) {
          single.update(memory.get(Layouts.LONG, w * 8L));
        }
        assertThat(bulk.value()).isEqualTo(single.value());
      }
    }
  }

  @Test
  void boundariesBetweenPartsCount() {
    MemorySegment abc = MemorySegment.ofArray(utf8("abc"));
    Hash128 first = new Hasher().update(abc, 0, 2).update(abc, 2, 1).value();
    Hash128 second = new Hasher().update(abc, 0, 1).update(abc, 1, 2).value();
    assertThat(first).isNotEqualTo(second).isNotEqualTo(of(utf8("abc")));
    assertThat(of(new byte[3])).isNotEqualTo(of(new byte[4]));
    assertThat(new Hasher().update(0).value())
        .isNotEqualTo(new Hasher().update(0).update(0).value());
  }

  @Test
  void resetForgetsEverything() {
    Hasher hasher = new Hasher();
    Hash128 fresh = hasher.update(7).value();
    hasher.update(8).update(9);
    assertThat(hasher.reset().update(7).value()).isEqualTo(fresh);
    assertThat(new Hash128(hasher.high(), hasher.low())).isEqualTo(fresh);
  }

  @Test
  void rangesOutsideTheSegmentAreRefused() {
    MemorySegment memory = MemorySegment.ofArray(new byte[8]);
    assertThatThrownBy(() -> new Hasher().update(memory, 4, 5))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  /** Each bit of a message changes each bit of the value about half of the time. */
  @Test
  void oneBitChangesHalfOfTheBits() {
    Random random = random();
    for (int length : new int[] {4, 8, 9, 31, 32, 40, 100, 257}) {
      int[] changed = new int[128];
      int trials = 0;
      while (trials < 4000) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        Hash128 before = of(bytes);
        int bit = random.nextInt(length * 8);
        bytes[bit >> 3] ^= (byte) (1 << (bit & 7));
        Hash128 after = of(bytes);
        count(before.high() ^ after.high(), changed, 0);
        count(before.low() ^ after.low(), changed, 64);
        trials++;
      }
      for (int bit = 0; bit < 128; bit++) {
        // 2000 expected, standard deviation 32: six of them leave room for chance.
        assertThat(changed[bit]).as("length %d, bit %d", length, bit).isBetween(1810, 2190);
      }
    }
  }

  private static void count(long difference, int[] counts, int from) {
    for (int i = 0; i < 64; i++) {
      counts[from + i] += (int) (difference >>> i & 1);
    }
  }

  /** Messages that differ in few bits, as objects do between two compilations. */
  @Test
  void similarMessagesHaveNoCommonHalves() {
    Set<Long> high = new HashSet<>();
    Set<Long> low = new HashSet<>();
    int messages = 0;
    byte[] bytes = new byte[96];
    for (int i = 0; i < 768; i++) {
      for (int j = i; j < 768; j++) {
        bytes[i >> 3] ^= (byte) (1 << (i & 7));
        bytes[j >> 3] ^= (byte) (j == i ? 0 : 1 << (j & 7));
        Hash128 value = of(bytes);
        high.add(value.high());
        low.add(value.low());
        messages++;
        bytes[i >> 3] ^= (byte) (1 << (i & 7));
        bytes[j >> 3] ^= (byte) (j == i ? 0 : 1 << (j & 7));
      }
    }
    assertThat(high).hasSize(messages);
    assertThat(low).hasSize(messages);
  }

  @Test
  void wordsInAnotherOrderAreAnotherMessage() {
    Set<Hash128> values = new HashSet<>();
    int messages = 0;
    for (long a = 0; a < 30; a++) {
      for (long b = 0; b < 30; b++) {
        for (long c = 0; c < 30; c++) {
          values.add(new Hasher().update(a).update(b).update(0).update(0).update(c).value());
          messages++;
        }
      }
    }
    assertThat(values).hasSize(messages);
  }

  @Test
  void hashingIsFast() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(16 << 20);
      Hasher hasher = new Hasher();
      long best = Long.MAX_VALUE;
      for (int i = 0; i < 40; i++) {
        long start = System.nanoTime();
        hasher.reset().update(memory, 0, memory.byteSize());
        best = Math.min(best, System.nanoTime() - start);
      }
      double rate = memory.byteSize() / (double) best;
      System.out.printf("hashed %.1f GB/s%n", rate);
      assertThat(rate).as("GB/s, generous for a busy machine").isGreaterThan(0.3);
    }
  }
}
