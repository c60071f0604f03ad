package dev.linkd.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Contents are the same wherever they lie, and whatever became of the input files. */
class ColdContentsTest {
  private static final Path DISK = Path.of("target").toAbsolutePath();

  @TempDir Path directory;
  private final InputStore store = InputStore.paged(1 << 28);
  private final Random random = new Random(1);

  private Path write(String name, int size) throws IOException {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    return Files.write(directory.resolve(name), bytes);
  }

  private static byte[] bytes(Content content) {
    return content.bytes().toArray(ValueLayout.JAVA_BYTE);
  }

  @Test
  void movedContentsOutliveTheirFiles() throws Exception {
    ColdContents cold = store.cold(DISK);
    Path file = write("a.o", 100_000);
    byte[] first = Files.readAllBytes(file);
    Content before = store.open(file);
    assertThat(cold.move(() -> false)).isTrue();
    assertThat(cold.movedBytes()).isGreaterThanOrEqualTo(100_000);
    assertThat(store.open(file)).as("a moved content is not read again").isSameAs(before);

    byte[] second = Files.readAllBytes(write("a.o", 90_000));
    Content after = store.open(file);
    Files.delete(file);
    assertThat(cold.move(() -> false)).isTrue();
    assertThat(bytes(before)).isEqualTo(first);
    assertThat(bytes(after)).isEqualTo(second);
    before.release();
    before.release();
    after.release();
    assertThat(cold.move(() -> false)).isTrue();
    assertThat(cold.movedBytes()).isZero();
    cold.close();
  }

  @Test
  void contentsThatComeBackAreOneAgain() throws Exception {
    ColdContents cold = store.cold(DISK);
    Path file = write("a.o", 5_000);
    Content held = store.open(file);
    cold.move(() -> false);
    Path copy = Files.copy(file, directory.resolve("b.o"));
    assertThat(store.open(copy)).isSameAs(held);
  }

  @Test
  void whoAsksForSomethingIsNotKeptWaiting() throws Exception {
    ColdContents cold = store.cold(DISK);
    for (int i = 0; i < 4; i++) {
      store.open(write("large" + i, 5 << 20));
    }
    AtomicInteger asked = new AtomicInteger();
    assertThat(cold.move(() -> asked.incrementAndGet() > 2)).isFalse();
    assertThat(cold.movedBytes()).as("what was written is moved").isBetween(1L, 16L << 20);
    assertThat(cold.move(() -> false)).isTrue();
    assertThat(cold.movedBytes()).isGreaterThanOrEqualTo(20 << 20);
  }

  @Test
  void memoryThatPretendsToBeADiskIsRefused() throws Exception {
    store.open(write("a.o", 5_000));
    assertThatThrownBy(() -> store.cold(Path.of("/dev/shm")).move(() -> false))
        .isInstanceOf(IOException.class)
        .hasMessage("/dev/shm is on tmpfs, not on a disk");
    assertThatThrownBy(() -> store.cold(directory.resolve("absent")).move(() -> false))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("ENOENT");
  }

  @Test
  void nothingIsMadeWhenThereIsNothingToMove() throws Exception {
    ColdContents cold = store.cold(directory.resolve("absent"));
    assertThat(cold.move(() -> false)).isTrue();
    store.open(Files.createFile(directory.resolve("empty")));
    assertThat(cold.move(() -> false)).isTrue();
  }

  @Test
  void aDiskThatIsFullIsNotKeptFull() throws Exception {
    FullDisk disk = new FullDisk();
    ColdContents cold = store.cold(DISK, disk.calls());
    Content first = store.open(write("a.o", 100_000));
    assertThat(cold.move(() -> false)).isTrue();
    long blocks = disk.blocks();
    byte[] bytes = Files.readAllBytes(write("b.o", 6 << 20));
    Content second = store.open(directory.resolve("b.o"));
    disk.setFull(true);
    assertThatThrownBy(() -> cold.move(() -> false)).hasMessageContaining("ENOSPC");
    assertThat(disk.blocks()).isEqualTo(blocks);
    assertThat(bytes(second)).isEqualTo(bytes);
    first.release();
    assertThat(cold.tidy(() -> false)).isTrue();
    assertThat(disk.blocks()).isZero();
    disk.setFull(false);
    assertThat(cold.move(() -> false)).isTrue();
    assertThat(bytes(second)).isEqualTo(bytes);
    cold.close();
  }

  /** Readers see the bytes in every moment of the exchange. */
  @Test
  void readersSeeNothingOfIt() throws Exception {
    ColdContents cold = store.cold(DISK);
    List<Content> contents = new ArrayList<>();
    List<byte[]> expected = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      Path file = write("f" + i, 20_000 + i * 100);
      contents.add(store.open(file));
      expected.add(Files.readAllBytes(file));
    }
    AtomicBoolean stop = new AtomicBoolean();
    AtomicInteger rounds = new AtomicInteger();
    List<AssertionError> faults = new ArrayList<>();
    Thread reader =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    for (; !stop.get(); rounds.incrementAndGet()) {
                      for (int i = 0; i < contents.size(); i++) {
                        assertThat(bytes(contents.get(i))).isEqualTo(expected.get(i));
                      }
                    }
                  } catch (AssertionError e) {
                    faults.add(e);
                  }
                });
    while (rounds.get() < 3 && reader.isAlive()) {
      Thread.onSpinWait();
    }
    for (int i = 0; i < 20; i++) {
      assertThat(cold.move(() -> false)).isTrue();
      contents.get(i).retain();
      Content extra = store.open(write("extra" + i, 3_000));
      cold.move(() -> false);
      extra.release();
    }
    int end = rounds.get() + 2;
    while (rounds.get() < end && reader.isAlive()) {
      Thread.onSpinWait();
    }
    stop.set(true);
    reader.join();
    assertThat(faults).isEmpty();
  }
}
