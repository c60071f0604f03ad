package dev.linkd.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.linkd.os.Errno;
import dev.linkd.publish.PublishOptions.Durability;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every system call of a publish fails, once or from then on. Whatever happens, the output is the
 * old generation when the publish throws and the new one when it returns, and the next publish
 * repairs everything.
 */
@Timeout(180)
class FaultInjectionTest {
  private static final int[] ERRORS = {
    Errno.EIO,
    Errno.ENOSPC,
    Errno.EINTR,
    Errno.EPERM,
    Errno.EINVAL,
    Errno.ENOENT,
    Errno.EEXIST,
    Errno.EISDIR,
    Errno.EOPNOTSUPP,
    Errno.EMFILE,
  };
  private static final int SIZE = 20_000;

  /** The old content of an output that does not exist. */
  private static final byte[] NOTHING = {};

  private static final long FOREVER = Long.MAX_VALUE / 2;
  private static final PublishOptions OPTIONS =
      new PublishOptions(Durability.FLUSH, 0755, 4, true, 1 << 20);

  @TempDir Path mountPoint;
  private MountedFileSystem mounted;
  private Path directory;
  private int cases;

  /** In memory, where flushing costs nothing: there are thousands of cases. */
  @BeforeEach
  void mount() throws Exception {
    mounted = MountedFileSystem.tmpfs(mountPoint, "512m");
    directory = mounted.root;
  }

  @AfterEach
  void unmount() throws Exception {
    mounted.close();
  }

  /** The publish that is hit. */
  private enum Situation {
    FIRST,
    OVER_A_FOREIGN_FILE,
    SECOND,
    STEADY,
    GROWING,
    IN_USE,
    MODIFIED_BY_OTHERS
  }

  @ParameterizedTest
  @EnumSource(Situation.class)
  void eachCallFailsOnce(Situation situation) throws Exception {
    Set<String> hit = failEach(situation, 1);
    System.out.println("FaultInjectionTest " + situation + ": " + cases + " cases, hit " + hit);
    assertThat(hit).contains("open", "pwrite", "close", "status of path");
  }

  @ParameterizedTest
  @EnumSource(Situation.class)
  void allCallsFailFromOneOn(Situation situation) throws Exception {
    assertThat(failEach(situation, FOREVER)).isNotEmpty();
  }

  private Set<String> failEach(Situation situation, long count) throws Exception {
    Set<String> hit = new TreeSet<>();
    for (int errno : ERRORS) {
      String failed;
      long skipped = 0;
      do {
        Path place = Files.createDirectory(directory.resolve("case" + cases++));
        failed = failOne(place, situation, skipped++, count, errno);
        hit.add(failed);
      } while (!failed.isEmpty());
    }
    hit.remove("");
    return hit;
  }

  /** Returns the name of the call that failed; empty when there were fewer calls. */
  private static String failOne(
      Path place, Situation situation, long skipped, long count, int errno) throws Exception {
    FaultyCalls calls = new FaultyCalls();
    Path output = place.resolve("prog");
    TestImage image = new TestImage(SIZE, 2 * SIZE);
    try (Publisher publisher = new Publisher(output, OPTIONS, calls)) {
      prepare(situation, publisher, image, output);
      byte[] old = Files.exists(output) ? Files.readAllBytes(output) : NOTHING;
      image.next();
      try (AutoCloseable user = user(situation, output)) {
        String what = situation + ", call " + skipped + " fails with " + Errno.name(errno);
        calls.fail(skipped, count, errno);
        publishOrKeep(publisher, image, output, old, what);
        calls.heal();
        for (int i = 0; i < 3; i++) {
          image.next().publish(publisher);
          assertThat(Files.readAllBytes(output)).as(what).isEqualTo(image.content());
        }
      }
    }
    assertThat(OutputFixture.names(place)).containsExactly("prog");
    Files.delete(output);
    Files.delete(place);
    return calls.failed();
  }

  private static void publishOrKeep(
      Publisher publisher, TestImage image, Path output, byte[] old, String what)
      throws IOException {
    long before = publisher.generation();
    try {
      PublishResult result = image.publish(publisher);
      assertThat(Files.readAllBytes(output)).as(what).isEqualTo(image.content());
      assertThat(result.generation()).as(what).isEqualTo(before + 1);
    } catch (PublishException e) {
      assertThat(publisher.generation()).as(what).isEqualTo(before);
      if (old == NOTHING) {
        assertThat(Files.exists(output, LinkOption.NOFOLLOW_LINKS)).as(what).isFalse();
      } else {
        assertThat(Files.readAllBytes(output)).as(what).isEqualTo(old);
      }
    }
  }

  private static void prepare(
      Situation situation, Publisher publisher, TestImage image, Path output) throws Exception {
    int generations =
        switch (situation) {
          case FIRST, OVER_A_FOREIGN_FILE -> 0;
          case SECOND -> 1;
          case STEADY, GROWING, IN_USE, MODIFIED_BY_OTHERS -> 4;
        };
    for (int i = 0; i < generations; i++) {
      image.next().publish(publisher);
    }
    if (situation == Situation.OVER_A_FOREIGN_FILE) {
      Files.writeString(output, "foreign");
      Files.setAttribute(output, "user:origin", "ci".getBytes(StandardCharsets.UTF_8));
    } else if (situation == Situation.MODIFIED_BY_OTHERS) {
      Files.write(output, new byte[] {1, 2, 3});
    } else if (situation == Situation.GROWING) {
      image.resize(2 * SIZE);
    }
  }

  private static AutoCloseable user(Situation situation, Path output) throws IOException {
    return situation == Situation.IN_USE ? Files.newInputStream(output) : () -> {};
  }

  @Test
  void aDirectoryThatAppearsInTheLastMomentGoesBack() throws Exception {
    FaultyCalls calls = new FaultyCalls();
    Path output = directory.resolve("prog");
    TestImage image = new TestImage(SIZE);
    try (Publisher publisher = new Publisher(output, OPTIONS, calls)) {
      for (int i = 0; i < 3; i++) {
        image.next().publish(publisher);
        assertThat(output).hasBinaryContent(image.content());
      }
      calls.beforeExchange(() -> replaceByDirectory(calls, output));
      PublishException failure =
          catchThrowableOfType(PublishException.class, () -> image.next().publish(publisher));
      assertThat(failure.error()).isEqualTo("EISDIR");
      assertThat(output.resolve("inside")).hasContent("theirs");
    }
    assertThat(OutputFixture.names(directory)).containsExactly("prog");
  }

  private static void replaceByDirectory(FaultyCalls calls, Path output) {
    calls.beforeExchange(() -> {});
    try {
      Files.delete(output);
      Files.createDirectory(output);
      Files.writeString(output.resolve("inside"), "theirs");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void anOutputThatDisappearsInTheLastMomentComesBack() throws Exception {
    FaultyCalls calls = new FaultyCalls();
    Path output = directory.resolve("prog");
    TestImage image = new TestImage(SIZE);
    try (Publisher publisher = new Publisher(output, OPTIONS, calls)) {
      for (int i = 0; i < 6; i++) {
        calls.beforeExchange(() -> assertThat(output.toFile().delete()).isEqualTo(true));
        image.next().publish(publisher);
        calls.beforeExchange(() -> {});
        assertThat(output).hasBinaryContent(image.content());
      }
    }
    assertThat(OutputFixture.names(directory)).containsExactly("prog");
  }
}
