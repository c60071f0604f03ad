package dev.linkd.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.linkd.os.Errno;
import dev.linkd.publish.PublishResult.Method;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** New files on file systems whose files can share blocks; the sharing itself is emulated. */
class CloneTest {
  @TempDir Path directory;
  private final FaultyCalls calls = new FaultyCalls();
  private final TestImage image = new TestImage(OutputFixture.SIZE, 2 * OutputFixture.SIZE);
  private Path output;
  private Publisher publisher;

  @BeforeEach
  void open() {
    output = directory.resolve("prog");
    publisher = new Publisher(output, OutputFixture.OPTIONS, calls);
    calls.emulateClones();
  }

  @AfterEach
  void close() {
    publisher.close();
  }

  private PublishResult publish() throws PublishException, IOException {
    PublishResult result = image.publish(publisher);
    assertThat(Files.readAllBytes(output)).isEqualTo(image.content());
    return result;
  }

  @Test
  void theSecondFileStartsAsACloneOfTheFirst() throws Exception {
    assertThat(publish().method()).isEqualTo(Method.FRESH);
    image.next();
    PublishResult second = publish();
    assertThat(second.method()).isEqualTo(Method.CLONED);
    assertThat(second.bytesWritten()).isEqualTo(TestImage.STAMPS * Long.BYTES);
    image.next();
    assertThat(publish().method()).isEqualTo(Method.PATCHED_SPARE);
  }

  @Test
  void aCloneGrowsAndShrinks() throws Exception {
    publish();
    for (int size : new int[] {300_000, 1000, 399_999, 100_000}) {
      publisher.invalidateSpare();
      image.resize(size);
      assertThat(publish().method()).isEqualTo(Method.CLONED);
    }
  }

  @Test
  void whatOthersWroteIsNotCloned() throws Exception {
    publish();
    Files.write(output, new byte[] {1, 2, 3});
    image.next();
    assertThat(publish().method()).isEqualTo(Method.FRESH);
  }

  @Test
  void changesOfAFailedPublishReachTheClone() throws Exception {
    publish();
    image.next().fill(70_000, 80_000);
    calls.fail(0, 1, Errno.EIO);
    assertThatThrownBy(() -> image.publish(publisher)).isInstanceOf(PublishException.class);
    calls.heal();
    image.next();
    assertThat(publish().method()).isEqualTo(Method.CLONED);
  }

  @Test
  void everyFaultOfAClonedPublishLeavesAWholeFile() throws Exception {
    publish();
    String failed;
    int skipped = 0;
    do {
      publisher.invalidateSpare();
      image.next();
      byte[] old = Files.readAllBytes(output);
      calls.fail(skipped++, 1, Errno.EOPNOTSUPP);
      try {
        publish();
      } catch (PublishException e) {
        assertThat(output).hasBinaryContent(old);
      }
      calls.heal();
      failed = calls.failed();
      image.next();
      publish();
    } while (!failed.isEmpty());
    assertThat(skipped).isGreaterThan(20);
  }
}
