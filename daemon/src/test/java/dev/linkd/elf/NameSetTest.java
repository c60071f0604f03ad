package dev.linkd.elf;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NameSetTest {
  private static final int NUMBERS = 2_000;

  private final NameSet names = new NameSet();

  private static MemorySegment bytes(String text) {
    return MemorySegment.ofArray(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void anEmptySetContainsNothing() {
    assertThat(names.contains(bytes("main"), 0, 4)).isFalse();
    assertThat(names.get(bytes("main"), 0, 4)).isEqualTo(NameSet.NONE);
    assertThat(names.contains(bytes(""), 0, 0)).isFalse();
  }

  @Test
  void equalNamesInDifferentSegmentsAreOne() {
    assertThat(names.add(bytes("main"), 0, 4)).isTrue();
    assertThat(names.add(bytes("remainder"), 2, 4)).isFalse();
    assertThat(names.contains(bytes("xmain"), 1, 4)).isTrue();
  }

  @Test
  void aNameIsNeitherItsPrefixNorItsExtension() {
    names.add(bytes("mainly"), 0, 4);
    assertThat(names.contains(bytes("mainly"), 0, 3)).isFalse();
    assertThat(names.contains(bytes("mainly"), 0, 5)).isFalse();
    assertThat(names.contains(bytes("mainly"), 0, 4)).isTrue();
  }

  @Test
  void theEmptyNameIsANameToo() {
    assertThat(names.putIfAbsent(bytes("x"), 1, 0, 9)).isTrue();
    assertThat(names.get(bytes(""), 0, 0)).isEqualTo(9);
  }

  @Test
  void theFirstValueOfANameStays() {
    assertThat(names.putIfAbsent(bytes("f"), 0, 1, 3)).isTrue();
    assertThat(names.putIfAbsent(bytes("f"), 0, 1, 4)).isFalse();
    assertThat(names.get(bytes("f"), 0, 1)).isEqualTo(3);
  }

  @Test
  void theHashOfANameServesSeveralSets() {
    int hash = NameSet.hash(bytes("remainder"), 2, 4);
    assertThat(names.add(bytes("main"), 0, 4, hash)).isTrue();
    assertThat(names.add(bytes("main"), 0, 4)).isFalse();
    assertThat(names.get(bytes("main"), 0, 4, hash)).isZero();
  }

  /** Bytes that cannot be read stand for bytes that have to come from the disk. */
  @Test
  void namesWithOtherHashesAreToldApartWithoutTheirBytes() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment gone = arena.allocate(NUMBERS * Integer.BYTES);
      number(gone);
      for (int i = 0; i < NUMBERS / 2; i++) {
        names.putIfAbsent(gone, (long) i * Integer.BYTES, Integer.BYTES, i);
      }
    }

    MemorySegment there = MemorySegment.ofArray(new byte[NUMBERS * Integer.BYTES]);
    number(there);
    for (int i = NUMBERS / 2; i < NUMBERS; i++) {
      long offset = (long) i * Integer.BYTES;
      assertThat(names.contains(there, offset, Integer.BYTES)).isFalse();
      assertThat(names.putIfAbsent(there, offset, Integer.BYTES, i)).isTrue();
      assertThat(names.get(there, offset, Integer.BYTES)).isEqualTo(i);
    }
  }

  private static void number(MemorySegment bytes) {
    for (int i = 0; i < NUMBERS; i++) {
      bytes.setAtIndex(ValueLayout.JAVA_INT_UNALIGNED, i, i);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void behavesLikeAMapWhileItGrows(long seed) {
    Random random = new Random(seed);
    MemorySegment pool = MemorySegment.ofArray(new byte[4096]);
    for (int i = 0; i < 4096; i++) {
      pool.set(ValueLayout.JAVA_BYTE, i, (byte) ('a' + random.nextInt(3)));
    }
    Map<String, Integer> model = new HashMap<>();
    for (int step = 0; step < 20_000; step++) {
      int offset = random.nextInt(4080);
      int length = random.nextInt(12);
      byte[] copy = pool.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE);
      String name = new String(copy, StandardCharsets.US_ASCII);
      if (random.nextBoolean()) {
        boolean fresh = model.putIfAbsent(name, step) == null;
        assertThat(names.putIfAbsent(pool, offset, length, step)).as(name).isEqualTo(fresh);
      } else {
        assertThat(names.get(pool, offset, length))
            .as(name)
            .isEqualTo(model.getOrDefault(name, NameSet.NONE));
      }
    }
    assertThat(model.size()).isGreaterThan(4_000);
  }
}
