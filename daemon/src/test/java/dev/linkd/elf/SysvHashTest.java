package dev.linkd.elf;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.object.ElfConstants;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SysvHashTest {

  @ParameterizedTest
  @CsvSource({
    "'',            0x0",
    "printf,        0x077905a6",
    "exit,          0x0006cf04",
    "syscall,       0x0b09985c",
    "flapenguin.me, 0x03987915",
  })
  void hashesKnownNames(String name, String expected) {
    assertThat(hash(name)).isEqualTo(Integer.parseUnsignedInt(expected.substring(2), 16));
  }

  @Test
  void readsTheTableThatGnuLdWrites(@TempDir Path directory) throws Exception {
    StringBuilder source = new StringBuilder();
    for (int i = 0; i < 200; i++) {
      source.append("int a_rather_long_variable_%d;%n".formatted(i));
    }
    SharedLibraryFile library =
        SharedLibraryFile.of(directory, source.toString(), "-Wl,--hash-style=sysv");
    long table = library.section(ElfConstants.SHT_HASH);
    for (int symbol = 1; symbol < library.dynamicSymbols(); symbol++) {
      String name = library.name(symbol);
      int found =
          SysvHash.find(library.bytes(), table, hash(name), s -> library.name(s).equals(name));
      assertThat(found).as(name).isEqualTo(symbol);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {91, 92})
  void symbolsComeAndGo(long seed) {
    Random random = new Random(seed);
    int symbols = 200;
    int at = 4;
    MemorySegment table = MemorySegment.ofArray(new byte[(int) SysvHash.size(31, symbols) + at]);
    table.fill((byte) -1);
    SysvHash.clear(table, at, 31, symbols);
    Map<Integer, Integer> model = new HashMap<>();
    for (int step = 0; step < 10_000; step++) {
      int symbol = 1 + random.nextInt(symbols - 1);
      Integer hash = model.remove(symbol);
      if (hash == null) {
        int added = random.nextInt() >>> 4;
        model.put(symbol, added);
        SysvHash.insert(table, at, added, symbol);
      } else {
        assertThat(SysvHash.remove(table, at, hash, symbol)).isTrue();
        assertThat(SysvHash.remove(table, at, hash, symbol)).as("twice").isFalse();
      }
      if (step % 100 == 0) {
        model.forEach(
            (live, liveHash) ->
                assertThat(SysvHash.find(table, at, liveHash, s -> s == live))
                    .as("seed %d", seed)
                    .isEqualTo(live));
        assertThat(SysvHash.find(table, at, random.nextInt(), s -> !model.containsKey(s)))
            .as("seed %d", seed)
            .isEqualTo(SysvHash.NONE);
      }
    }
  }

  private static int hash(String name) {
    byte[] bytes = name.getBytes(UTF_8);
    return SysvHash.hash(MemorySegment.ofArray(bytes), 0, bytes.length);
  }
}
