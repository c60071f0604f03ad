package dev.linkd.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.linkd.publish.PublishOptions.Durability;
import dev.linkd.publish.PublishResult.Method;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublisherTest {
  @TempDir Path directory;

  @Test
  void theFirstPublishWritesTheFileAndNothingElse() throws Exception {
    try (OutputFixture fixture = new OutputFixture(directory)) {
      PublishResult result = fixture.image.publish(fixture.publisher);
      fixture.assertOutputIsCurrent();
      assertThat(result.generation()).isEqualTo(1);
      assertThat(result.method()).isEqualTo(Method.FRESH);
      assertThat(result.bytesWritten()).isEqualTo(OutputFixture.SIZE);
      assertThat(fixture.names()).containsExactly("prog");
      assertThat(OutputFixture.mode(fixture.output)).isEqualTo(0755);
    }
  }

  @Test
  void theSecondPublishLeavesTheFirstGenerationAsSpare() throws Exception {
    try (OutputFixture fixture = new OutputFixture(directory)) {
      fixture.image.publish(fixture.publisher);
      byte[] first = fixture.content();
      assertThat(fixture.publishNext().method()).isEqualTo(Method.FULL_COPY);
      assertThat(fixture.names()).containsExactly(".prog.linkd-spare", "prog");
      assertThat(Files.readAllBytes(fixture.spare)).isEqualTo(first);
    }
  }

  @Test
  void laterPublishesWriteWhatTwoGenerationsChanged() throws Exception {
    try (OutputFixture fixture = OutputFixture.steady(directory)) {
      PublishResult result = fixture.publishNext();
      assertThat(result.method()).isEqualTo(Method.PATCHED_SPARE);
      assertThat(result.why()).isEmpty();
      assertThat(result.ranges()).isEqualTo(TestImage.STAMPS);
      assertThat(result.bytesWritten()).isEqualTo(TestImage.STAMPS * Long.BYTES);
      assertThat(result.generation()).isEqualTo(4).isEqualTo(fixture.publisher.generation());
    }
  }

  @Test
  void rangesOfDifferentGenerationsAllArrive() throws Exception {
    try (OutputFixture fixture = OutputFixture.steady(directory)) {
      for (int i = 0; i < 20; i++) {
        fixture.image.next().fill(i * 9000L, i * 9000L + 5000);
        assertThat(fixture.image.publish(fixture.publisher).method())
            .isEqualTo(Method.PATCHED_SPARE);
        fixture.assertOutputIsCurrent();
      }
    }
  }

  @Test
  void theFileGrowsAndShrinksWithTheImage() throws Exception {
    long seed = new Random().nextLong();
    System.out.println("PublisherTest.theFileGrowsAndShrinksWithTheImage seed " + seed);
    Random random = new Random(seed);
    TestImage image = new TestImage(100_000, 300_000);
    try (OutputFixture fixture = new OutputFixture(directory, OutputFixture.OPTIONS, image)) {
      fixture.makeSteady();
      for (int i = 0; i < 200; i++) {
        image.resize(1000 + random.nextInt(299_000));
        assertThat(image.publish(fixture.publisher).method()).isEqualTo(Method.PATCHED_SPARE);
        fixture.assertOutputIsCurrent();
      }
    }
  }

  @Test
  void anEmptyImageIsAnEmptyFile() throws Exception {
    try (OutputFixture fixture = OutputFixture.steady(directory)) {
      ByteRanges nothing = new ByteRanges();
      for (int i = 0; i < 3; i++) {
        fixture.publisher.publish(fixture.image.bytes, 0, nothing);
        assertThat(fixture.output).isEmptyFile();
      }
      fixture.publishNext();
    }
  }

  @Test
  void publishingWithoutAChangeKeepsTheContent() throws Exception {
    try (OutputFixture fixture = OutputFixture.steady(directory)) {
      for (int i = 0; i < 3; i++) {
        fixture.publisher.publish(fixture.image.bytes, fixture.image.size(), new ByteRanges());
        fixture.assertOutputIsCurrent();
      }
    }
  }

  @Test
  void aTouchedOutputIsNewerAndStillOurs() throws Exception {
    try (OutputFixture fixture = OutputFixture.steady(directory)) {
      FileTime before = Files.getLastModifiedTime(fixture.output);
      Thread.sleep(2);

      assertThat(fixture.publisher.touch()).isTrue();

      assertThat(Files.getLastModifiedTime(fixture.output)).isGreaterThan(before);
      fixture.assertOutputIsCurrent();
      assertThat(fixture.publisher.intact()).isTrue();
      assertThat(fixture.publishNext().method()).isEqualTo(Method.PATCHED_SPARE);
      assertThat(fixture.publishNext().method()).isEqualTo(Method.PATCHED_SPARE);
    }
  }

  @Test
  void whatOthersChangedIsNotTouched() throws Exception {
    try (OutputFixture fixture = OutputFixture.steady(directory)) {
      Files.writeString(fixture.output, "foreign");
      FileTime foreign = Files.getLastModifiedTime(fixture.output);

      assertThat(fixture.publisher.touch()).isFalse();

      assertThat(Files.getLastModifiedTime(fixture.output)).isEqualTo(foreign);
      Files.delete(fixture.output);
      assertThat(fixture.publisher.touch()).isFalse();
    }
  }

  @Test
  void nothingIsTouchedBeforeTheFirstPublish() throws Exception {
    try (OutputFixture fixture = new OutputFixture(directory)) {
      assertThat(fixture.publisher.touch()).isFalse();
    }
  }

  @Test
  void aLargeChangeGoesToANewFile() throws Exception {
    PublishOptions options = new PublishOptions(Durability.NONE, 0755, 4, true, 50_000);
    TestImage image = new TestImage(OutputFixture.SIZE);
    try (OutputFixture fixture = new OutputFixture(directory, options, image)) {
      fixture.makeSteady();
      image.next().fill(0, 60_000);
      PublishResult large = image.publish(fixture.publisher);
      assertThat(large.method()).isEqualTo(Method.FULL_COPY);
      assertThat(large.why()).isEqualTo("the change is large");
      fixture.assertOutputIsCurrent();
      assertThat(fixture.publishNext().why()).isEqualTo("the change is large");
      assertThat(fixture.publishNext().method()).isEqualTo(Method.PATCHED_SPARE);
      assertThat(fixture.names()).containsExactly(".prog.linkd-spare", "prog");
    }
  }

  @Test
  void withoutHistoryEveryPublishIsWhole() throws Exception {
    PublishOptions options = new PublishOptions(Durability.NONE, 0755, 0, true, 1 << 20);
    TestImage image = new TestImage(OutputFixture.SIZE);
    try (OutputFixture fixture = new OutputFixture(directory, options, image)) {
      image.publish(fixture.publisher);
      fixture.publishNext();
      assertThat(fixture.publishNext().why()).isEqualTo("the spare is too old");
    }
  }

  @Test
  void withoutASpareNothingIsNextToTheOutput() throws Exception {
    PublishOptions options = new PublishOptions(Durability.NONE, 0755, 4, false, 1 << 20);
    TestImage image = new TestImage(OutputFixture.SIZE);
    try (OutputFixture fixture = new OutputFixture(directory, options, image)) {
      image.publish(fixture.publisher);
      for (int i = 0; i < 3; i++) {
        assertThat(fixture.publishNext().method()).isEqualTo(Method.FULL_COPY);
        assertThat(fixture.names()).containsExactly("prog");
      }
    }
  }

  @Test
  void durablePublishesWorkTheSame() throws Exception {
    PublishOptions options = new PublishOptions(Durability.FLUSH, 0755, 4, true, 1 << 20);
    TestImage image = new TestImage(OutputFixture.SIZE);
    try (OutputFixture fixture = new OutputFixture(directory, options, image)) {
      fixture.makeSteady();
      assertThat(fixture.publishNext().method()).isEqualTo(Method.PATCHED_SPARE);
    }
  }

  @Test
  void anInvalidatedSpareGoesAndComesBack() throws Exception {
    try (OutputFixture fixture = OutputFixture.steady(directory)) {
      fixture.publisher.invalidateSpare();
      assertThat(fixture.names()).containsExactly("prog");
      assertThat(fixture.publishNext().why()).isEqualTo("there is no spare");
      assertThat(fixture.publishNext().method()).isEqualTo(Method.PATCHED_SPARE);
    }
  }

  @Test
  void closingLeavesTheOutputAlone() throws Exception {
    OutputFixture fixture = OutputFixture.steady(directory);
    fixture.close();
    fixture.close();
    fixture.assertOutputIsCurrent();
    assertThat(fixture.names()).containsExactly("prog");
    assertThatThrownBy(fixture::publishNext).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aNewPublisherTakesOverAnExistingOutput() throws Exception {
    try (OutputFixture old = OutputFixture.steady(directory)) {
      old.publishNext();
    }
    try (OutputFixture fixture = new OutputFixture(directory)) {
      assertThat(fixture.image.publish(fixture.publisher).method()).isEqualTo(Method.FRESH);
      fixture.assertOutputIsCurrent();
      assertThat(fixture.names()).containsExactly("prog");
    }
  }

  @Test
  void aRelativePathIsTakenFromTheWorkingDirectory() throws Exception {
    Path relative = Path.of("").toAbsolutePath().relativize(directory.resolve("rel"));
    try (Publisher publisher = new Publisher(relative, OutputFixture.OPTIONS)) {
      TestImage image = new TestImage(1000);
      image.publish(publisher);
      assertThat(directory.resolve("rel")).hasBinaryContent(image.content());
    }
  }

  @Test
  void impossibleRequestsAreRefused() {
    try (OutputFixture fixture = new OutputFixture(directory)) {
      ByteRanges none = new ByteRanges();
      Publisher publisher = fixture.publisher;
      MemorySegment heap = MemorySegment.ofArray(new long[4]);
      assertThatThrownBy(() -> publisher.publish(heap, 8, none))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> publisher.publish(fixture.image.bytes, -1, none))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(
              () -> publisher.publish(fixture.image.bytes, OutputFixture.SIZE + 1L, none))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> new Publisher(Path.of("/"), OutputFixture.OPTIONS))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void optionsOutOfRangeAreRefused() {
    assertThatThrownBy(() -> PublishOptions.defaults(04755))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new PublishOptions(Durability.NONE, 0755, -1, true, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new PublishOptions(Durability.NONE, 0755, 1, true, -1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
