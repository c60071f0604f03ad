package dev.linkd.elf;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.table.Names;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

/** Names that are looked up together. */
class NameBatchTest {
  private static final int NAMES = 1000;

  @Test
  void eachNameHasTheIdThatItWouldHaveAlone() {
    StringBuilder text = new StringBuilder();
    int[] starts = new int[NAMES + 1];
    for (int i = 0; i < NAMES; i++) {
      text.append("name").append(i % 700);
      starts[i + 1] = text.length();
    }
    MemorySegment bytes = MemorySegment.ofArray(text.toString().getBytes(UTF_8));
    try (Names names = new Names("names", 1 << 16, 1 << 20)) {
      int known = names.intern("name3");
      NameBatch batch = new NameBatch();
      for (int round = 0; round < 2; round++) {
        batch.clear();
        for (int i = 0; i < NAMES; i++) {
          batch.add(starts[i], starts[i + 1] - starts[i]);
        }
        batch.intern(names, bytes);
        assertThat(batch.count()).isEqualTo(NAMES);
        assertThat(batch.id(3)).isEqualTo(known).isEqualTo(batch.id(703));
        for (int i = 0; i < NAMES; i++) {
          assertThat(names.string(batch.id(i))).isEqualTo("name" + i % 700);
        }
      }
      assertThat(names.size()).isEqualTo(700);
    }
  }
}
