package dev.linkd.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
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

  @Test
  void objectsAreParsedWhileTheCallerGoesOn() throws Exception {
    Files.writeString(directory.resolve("f.c"), "int f(void) { return 1; }");
    Process gcc =
        new ProcessBuilder("gcc", "-c", "f.c").directory(directory.toFile()).inheritIO().start();
    assertThat(gcc.waitFor()).isZero();
    byte[] object = Files.readAllBytes(directory.resolve("f.o"));
    List<Path> files = files(FILES);
    for (int i = 1; i < FILES; i++) {
      byte[] copy = Arrays.copyOf(object, object.length + i); // contents that are not one
      Files.write(files.get(i), copy);
    }
    Files.write(files.getFirst(), new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1});
    Thread.sleep(50);
    ReadAhead ahead = ReadAhead.of(store, files);
    for (Path file : files.subList(1, FILES)) {
      Content content = store.open(file);
      assertThat(content.object(file.toString()).sections()).isPositive();
      content.release();
    }
    assertThat(store.statistics().reads()).isEqualTo(FILES);
    ahead.close();
    assertThat(store.statistics().contents()).isZero();
  }

  @Test
  void whoStopsEarlyHoldsNothing() throws Exception {
    List<Path> files = files(FILES);
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> ReadAhead.of(store, files)).isInstanceOf(InterruptedException.class);
    assertThat(Thread.interrupted()).isFalse();
    assertThat(store.statistics().contents()).isZero();
  }
}
