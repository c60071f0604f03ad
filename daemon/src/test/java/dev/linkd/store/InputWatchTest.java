package dev.linkd.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Inputs are read when they were written, not when they are asked for. */
@Timeout(60)
class InputWatchTest {
  @TempDir Path directory;
  private final InputStore store = new InputStore(1 << 20);
  private final InputWatch watch = new InputWatch(store, 2);

  @AfterEach
  void close() {
    watch.close();
  }

  private Path write(String name, String text) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  /** A file that an output holds. */
  private Content input(Path file) throws Exception {
    Content content = store.open(file);
    watch.watch(List.of(file));
    return content;
  }

  private void awaitReads(long count) {
    await()
        .pollInterval(Duration.ofMillis(5))
        .untilAsserted(() -> assertThat(watch.statistics().read()).isGreaterThanOrEqualTo(count));
  }

  @Test
  void aWrittenInputIsReadBeforeTheLink() throws Exception {
    Path file = write("a.o", "before");
    Content before = input(file);
    assertThat(watch.statistics().directories()).isEqualTo(1);

    write("a.o", "behind");
    awaitReads(1);
    await().until(watch::idle); // a second look finds a stamp that is trusted
    long reads = store.statistics().reads();

    Content behind = store.open(file);
    assertThat(behind).isNotSameAs(before);
    assertThat(store.statistics().reads()).isEqualTo(reads);
    assertThat(watch.statistics().hits()).isEqualTo(1);
    store.open(file).release();
    assertThat(watch.statistics().hits()).as("each file that was read early once").isEqualTo(1);
    assertThat(before.bytes().byteSize()).as("whoever uses it keeps it").isEqualTo(6);
  }

  @Test
  void aFileThatIsMovedToItsPlaceIsRead() throws Exception {
    Path file = write("a.o", "before");
    input(file);
    Path other = write("other/a.o", "behind");
    assertThat(watch.statistics().written()).isZero();

    Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);

    awaitReads(1);
    assertThat(watch.statistics().bytes()).isEqualTo(6);
  }

  @Test
  void whatNobodyLinksIsNotRead() throws Exception {
    Path file = write("a.o", "before");
    input(file);
    write("unknown.o", "text");
    write("a.o", "behind");
    awaitReads(1);
    assertThat(watch.statistics().written()).isEqualTo(1);
    assertThat(store.statistics().files()).isEqualTo(1);
  }

  @Test
  void bothWaysToADirectoryAreKnown() throws Exception {
    Path file = write("objects/a.o", "before");
    Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("objects"));
    input(file);
    input(link.resolve("a.o"));

    write("objects/a.o", "behind");

    awaitReads(2);
    assertThat(watch.statistics().written()).isEqualTo(2);
  }

  @Test
  void theLeastRecentlyUsedDirectoryGoes() throws Exception {
    for (String name : List.of("one/a.o", "two/a.o", "three/a.o")) {
      input(write(name, "before"));
    }
    assertThat(watch.statistics().directories()).isEqualTo(2);
    write("one/a.o", "behind");
    write("three/a.o", "behind");
    awaitReads(1);
    assertThat(watch.statistics().written()).isEqualTo(1);
  }

  @Test
  void aDirectoryThatIsGoneIsForgotten() throws Exception {
    Path file = write("objects/a.o", "before");
    input(file);
    Files.delete(file);
    Files.delete(file.getParent());
    await().untilAsserted(() -> assertThat(watch.statistics().directories()).isZero());

    watch.watch(List.of(file));
    assertThat(watch.statistics().refused()).isEqualTo(1);
    input(write("objects/a.o", "again"));
    assertThat(watch.statistics().directories()).isEqualTo(1);
  }

  @Test
  void aDamagedObjectIsTheLinksBusiness() throws Exception {
    Path file = write("a.o", "before");
    input(file);
    write("a.o", "\u007fELF\2\1\1" + "\0".repeat(9) + "\1\0>\0");
    await().untilAsserted(() -> assertThat(watch.statistics().written()).isEqualTo(1));
    write("a.o", "behind");
    awaitReads(1);
  }

  @Test
  void closingGivesUpWhatWasRead() throws Exception {
    Path file = write("a.o", "before");
    Content before = input(file);
    write("a.o", "behind");
    awaitReads(1);
    assertThat(store.statistics().contents()).isEqualTo(2);

    watch.close();
    watch.watch(List.of(file));

    before.release();
    await().untilAsserted(() -> assertThat(store.statistics().contents()).isZero());
  }
}
