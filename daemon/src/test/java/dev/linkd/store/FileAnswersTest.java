package dev.linkd.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.os.NativeFileSystemCalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every answer that would be another one is noticed, and no other. */
class FileAnswersTest {
  private static final long HOUR = 3_600_000_000_000L;

  @TempDir Path directory;
  private final Clock clock = new Clock();
  private final InputStore store = new InputStore(1 << 20, clock, InputStore::hash);
  private final FileAnswers answers = new FileAnswers(store);

  /** Lets files look as old as a test needs them. */
  private static final class Clock extends FileAccess {
    private long ahead;

    Clock() {
      super(new NativeFileSystemCalls());
    }

    @Override
    synchronized long now() {
      return super.now() + ahead;
    }
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }

  /** Stamps of files that were written before are trusted from now on. */
  private void letStampsSettle() {
    clock.ahead = HOUR;
  }

  private void read(Path path) throws Exception {
    answers.keep(answers.open(path));
  }

  private interface Step {
    void run() throws Exception;
  }

  /** After the step exactly the last answer is another one. */
  private void changes(Consumer<Path> question, Path path, Step step) throws Exception {
    assertThat(answers.isDirectory(directory)).isTrue();
    question.accept(path);
    assertThat(answers.changed()).isEqualTo(new BitSet());
    step.run();
    BitSet last = new BitSet();
    last.set(answers.lastRow());
    assertThat(answers.changed()).isEqualTo(last);
  }

  @Test
  void whatWasAbsentAppears() throws Exception {
    changes(answers::isRegular, directory.resolve("new"), () -> write("new", ""));
  }

  @Test
  void whatWasThereDisappears() throws Exception {
    Path file = write("file", "");
    changes(answers::isRegular, file, () -> Files.delete(file));
  }

  @Test
  void aFileBecomesADirectory() throws Exception {
    Path file = write("file", "");
    changes(
        answers::isDirectory,
        file,
        () -> {
          Files.delete(file);
          Files.createDirectory(file);
        });
  }

