package dev.linkd.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are read on all processors before somebody goes through them. */
class ReadAheadTest {
  private static final int FILES = 100;

  @TempDir Path directory;
  private final InputStore store = new InputStore(1 << 28);

  private List<Path> files(int count) throws Exception {
    List<Path> files = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Path file = directory.resolve("file" + i);
      Files.writeString(file, "content " + i);
      files.add(file);
    }
    Thread.sleep(50); // stamps of files that were just written are not trusted
    return files;
  }

  @Test
  void whatWasReadAheadIsInTheStoreUntilItIsClosed() throws Exception {
    List<Path> files = files(FILES);
    Content first;
    try (ReadAhead ahead = ReadAhead.of(store, files)) {
      assertThat(store.statistics().reads()).isEqualTo(FILES);
      assertThat(ahead.passedOver()).isZero();
      for (Path file : files) {
        store.open(file).release();
      }
      first = store.open(files.getFirst());
      assertThat(store.statistics().reads()).isEqualTo(FILES);
    }
    assertThat(store.statistics().contents()).isEqualTo(1);
    try (ReadAhead again = ReadAhead.of(store, files.subList(0, 1))) {
      assertThat(again.passedOver()).isZero();
      assertThat(store.statistics().reads()).isEqualTo(FILES);
    }
    first.release();
    assertThat(store.statistics().contents()).isZero();
  }

  @Test
  void faultsAreLeftToWhoAsks() throws Exception {
    List<Path> files = files(FILES);
    Files.delete(files.get(3));
    try (ReadAhead ahead = ReadAhead.of(store, files)) {
      assertThat(ahead.passedOver()).isEqualTo(1);
    }
    assertThat(store.statistics().contents()).isZero();
  }
}
