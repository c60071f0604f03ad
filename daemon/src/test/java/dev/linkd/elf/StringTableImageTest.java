package dev.linkd.elf;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StringTableImageTest {

  private final HeapStore store = new HeapStore();
  private final StringTableImage table = new StringTableImage(store);

  @Test
  void anEmptyTableIsOneNul() {
    assertThat(table.size()).isEqualTo(1);
    assertThat(add("")).isZero();
    table.retain(0);
    table.release(0);
    assertThat(table.references(0)).isEqualTo(1);
    assertThat(image()).isEqualTo("\0");
  }

  @Test
  void stringsFollowEachOther() {
    assertThat(add("main")).isEqualTo(1);
    assertThat(add("printf")).isEqualTo(6);
    assertThat(image()).isEqualTo("\0main\0printf\0");
    assertThat(table.length(6)).isEqualTo(6);
  }

  @Test
  void equalStringsAreStoredOnceAndCounted() {
    int first = add("printf");
    assertThat(add("printf")).isEqualTo(first);
    assertThat(table.references(first)).isEqualTo(2);
    table.release(first);
    assertThat(text(first)).isEqualTo("printf");
    table.release(first);
    assertThat(table.strings()).isZero();
    assertThat(table.size()).isEqualTo(1);
  }

  @Test
  void aPrefixIsAnotherString() {
    int longer = add("printf_chk");
    int prefix = add("printf");
    assertThat(prefix).isNotEqualTo(longer);
    assertThat(text(prefix)).isEqualTo("printf");
  }

  @Test
  void manyStringsAreAddedAsOneAfterTheOtherWouldBe() {
    int known = add("known");
    MemorySegment bytes = MemorySegment.ofArray("known\0new\0\0new\0known".getBytes(UTF_8));
    long[] offsets = {0, 6, 10, 11, 15};
    int[] lengths = {5, 3, 0, 3, 5};
    int[] places = new int[6];
    table.add(bytes, offsets, lengths, 5, places);
    assertThat(places).containsExactly(known, 7, 0, 7, known, 0);
    assertThat(table.references(known)).isEqualTo(3);
    assertThat(table.references(7)).isEqualTo(2);
    assertThat(image()).isEqualTo("\0known\0new\0");
    assertThat(table.sum()).as("read ahead").isNotZero();
  }

  @Test
  void tailsAreNotShared() {
    int longer = add("vprintf");
    assertThat(add("printf")).isNotEqualTo(longer + 1);
  }

  @Test
  void aReleasedStringIsZeroedAndItsPlaceReused() {
    int hole = add("hole");
    int after = add("after");
    table.release(hole);
    assertThat(image()).isEqualTo("\0\0\0\0\0\0after\0");
    assertThat(table.unused()).isEqualTo(5);
    assertThat(add("abc")).isEqualTo(hole);
    assertThat(table.size()).isEqualTo(12);
    assertThat(text(after)).isEqualTo("after");
  }

  @Test
  void theTableShrinksWhenItsEndIsReleased() {
    int a = add("a");
    int b = add("bb");
    int c = add("ccc");
    table.release(b);
    table.release(c);
    assertThat(table.size()).isEqualTo(3);
    table.release(a);
    assertThat(table.size()).isEqualTo(1);
    assertThat(table.unused()).isZero();
  }

  @Test
  void aMiddleOfAStringCannotBeReleased() {
    add("main");
    assertThatThrownBy(() -> table.release(2)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> table.retain(99)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> table.release(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThat(text(1)).isEqualTo("main");
  }

  @Test
  void aNulInsideAStringIsRefused() {
    assertThatThrownBy(() -> add("a\0b")).isInstanceOf(IllegalArgumentException.class);
    assertThat(table.strings()).isZero();
  }

  @Test
  void onlyTheBytesOfTheStringAreDirty() {
    add("first");
    store.publish();
    int second = add("second");
    assertThat(store.dirtyBytes()).isEqualTo(7);
    store.publish();
    assertThat(add("second")).isEqualTo(second);
    assertThat(store.dirtyBytes()).isZero();
    table.release(second);
    assertThat(store.dirtyBytes()).isZero();
    table.release(second);
    assertThat(store.dirtyBytes()).isEqualTo(7);
  }

  @ParameterizedTest
  @ValueSource(longs = {21, 22, 23})
  void everyStringStaysWhereItIsThroughRandomChanges(long seed) {
    Random random = new Random(seed);
    Map<String, Integer> offsets = new HashMap<>();
    Map<String, Integer> counts = new HashMap<>();
    List<String> uses = new ArrayList<>();
    for (int step = 0; step < 30_000; step++) {
      String context = "seed " + seed + " step " + step;
      boolean growing = step / 5_000 % 2 == 0;
      if (random.nextInt(10) < (growing ? 7 : 3)) {
        String string = "s".repeat(1 + random.nextInt(30)) + random.nextInt(300);
        int offset = add(string);
        Integer known = offsets.putIfAbsent(string, offset);
        assertThat(known == null ? offset : (int) known).as(context).isEqualTo(offset);
        counts.merge(string, 1, Integer::sum);
        uses.add(string);
      } else if (!uses.isEmpty()) {
        int chosen = random.nextInt(uses.size());
        String string = uses.get(chosen);
        uses.set(chosen, uses.getLast());
        uses.removeLast();
        table.release(offsets.getOrDefault(string, -1));
        if (counts.merge(string, -1, Integer::sum) == 0) {
          counts.remove(string);
          offsets.remove(string);
        }
      }
      if (step % 1_000 == 0) {
        checkAll(offsets, counts, context);
      }
    }
    checkAll(offsets, counts, "seed " + seed);
    uses.forEach(string -> table.release(offsets.getOrDefault(string, -1)));
    assertThat(table.size()).as("seed %d", seed).isEqualTo(1);
  }

  @Test
  void theSizeStaysProportionalToTheLiveStrings() {
    List<Integer> live = new ArrayList<>();
    Random random = new Random(31);
    for (int i = 0; i < 500; i++) {
      live.add(add("name" + i));
    }
    int settled = table.size();
    for (int i = 500; i < 100_000; i++) {
      int victim = random.nextInt(live.size());
      table.release(live.get(victim));
      live.set(victim, add("name" + i));
    }
    assertThat(table.size()).isLessThan(settled * 2);
    assertThat(store.size()).isLessThan(settled * 2L);
  }

  private void checkAll(Map<String, Integer> offsets, Map<String, Integer> counts, String context) {
    long bytes = 1;
    for (Map.Entry<String, Integer> entry : offsets.entrySet()) {
      assertThat(text(entry.getValue())).as(context).isEqualTo(entry.getKey());
      assertThat(table.references(entry.getValue()))
          .as(context)
          .isEqualTo(counts.get(entry.getKey()));
      bytes += entry.getKey().length() + 1;
    }
    assertThat(table.strings()).as(context).isEqualTo(offsets.size());
    assertThat(table.size() - table.unused()).as(context).isEqualTo(bytes);
    store.publish();
  }

  private int add(String string) {
    byte[] padded = ("??" + string + "??").getBytes(UTF_8);
    return table.add(MemorySegment.ofArray(padded), 2, padded.length - 4);
  }

  private String text(int offset) {
    byte[] bytes = new byte[table.length(offset)];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = store.at(offset + i);
    }
    return new String(bytes, UTF_8);
  }

  private String image() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < table.size(); i++) {
      text.append((char) store.at(i));
    }
    return text.toString();
  }
}
