package dev.linkd.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class NamesTest {

  private static Names names() {
    return new Names("names", 1 << 20, 1 << 26);
  }

  static LongStream seeds() {
    return Seeds.of(3);
  }

  /** Whoever noted a name's id with its birth can tell whether the id is still the name's. */
  @ParameterizedTest
  @MethodSource("seeds")
  void aBirthTellsWhoseAnIdIs(long seed) {
    Random random = new Random(seed);
    record Note(int id, int birth) {}
    Map<String, Note> notes = new HashMap<>();
    try (Names names = names()) {
      for (int round = 0; round < 500; round++) {
        for (int i = 0; i < 20; i++) {
          String name = "n" + random.nextInt(60);
          int id = names.intern(name);
          assertThat(names.birth(id)).isNotZero();
          notes.put(name, new Note(id, names.birth(id)));
          if (random.nextInt(3) == 0) {
            names.retain(id);
          } else if (names.uses(id) > 0) {
            names.release(id);
          }
        }
        names.sweep();
        notes.forEach(
            (name, note) ->
                assertThat(names.birth(note.id) == note.birth)
                    .as(name)
                    .isEqualTo(names.find(name) == note.id));
        notes.keySet().removeIf(name -> names.find(name) == Names.NONE);
      }
      assertThat(notes).isNotEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void randomUseAndSweepsAgreeWithAMap(long seed) {
    Random random = new Random(seed);
    Map<String, Integer> ids = new HashMap<>();
    Map<String, Integer> uses = new HashMap<>();
    try (Names names = names()) {
      for (int step = 0; step < 80_000; step++) {
        String name = "_ZN" + random.nextInt(3000) + "x".repeat(random.nextInt(3) * 9);
        int choice = random.nextInt(100);
        Integer id = ids.get(name);
        assertThat(names.find(name)).isEqualTo(id == null ? Names.NONE : id);
        if (choice < 50) {
          int interned = names.intern(name);
          if (id != null) {
            assertThat(interned).isEqualTo(id);
          }
          ids.put(name, interned);
          if (choice < 40) {
            names.retain(interned);
            uses.merge(name, 1, Integer::sum);
          }
        } else if (choice < 98 && id != null && uses.getOrDefault(name, 0) > 0) {
          names.release(id);
          uses.merge(name, -1, Integer::sum);
        } else if (choice == 99 && random.nextInt(10) == 0) {
          names.sweep();
          ids.keySet().removeIf(n -> uses.getOrDefault(n, 0) == 0);
        }
        assertThat(names.size()).isEqualTo(ids.size());
      }
      assertThat(ids.values()).doesNotHaveDuplicates();
      ids.forEach((name, id) -> assertThat(names.string(id)).isEqualTo(name));
      ids.forEach((name, id) -> assertThat(names.uses(id)).isEqualTo(uses.getOrDefault(name, 0)));
    }
  }

  @Test
  void idsAreDenseAndSurviveGrowthOfTheIndex() {
    try (Names names = names()) {
      for (int i = 0; i < 100_000; i++) {
        assertThat(names.intern("symbol" + i)).isEqualTo(i);
      }
      for (int i = 0; i < 100_000; i++) {
        assertThat(names.find("symbol" + i)).isEqualTo(i);
      }
      assertThat(names.find("symbol100000")).isEqualTo(Names.NONE);
    }
  }

  @Test
  void aNameThatNobodyRetainsLivesUntilTheSweep() {
    try (Names names = names()) {
      int kept = names.intern("kept");
      int dropped = names.intern("dropped");
      names.retain(kept);
      assertThat(names.live(dropped)).isTrue();
      names.sweep();
      assertThat(names.find("kept")).isEqualTo(kept);
      assertThat(names.find("dropped")).isEqualTo(Names.NONE);
      assertThat(names.live(dropped)).isFalse();
      names.release(kept);
      assertThat(names.string(kept)).isEqualTo("kept");
      names.sweep();
      assertThat(names.size()).isZero();
      assertThat(names.bytesUsed()).isZero();
    }
  }

  @Test
  void aNameThatIsReleasedAndRetainedAgainIsKept() {
    try (Names names = names()) {
      int id = names.intern("main");
      names.retain(id);
      names.release(id);
      names.retain(id);
      names.sweep();
      assertThat(names.find("main")).isEqualTo(id);
      names.release(id);
      names.sweep();
      assertThat(names.find("main")).isEqualTo(Names.NONE);
    }
  }

  @Test
  void anyBytesAreANameAndTheEmptyOneToo() {
    try (Names names = names();
        Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(4);
      bytes.set(Layouts.INT, 0, 0x00ff80c3);
      int id = names.intern(bytes, 0, 4);
      int part = names.intern(bytes, 0, 3);
      int empty = names.intern("");
      assertThat(List.of(id, part, empty)).doesNotHaveDuplicates();
      bytes.set(Layouts.BYTE, 3, (byte) 1);
      assertThat(names.find(bytes, 0, 4)).isEqualTo(Names.NONE);
      assertThat(names.find(bytes, 0, 3)).isEqualTo(part);
      assertThat(names.length(empty)).isZero();
      assertThat(names.equals(part, bytes, 0, 3)).isTrue();
      assertThat(names.equals(part, bytes, 0, 2)).isFalse();
      assertThat(names.bytes().get(Layouts.INT, names.offset(id))).isEqualTo(0x00ff80c3);
    }
  }

  @Test
  void comparisonIsByUnsignedBytesThenLength() {
    List<String> sorted = List.of("", "A", "a", "a\u0000", "ab", "b", "z", "ä", "日本");
    try (Names names = names()) {
      List<Integer> ids = new ArrayList<>();
      sorted.forEach(name -> ids.add(names.intern(name)));
      for (int i = 0; i < ids.size(); i++) {
        for (int j = 0; j < ids.size(); j++) {
          assertThat(Integer.signum(names.compare(ids.get(i), ids.get(j))))
              .isEqualTo(Integer.compare(i, j));
        }
      }
      assertThat(names.string(ids.getLast())).isEqualTo("日本");
    }
  }

  @Test
  void aFullTableRefusesAndKeepsWhatItHas() {
    try (Names names = new Names("few", 2, 1 << 20)) {
      names.intern("a");
      names.intern("b");
      long used = names.bytesUsed();
      assertThatThrownBy(() -> names.intern("c"))
          .isInstanceOf(TableFullException.class)
          .hasMessageContaining("few");
      assertThat(names.bytesUsed()).isEqualTo(used);
      assertThat(names.find("b")).isEqualTo(1);
      assertThat(names.find("c")).isEqualTo(Names.NONE);
    }
    try (Names names = new Names("short", 10, 64)) {
      assertThatThrownBy(() -> names.intern("x".repeat(65))).isInstanceOf(TableFullException.class);
      assertThat(names.size()).isZero();
    }
  }

  @Test
  void usesCannotBecomeNegativeAndFreedIdsAreRefused() {
    try (Names names = names()) {
      int id = names.intern("a");
      assertThatThrownBy(() -> names.release(id)).isInstanceOf(IllegalStateException.class);
      names.sweep();
      assertThatThrownBy(() -> names.retain(id)).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> names.string(id)).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void millionsOfShortLivedNamesNeedNoMoreMemory() {
    byte[] bytes = "generated$0000000".getBytes(StandardCharsets.US_ASCII);
    MemorySegment segment = MemorySegment.ofArray(bytes);
    try (Names names = names()) {
      long committed = 0;
      for (int i = 0; i < 2_000_000; i++) {
        int digit = bytes.length - 1;
        while (bytes[digit] == '9') {
          bytes[digit--] = '0';
        }
        bytes[digit]++;
        names.intern(segment, 0, bytes.length);
        if (i % 1000 == 999) {
          names.sweep();
        }
        if (i == 10_000) {
          committed = names.committed();
        }
      }
      assertThat(names.committed()).isEqualTo(committed);
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void manyNamesAtOnceAreThoseOfSingleCalls(long seed) {
    Random random = new Random(seed);
    try (Names names = names();
        Arena arena = Arena.ofConfined()) {
      for (int round = 0; round < 200; round++) {
        StringBuilder all = new StringBuilder();
        int count = random.nextInt(60);
        long[] offsets = new long[count];
        int[] lengths = new int[count];
        for (int i = 0; i < count; i++) {
          String name = "name" + random.nextInt(500);
          offsets[i] = all.length();
          lengths[i] = name.length();
          all.append(name);
        }
        int[] ids = new int[count];
        names.intern(arena.allocateFrom(all.toString()), offsets, lengths, count, ids);
        for (int i = 0; i < count; i++) {
          String name = all.substring((int) offsets[i], (int) offsets[i] + lengths[i]);
          assertThat(names.find(name)).isEqualTo(ids[i]);
          assertThat(names.string(ids[i])).isEqualTo(name);
          assertThat(names.tag(ids[i])).isEqualTo(Names.NONE);
        }
      }
    }
  }

  @Test
  void theFirstNameCanBeLong() {
    String name = "n".repeat(5000);
    try (Names names = names()) {
      assertThat(names.find(name)).isEqualTo(Names.NONE);
    }
    try (Names names = names()) {
      int id = names.intern(name);
      assertThat(names.find(name)).isEqualTo(id);
      assertThat(names.string(id)).isEqualTo(name);
    }
  }
}
