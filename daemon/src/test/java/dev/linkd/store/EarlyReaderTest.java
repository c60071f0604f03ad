package dev.linkd.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How often files are read that were just written, and whether a link has to do it again. */
@Timeout(60)
class EarlyReaderTest {
  private static final int FILES = 100;

  @TempDir Path directory;
  private final InputStore store = new InputStore(1 << 20);
  private final EarlyReader reader = new EarlyReader(store);

  @AfterEach
  void close() {
    reader.close();
  }

  private List<Path> files(int count) throws Exception {
    List<Path> files = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      files.add(Files.writeString(directory.resolve(i + ".o"), "content " + i));
    }
    return files;
  }

  private long reads() {
    return store.statistics().reads();
  }

  private void assertKnown(List<Path> files) throws Exception {
    long before = reads();
    for (Path file : files) {
      store.open(file).release();
    }
    assertThat(reads()).isEqualTo(before);
    assertThat(store.earlyHits()).isEqualTo(files.size());
  }

  @Test
  void oneIsReadAtOnceAndAgainWhenItsStampIsTrusted() throws Exception {
    List<Path> files = files(1);
    reader.read(files.getFirst());
    await().until(() -> reads() > 0);
    await().until(reader::idle);
    assertThat(reads()).isLessThanOrEqualTo(2);
    assertKnown(files);
  }

  @Test
  void manyAtATimeAreReadOnce() throws Exception {
    List<Path> files = files(FILES);
    files.forEach(reader::read);
    await().until(reader::idle);
    // The first one is read at once, and each before which this thread had to wait for long.
    assertThat(reads()).isBetween((long) FILES, FILES * 3 / 2L);
    assertKnown(files);
  }

  @Test
  void whatIsNamedAgainBeforeItIsReadIsReadOnce() throws Exception {
    List<Path> files = files(FILES);
    files.forEach(reader::read);
    files.forEach(reader::read);
    await().until(reader::idle);
    assertThat(reads()).isBetween((long) FILES, FILES * 3 / 2L);
    assertKnown(files);
  }
}
