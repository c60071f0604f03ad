package dev.linkd.elf;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.linkd.object.ElfConstants;
import dev.linkd.table.Layouts;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GnuHashTest {

  private static final int AT = 8;

  @ParameterizedTest
  @CsvSource({
    "'',            0x1505",
    "a,             0x2b606",
    "printf,        0x156b2bb8",
    "exit,          0x7c967e3f",
    "syscall,       0xbac212a0",
    "flapenguin.me, 0x8ae9f18e",
  })
  void hashesKnownNames(String name, String expected) {
    assertThat(hash(name)).isEqualTo(Integer.parseUnsignedInt(expected.substring(2), 16));
  }

  @Test
  void bytesOfNamesAreUnsigned() {
    assertThat(hash("é")).isEqualTo((5381 * 33 + 0xc3) * 33 + 0xa9);
  }

  @Test
  void readsTheTableThatGnuLdWrites(@TempDir Path directory) throws Exception {
    StringBuilder source = new StringBuilder("extern int missing(void);\n");
    for (int i = 0; i < 300; i++) {
      source.append("int function_%d(void) { return missing() + %d; }%n".formatted(i, i));
    }
    SharedLibraryFile library =
        SharedLibraryFile.of(directory, source.toString(), "-Wl,--hash-style=gnu");
    long table = library.section(ElfConstants.SHT_GNU_HASH);
    int found = 0;
    for (int symbol = 1; symbol < library.dynamicSymbols(); symbol++) {
      String name = library.name(symbol);
      int expected = library.defined(symbol) ? symbol : GnuHash.NONE;
      assertThat(find(library, table, name)).as(name).isEqualTo(expected);
      found += expected == symbol ? 1 : 0;
    }
    assertThat(found).isGreaterThanOrEqualTo(300);
    assertThat(find(library, table, "function_300")).isEqualTo(GnuHash.NONE);
  }

  private static int find(SharedLibraryFile library, long table, String name) {
    return GnuHash.find(
        library.bytes(), table, hash(name), symbol -> library.name(symbol).equals(name));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 5, 64, 1_000, 20_000})
  void whatIsBuiltIsFound(int count) {
    Random random = new Random(81 + count);
    List<String> names = names(count, random);
    int first = 1 + random.nextInt(5);
    int buckets = GnuHash.buckets(count);
    int words = GnuHash.filterWords(count);
    List<String> symbols = new ArrayList<>();
    byte[] bytes = build(names, first, buckets, words, symbols);
    MemorySegment table = MemorySegment.ofArray(bytes);
    for (int i = 0; i < count; i++) {
      String name = symbols.get(i);
      int found = GnuHash.find(table, AT, hash(name), s -> symbols.get(s - first).equals(name));
      assertThat(found).as("%d symbols: %s", count, name).isEqualTo(first + i);
    }
    int passed = 0;
    for (int i = 0; i < 10_000; i++) {
      int hash = hash("absent" + i);
      int compared = GnuHash.find(table, AT, hash, s -> true);
      passed += compared == GnuHash.NONE ? 0 : 1;
    }
    assertThat(passed).as("names are rarely compared in vain").isLessThan(10);
  }

  @Test
  void nothingOutsideTheTableIsWritten() {
    byte[] bytes = build(names(100, new Random(1)), 1, 25, 32, new ArrayList<>());
    for (int i = 0; i < AT; i++) {
      assertThat(bytes[i]).isEqualTo((byte) 0x77);
      assertThat(bytes[bytes.length - 1 - i]).isEqualTo((byte) 0x77);
    }
  }

  @Test
  void theFilterStopsMostNamesThatAreAbsent() {
    int count = 1_000;
    MemorySegment table =
        MemorySegment.ofArray(
            build(
                names(count, new Random(2)), 1, 1, GnuHash.filterWords(count), new ArrayList<>()));
    int passes = 0;
    for (int i = 0; i < 10_000; i++) {
      long word = AT + GnuHash.FILTER + (hash("x" + i) >>> 6 & GnuHash.filterWords(count) - 1) * 8L;
      long bits = 1L << hash("x" + i) | 1L << (hash("x" + i) >>> 26);
      passes += (table.get(Layouts.LONG, word) & bits) == bits ? 1 : 0;
    }
    assertThat(passes).isLessThan(500);
  }

  @Test
  void aReservedSymbolKeepsTheChainWhole() {
    int[] hashes = {10, 20, 30};
    byte[] bytes = new byte[(int) GnuHash.size(1, 1, 3)];
    MemorySegment table = MemorySegment.ofArray(bytes);
    GnuHash.build(table, 0, 1, 1, 1, hashes, 3);
    GnuHash.chain(table, 0, 2, 0, false);
    assertThat(GnuHash.find(table, 0, 30, s -> s == 3)).isEqualTo(3);
    assertThat(GnuHash.find(table, 0, 20, s -> true)).isEqualTo(GnuHash.NONE);
    GnuHash.chain(table, 0, 2, 44, false);
    assertThat(GnuHash.find(table, 0, 44, s -> true)).as("filtered").isEqualTo(GnuHash.NONE);
    GnuHash.addToFilter(table, 0, 44);
    assertThat(GnuHash.find(table, 0, 44, s -> true)).isEqualTo(2);
    GnuHash.bucket(table, 0, 0, 3);
    assertThat(GnuHash.find(table, 0, 10, s -> true)).isEqualTo(GnuHash.NONE);
  }

  @Test
  void symbolsThatAreNotGroupedAreRefused() {
    MemorySegment table = MemorySegment.ofArray(new byte[200]);
    assertThatThrownBy(() -> GnuHash.build(table, 0, 2, 1, 1, new int[] {0, 1, 2}, 3))
        .hasMessage("symbols are not grouped by bucket");
  }

  @ParameterizedTest
  @CsvSource({"0,1,1", "1,1,1", "3,1,1", "4,1,1", "5,1,1", "6,1,2", "8,3,2", "100,25,32"})
  void sizesFollowTheNumberOfSymbols(int symbols, int buckets, int words) {
    assertThat(GnuHash.buckets(symbols)).isEqualTo(buckets);
    assertThat(GnuHash.filterWords(symbols)).isEqualTo(words);
  }

  @Test
  void sizesDoNotOverflow() {
    assertThat(GnuHash.buckets(Integer.MAX_VALUE)).isPositive();
    assertThat(GnuHash.filterWords(Integer.MAX_VALUE)).isEqualTo(1 << 29);
    assertThat(GnuHash.size(1 << 29, 1 << 29, 1 << 30)).isEqualTo(16 + (1L << 32) + (3L << 31));
  }

  private static byte[] build(
      List<String> names, int first, int buckets, int words, List<String> symbols) {
    int count = names.size();
    int[] hashes = new int[count];
    for (int i = 0; i < count; i++) {
      hashes[i] = hash(names.get(i));
    }
    int[] order = new int[count];
    GnuHash.order(hashes, count, buckets, order);
    int[] grouped = new int[count];
    for (int i = 0; i < count; i++) {
      symbols.add(names.get(order[i]));
      grouped[i] = hashes[order[i]];
    }
    byte[] bytes = new byte[(int) GnuHash.size(buckets, words, count) + 2 * AT];
    Arrays.fill(bytes, (byte) 0x77);
    GnuHash.build(MemorySegment.ofArray(bytes), AT, buckets, words, first, grouped, count);
    return bytes;
  }

  private static List<String> names(int count, Random random) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      names.add("_ZN" + Integer.toString(random.nextInt(1 << 20), 36) + "E" + i);
    }
    return names;
  }

  private static int hash(String name) {
    byte[] bytes = ("?" + name).getBytes(UTF_8);
    return GnuHash.hash(MemorySegment.ofArray(bytes), 1, bytes.length - 1);
  }
}