  @Test
  void aLinkLeadsElsewhere() throws Exception {
    Files.createDirectory(directory.resolve("one"));
    Files.createDirectory(directory.resolve("two"));
    Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("one"));
    changes(
        answers::identify,
        link,
        () -> {
          Files.delete(link);
          Files.createSymbolicLink(link, Path.of("two"));
        });
  }

  @Test
  void aWrittenFileIsNoticedWhateverItsTimeSays() throws Exception {
    Path file = write("a.o", "before");
    FileTime time = Files.getLastModifiedTime(file);
    letStampsSettle();
    read(file);
    assertThat(answers.changed().isEmpty()).isTrue();

    write("a.o", "behind");
    Files.setLastModifiedTime(file, time);

    assertThat(answers.changed().get(answers.lastRow())).isTrue();
  }

  @Test
  void aReplacedFileIsNoticed() throws Exception {
    Path file = write("a.o", "before");
    letStampsSettle();
    read(file);
    Files.move(write("new.o", "behind"), file, StandardCopyOption.REPLACE_EXISTING);

    assertThat(answers.changed().get(answers.lastRow())).isTrue();
  }

  @Test
  void aYoungStampProvesNothingUntilTheFileIsReadAgain() throws Exception {
    clock.ahead = -HOUR;
    Path file = write("a.o", "content");
    Content first = answers.open(file);
    int row = answers.lastRow();
    assertThat(answers.changed().get(row)).isTrue();

    letStampsSettle();
    Content again = answers.reopen(row);

    assertThat(again).isSameAs(first);
    assertThat(answers.had(row, first)).isTrue();
    assertThat(answers.changed().isEmpty()).isTrue();
    first.release();
    first.release();
  }

  @Test
  void aTouchedFileIsTheSameAfterALook() throws Exception {
    Path file = write("a.o", "content");
    letStampsSettle();
    read(file);
    int row = answers.lastRow();
    Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000));
    assertThat(answers.changed().get(row)).isTrue();

    letStampsSettle();
    Content now = Objects.requireNonNull(answers.reopen(row));

    assertThat(answers.had(row, now)).isTrue();
    assertThat(answers.changed().isEmpty()).isTrue();
    now.release();
  }

  @Test
  void whatIsGoneCannotBeReopened() throws Exception {
    Path file = write("a.o", "content");
    read(file);
    int row = answers.lastRow();
    Files.delete(file);
    assertThat(answers.reopen(row)).isNull();
    answers.isRegular(file);
    assertThat(answers.reopen(answers.lastRow())).as("not a content").isNull();
  }

  @Test
  void textsAreReadAndLimited() throws Exception {
    Path file = write("names", "größe\n");
    assertThat(answers.text(file, 100)).contains("größe\n");
    assertThat(answers.text(file, 3)).isEmpty();
  }

  @Test
  void manyFilesAreSharedAmongThreads() throws Exception {
    int count = 3_000;
    for (int i = 0; i < count; i++) {
      Path file = write("f" + i, "");
      assertThat(answers.isRegular(file)).isTrue();
      assertThat(answers.isRegular(directory.resolve("g" + i))).isFalse();
    }
    answers.seal();
    assertThat(answers.changed().isEmpty()).isTrue();
    BitSet expected = new BitSet();
    for (int i = 0; i < count; i += 7) {
      Files.delete(directory.resolve("f" + i));
      expected.set(2 * i);
      write("g" + (i + 1), "");
      expected.set(2 * (i + 1) + 1);
    }
    assertThat(answers.changed()).isEqualTo(expected);
  }

  /** Many files of one directory are asked from there; the way to it counts all the same. */
  @Test
  void theWayToADirectoryOfManyFilesCounts() throws Exception {
    int count = 1_000;
    Files.createDirectories(directory.resolve("one/deep"));
    Files.createDirectories(directory.resolve("two/deep"));
    Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("one"));
    for (int i = 0; i < count; i++) {
      answers.keep(answers.open(write("link/deep/f" + i, "content")));
      Files.createLink(directory.resolve("two/deep/f" + i), directory.resolve("one/deep/f" + i));
    }
    letStampsSettle();
    for (int i = 0; i < count; i++) {
      Objects.requireNonNull(answers.reopen(i)).release();
    }
    answers.isDirectory(Path.of(link + "/deep/"));
    answers.seal();
    assertThat(answers.changed().isEmpty()).isTrue();

    Files.delete(directory.resolve("two/deep/f5"));
    Files.delete(link);
    Files.createSymbolicLink(link, Path.of("two"));
    BitSet expected = new BitSet();
    expected.set(5);
    assertThat(answers.changed()).as("the same inodes but one").isEqualTo(expected);

    Files.delete(link);
    assertThat(answers.changed().cardinality()).isEqualTo(count + 1);
    Files.createSymbolicLink(link, Path.of("one"));
    assertThat(answers.changed()).as("one link less changes the stamp").isEqualTo(expected);
    Objects.requireNonNull(answers.reopen(5)).release();
    assertThat(answers.changed()).isEqualTo(new BitSet());
    Files.move(directory.resolve("one/deep"), directory.resolve("one/other"));
    Files.createDirectory(directory.resolve("one/deep"));
    assertThat(answers.changed().cardinality()).isEqualTo(count);
    Files.delete(directory.resolve("one/deep"));
    Files.writeString(directory.resolve("one/deep"), "a file");
    assertThat(answers.changed().cardinality()).isEqualTo(count + 1);
  }

  @Test
  void whatWasKeptIsGivenBack() throws Exception {
    read(write("a.o", "content"));
    assertThat(answers.text(write("text", "words"), 10)).isPresent();
    assertThat(store.statistics().contents()).isEqualTo(2);
    // read() holds one reference of its own
    answers.close();
    assertThat(store.statistics().contents()).isEqualTo(1);
  }

  private List<Path> manyObjects() throws IOException {
    List<Path> files = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      byte[] object = Arrays.copyOf(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1}, 40 + i);
      object[16] = 1; // ET_REL
      files.add(Files.write(directory.resolve("object" + i), object));
    }
    return files;
  }

  @Test
  void anObjectThatIsReadLaterIsAnAnswerWhenItWasRead() throws Exception {
    List<Path> files = manyObjects();
    Path text = write("text", "no object");
    files.add(text);
    letStampsSettle();
    try (ReadAhead ahead = ReadAhead.of(store, files)) {
      assertThat(answers.openLater(files.getFirst())).as("nobody reads").isFalse();
      answers.follow(ahead);
      assertThat(answers.openLater(text)).as("another kind of file").isFalse();
      assertThat(answers.openLater(directory.resolve("none"))).isFalse();
      assertThat(answers.count()).isZero();
      for (Path file : files.subList(0, 20)) {
        assertThat(answers.openLater(file)).isTrue();
        ahead.await(file);
      }
      answers.open(text).release();
      answers.seal();
      assertThat(answers.changed()).isEqualTo(new BitSet());
      Files.write(files.get(7), new byte[] {1});
      BitSet one = new BitSet();
      one.set(7);
      assertThat(answers.changed()).isEqualTo(one);
      Content content = Objects.requireNonNull(answers.reopen(7));
      assertThat(answers.had(7, content)).isFalse();
      content.release();
    }
  }

  @Test
  void whatChangesAfterItWasReadAheadIsNoticed() throws Exception {
    List<Path> files = manyObjects();
    letStampsSettle();
    try (ReadAhead ahead = ReadAhead.of(store, files)) {
      answers.follow(ahead);
      for (Path file : files) {
        answers.openLater(file);
        ahead.await(file);
      }
      Files.write(files.get(3), new byte[] {1});
      Files.delete(files.get(4));
      answers.seal();
    }
    BitSet both = new BitSet();
    both.set(3, 5);
    assertThat(answers.changed()).isEqualTo(both);
  }

  @Test
  void whatCouldNotBeReadProvesNothing() throws Exception {
    List<Path> files = manyObjects();
    letStampsSettle();
    try (ReadAhead ahead = ReadAhead.of(store, files)) {
      answers.follow(ahead);
      Path last = files.getLast();
      // Gone before it is read, or read before it is gone: in both cases the answer is in doubt.
      answers.openLater(last);
      Files.delete(last);
      ahead.await(last);
      answers.seal();
      assertThat(answers.changed().get(0)).isTrue();
    }
  }
}
