package dev.linkd.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.linkd.diag.LinkException;
import dev.linkd.os.NativeFileSystemCalls;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files that are read on other processors while somebody goes through them. */
class ReadAheadTest {
  private static final int FILES = 100;

  /** As much of an object as tells that it is one; nobody can parse it. */
  private static final byte[] ELF_OBJECT = {
    0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 62, 0
  };

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
      files.forEach(ahead::await);
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
      files.forEach(again::await);
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
      files.forEach(ahead::await);
      assertThat(ahead.passedOver()).isEqualTo(1);
      assertThat(ahead.result(files.get(3))).isNull();
      assertThat(ahead.readsObject(files.get(3))).isFalse();
      assertThat(ahead.result(files.get(4))).isNotNull();
    }
    assertThat(store.statistics().contents()).isZero();
  }

  @Test
  void whoeverAsksFirstReadsAndNobodyElse() throws Exception {
    List<Path> files = files(FILES);
    try (ReadAhead ahead = ReadAhead.of(store, files)) {
      // From the end, so that the two meet, and both at once.
      Thread other = Thread.ofPlatform().start(() -> files.reversed().forEach(ahead::await));
      for (Path file : files.reversed()) {
        ahead.await(file);
        assertThat(ahead.result(file)).isNotNull();
      }
      other.join();
      assertThat(store.statistics().reads()).isEqualTo(FILES);
      ahead.await(directory.resolve("another"));
      assertThat(ahead.result(directory.resolve("another"))).isNull();
    }
    assertThat(store.statistics().contents()).isZero();
  }

  @Test
  void aFewFilesAreNotRead() throws Exception {
    List<Path> files = files(15);
    try (ReadAhead ahead = ReadAhead.of(store, files)) {
      files.forEach(ahead::await);
      assertThat(ahead.readsObject(files.getFirst())).isFalse();
    }
    assertThat(store.statistics().opens()).isZero();
  }

  @Test
  void objectsAreToldFromOthersBeforeTheyAreRead() throws Exception {
    List<Path> files = files(FILES);
    Files.write(files.getLast(), ELF_OBJECT);
    files.add(directory.resolve("absent"));
    try (ReadAhead ahead = ReadAhead.of(store, files)) {
      assertThat(ahead.readsObject(files.get(FILES - 1))).isTrue();
      assertThat(ahead.readsObject(files.get(FILES - 2))).isFalse();
      assertThat(ahead.readsObject(files.get(FILES))).isFalse();
      files.forEach(ahead::await);
      assertThat(ahead.readsObject(files.get(FILES - 1))).isTrue();
      assertThat(ahead.readsObject(files.get(FILES - 2))).isFalse();
      assertThat(ahead.readsObject(files.get(FILES))).isFalse();
    }
  }

  /** Reads nothing until it is told to. */
  private static final class Held extends FileAccess {
    private final CountDownLatch go = new CountDownLatch(1);

    Held() {
      super(new NativeFileSystemCalls());
    }

    @Override
    boolean read(Path path, MemorySegment into) throws LinkException {
      try {
        go.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      return super.read(path, into);
    }
  }

  @Test
  void oneThatIsAnotherKindOfFileByThenIsNotTakenForAnObject() throws Exception {
    List<Path> files = files(FILES);
    Path object = Files.write(files.get(FILES - 1), ELF_OBJECT);
    Path script = Files.write(files.get(FILES - 2), ELF_OBJECT);
    Held access = new Held();
    InputStore held = new InputStore(1 << 28, access, InputStore::hash);
    try (ReadAhead ahead = ReadAhead.of(held, files)) {
      assertThat(ahead.readsObject(object)).isTrue();
      assertThat(ahead.readsObject(script)).isTrue();
      assertThat(ahead.readsObject(files.getFirst())).isFalse();
      Files.writeString(script, "ENTRY(start)");
      access.go.countDown();
      ahead.awaitSame(object);
      ahead.awaitSame(files.getFirst());
      assertThatThrownBy(() -> ahead.awaitSame(script))
          .isInstanceOf(LinkException.class)
          .hasMessageContaining("another kind of file");
    }
    assertThat(held.statistics().contents()).isZero();
  }

  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void nobodyWaitsForAPipe() throws Exception {
    List<Path> files = files(FILES);
    Path pipe = directory.resolve("pipe");
    Process mkfifo = new ProcessBuilder("mkfifo", pipe.toString()).inheritIO().start();
    assertThat(mkfifo.waitFor()).isZero();
    files.add(pipe);
    try (ReadAhead ahead = ReadAhead.of(store, files)) {
      assertThat(ahead.readsObject(pipe)).isFalse();
      ahead.awaitSame(pipe);
      assertThat(ahead.result(pipe)).isNull();
    }
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
    Files.write(files.getFirst(), ELF_OBJECT);
    Thread.sleep(50);
    ReadAhead ahead = ReadAhead.of(store, files);
    for (Path file : files.subList(1, FILES)) {
      ahead.await(file);
      Content content = store.open(file);
      assertThat(content.object(file.toString()).sections()).isPositive();
      content.release();
    }
    ahead.await(files.getFirst());
    assertThat(store.statistics().reads()).isEqualTo(FILES);
    ahead.close();
    assertThat(ahead.passedOver()).isEqualTo(1);
    assertThat(store.statistics().contents()).isZero();
  }

  @Test
  void whoStopsEarlyHoldsNothing() throws Exception {
    List<Path> files = files(FILES);
    for (int i = 0; i < 20; i++) {
      ReadAhead ahead = ReadAhead.of(store, files);
      Thread late = Thread.ofPlatform().start(() -> files.reversed().forEach(ahead::await));
      ahead.await(files.get(i));
      Thread.currentThread().interrupt();
      ahead.close();
      assertThat(Thread.interrupted()).isTrue();
      late.join();
      assertThat(store.statistics().contents()).as("round %d", i).isZero();
    }
  }
}
