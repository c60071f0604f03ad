package dev.linkd.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.linkd.diag.Code;
import dev.linkd.diag.LinkException;
import dev.linkd.object.ElfObject;
import dev.linkd.os.NativeFileSystemCalls;
import dev.linkd.table.Hash128;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One copy of each content, never an old one. */
class InputStoreTest {
  private static final long HOUR = 3_600_000_000_000L;

  @TempDir Path directory;

  /** Real files, with a clock that can be set and things that happen while a file is read. */
  private static final class ScriptedAccess extends FileAccess {
    private final Queue<Runnable> duringRead = new ArrayDeque<>();
    private long ahead = HOUR;

    ScriptedAccess() {
      super(new NativeFileSystemCalls());
    }

    @Override
    synchronized long now() {
      return super.now() + ahead;
    }

    @Override
    boolean read(Path path, MemorySegment into) throws LinkException {
      boolean whole = super.read(path, into);
      Runnable event = duringRead.poll();
      if (event != null) {
        event.run();
      }
      return whole;
    }
  }

  private final ScriptedAccess access = new ScriptedAccess();
  private final InputStore store = new InputStore(1 << 20, access, InputStore::hash);

  private Path write(String name, String text) {
    try {
      return Files.writeString(directory.resolve(name), text);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String text(Content content) {
    return new String(content.bytes().toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
  }

  @Test
  void anUnchangedFileIsNotReadAgain() throws Exception {
    Path file = write("a.o", "content");
    Content first = store.open(file);
    Content again = store.open(file);
    assertThat(again).isSameAs(first);
    assertThat(text(first)).isEqualTo("content");
    assertThat(first.bytes().isReadOnly()).isTrue();
    assertThat(store.statistics()).isEqualTo(new InputStore.Statistics(1, 7, 2, 1, 2, 1, 7));
  }

  @Test
  void aChangedFileIsReadAgain() throws Exception {
    Path file = write("a.o", "before");
    Content before = store.open(file);
    write("a.o", "after!");
    Content after = store.open(file);
    assertThat(text(after)).isEqualTo("after!");
    assertThat(text(before)).as("whoever holds the old content keeps it").isEqualTo("before");
    assertThat(after.hash()).isNotEqualTo(before.hash());
  }

  @Test
  void aFileWrittenTwiceWithinOneTickIsNoticed() throws Exception {
    access.ahead = 0;
    String seen = "";
    Path file = write("a.o", "0000");
    for (int i = 1; i < 200; i++) {
      seen = text(store.open(file));
      assertThat(seen).isEqualTo(String.format("%04d", i - 1));
      write("a.o", String.format("%04d", i));
    }
    assertThat(seen).isEqualTo("0198");
  }

  @Test
  void aYoungStampIsTrustedOnceItIsOld() throws Exception {
    access.ahead = 0;
    Path file = write("a.o", "content");
    Content content = store.open(file);
    assertThat(store.open(file)).isSameAs(content);
    assertThat(store.statistics().reads()).isEqualTo(2);
    access.ahead = HOUR;
    assertThat(store.open(file)).isSameAs(content);
    assertThat(store.statistics().reads()).isEqualTo(3);
    assertThat(store.open(file)).isSameAs(content);
    assertThat(store.statistics().reads()).as("now it is settled").isEqualTo(3);
  }

  @Test
  void restoringTheModificationTimeHidesNothing() throws Exception {
    Path file = write("a.o", "before");
    FileTime time = Files.getLastModifiedTime(file);
    assertThat(text(store.open(file))).isEqualTo("before");
    write("a.o", "AFTER!");
    Files.setLastModifiedTime(file, time);
    assertThat(text(store.open(file))).isEqualTo("AFTER!");
  }

  @Test
  void aReplacedFileIsAnotherContent() throws Exception {
    Path file = write("a.o", "before");
    Path next = write("next.o", "after!");
    Content before = store.open(file);
    Files.move(next, file, StandardCopyOption.REPLACE_EXISTING);
    assertThat(store.open(file)).isNotSameAs(before);
  }

  @Test
  void touchingAFileKeepsItsContent() throws Exception {
    Path file = write("a.o", "content");
    Content before = store.open(file);
    Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000));
    assertThat(store.open(file)).isSameAs(before);
    assertThat(store.statistics().reads()).isEqualTo(2);
    assertThat(store.statistics().contents()).isEqualTo(1);
  }

  @Test
  void copiesShareOneContent() throws Exception {
    Content one = store.open(write("one.o", "the same"));
    Content two = store.open(write("two.o", "the same"));
    Content link = store.open(Files.createSymbolicLink(directory.resolve("l.o"), Path.of("one.o")));
    assertThat(two).isSameAs(one);
    assertThat(link).isSameAs(one);
    assertThat(store.statistics().bytes()).isEqualTo(8);
    assertThat(store.statistics().files()).isEqualTo(3);
    assertThat(store.statistics().references()).isEqualTo(3);
  }

  @Test
  void aFileThatChangesWhileItIsReadIsReadAgain() throws Exception {
    Path file = write("a.o", "first");
    access.duringRead.add(() -> write("a.o", "second and longer"));
    access.duringRead.add(() -> write("a.o", "3"));
    assertThat(text(store.open(file))).isEqualTo("3");
    assertThat(store.statistics().bytes()).isEqualTo(1);
  }

  @Test
  void aFileThatNeverRestsIsGivenUp() {
    Path file = write("a.o", "x");
    for (int i = 0; i < 100; i++) {
      String text = "x".repeat(i + 2);
      access.duringRead.add(() -> write("a.o", text));
    }
    assertThatThrownBy(() -> store.open(file)).hasMessageContaining("keeps changing");
    assertThat(store.statistics().bytes()).isZero();
  }

  @Test
  void theLastReleaseFreesTheBytes() throws Exception {
    Path file = write("a.o", "content");
    Content content = store.open(file);
    content.retain();
    content.release();
    assertThat(text(content)).isEqualTo("content");
    content.release();
    assertThatThrownBy(() -> content.bytes().get(ValueLayout.JAVA_BYTE, 0))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(content::retain).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(content::release).isInstanceOf(IllegalStateException.class);
    assertThat(store.statistics().contents()).isZero();
    assertThat(store.statistics().bytes()).isZero();
    assertThat(store.statistics().files()).isZero();
    Content again = store.open(file);
    assertThat(again).isNotSameAs(content);
    assertThat(text(again)).isEqualTo("content");
  }

  @Test
  void whatCannotBeReadIsADiagnostic() throws Exception {
    refused(directory.resolve("missing.o"), Code.INPUT_UNREADABLE, "no such file");
    refused(directory, Code.INPUT_UNREADABLE, "is a directory");
    refused(Path.of("/dev/null"), Code.INPUT_UNREADABLE, "not a regular file");
    // Nobody may read it, root neither.
    Path writeOnly = Path.of("/sys/bus/platform/drivers_probe");
    refused(writeOnly, Code.INPUT_UNREADABLE, "permission denied");
    Path file = write("a.o", "x");
    refused(file.resolve("below"), Code.INPUT_UNREADABLE, "ENOTDIR");
  }

  private void refused(Path path, Code code, String reason) {
    assertThatThrownBy(() -> store.open(path))
        .isInstanceOf(LinkException.class)
        .hasMessageStartingWith(path.toString())
        .hasMessageContaining(reason)
        .satisfies(e -> assertThat(((LinkException) e).diagnostic().code()).isEqualTo(code));
  }

  @Test
  void memoryIsLimited() throws Exception {
    Content large = store.open(write("large.o", "x".repeat(1 << 19)));
    Path other = write("other.o", "y".repeat((1 << 19) + 1));
    refused(other, Code.LIMIT_EXCEEDED, "do not fit");
    large.release();
    assertThat(store.open(other).size()).isEqualTo((1 << 19) + 1);
  }

  @Test
  void emptyFilesAreContents() throws Exception {
    Content empty = store.open(write("empty", ""));
    assertThat(empty.size()).isZero();
    assertThat(store.open(directory.resolve("empty"))).isSameAs(empty);
  }

  @Test
  void contentsThatCollideAreKeptApart() throws Exception {
    InputStore colliding = new InputStore(1 << 20, access, bytes -> new Hash128(1, 2));
    Content one = colliding.open(write("one.o", "one"));
    Content two = colliding.open(write("two.o", "two"));
    assertThat(two).isNotSameAs(one);
    assertThat(colliding.open(write("again.o", "one"))).isSameAs(one);
    one.release();
    one.release();
    assertThat(text(colliding.open(write("later.o", "two")))).isEqualTo("two");
    assertThat(colliding.statistics().contents()).isEqualTo(1);
  }

  @Test
  void aContentIsParsedOnce() throws Exception {
    Content content = store.open(write("x", "text"));
    List<String> parsed = new ArrayList<>();
    Content.Parser<String> parser =
        (name, bytes) -> {
          parsed.add(name);
          return name + bytes.byteSize();
        };
    String view = content.parsed(String.class, "a", parser);
    assertThat(content.parsed(String.class, "a", parser)).isSameAs(view).isEqualTo("a4");
    assertThat(content.parsed(String.class, "b", parser)).isEqualTo("b4");
    assertThat(parsed).containsExactly("a", "b");
    assertThatThrownBy(() -> content.object("x.o")).hasMessageStartingWith("x.o");
    assertThatThrownBy(() -> content.parsed(ElfObject.class, "x.o", ElfObject::parse))
        .as("failures are found again")
        .hasMessageStartingWith("x.o");
  }

  @Test
  void manyThreadsOpenAndRelease() throws Exception {
    long seed = System.nanoTime();
    System.out.println("InputStoreTest seed " + seed);
    for (int f = 0; f < 8; f++) {
      write("f" + f, "content " + f / 2);
    }
    try (ExecutorService pool = Executors.newFixedThreadPool(4)) {
      List<Future<Integer>> results = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        results.add(pool.submit(worker(new Random(seed + t))));
      }
      for (Future<Integer> result : results) {
        assertThat(result.get()).isEqualTo(2000);
      }
    }
    assertThat(store.statistics().contents()).isZero();
    assertThat(store.statistics().bytes()).isZero();
    assertThat(store.statistics().references()).isZero();
    assertThat(store.statistics().files()).isZero();
  }

  private Callable<Integer> worker(Random random) {
    return () -> {
      int right = 0;
      for (int i = 0; i < 2000; i++) {
        int f = random.nextInt(8);
        Content content = store.open(directory.resolve("f" + f));
        right += text(content).equals("content " + f / 2) ? 1 : 0;
        content.release();
      }
      return right;
    };
  }
}
