package dev.linkd.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.publish.PublishResult.Method;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are already there under the hidden names, and what becomes of them. */
class HiddenFilesTest {
  private static final String TAKEN = "the name of the spare is taken by a foreign file";

  @TempDir Path directory;

  private static void publishTwice(OutputFixture fixture) throws PublishException {
    fixture.image.publish(fixture.publisher);
    fixture.publishNext();
  }

  @Test
  void aSymbolicLinkUnderTheSpareNameIsNeitherFollowedNorRemoved() throws Exception {
    Path precious = Files.writeString(directory.resolve("precious"), "precious");
    try (OutputFixture fixture = new OutputFixture(directory)) {
      Files.createSymbolicLink(fixture.spare, precious);
      publishTwice(fixture);
      PublishResult result = fixture.publishNext();
      assertThat(result.method()).isEqualTo(Method.FULL_COPY);
      assertThat(result.why()).contains(TAKEN);
      assertThat(Files.isSymbolicLink(fixture.spare)).isTrue();
      assertThat(precious).hasContent("precious");
    }
    assertThat(OutputFixture.names(directory))
        .containsExactly(".prog.linkd-spare", "precious", "prog");
  }

  @Test
  void aSymbolicLinkThatReplacesTheSpareIsNotFollowed() throws Exception {
    Path precious = directory.resolve("precious");
    try (OutputFixture fixture = OutputFixture.steady(directory)) {
      Files.move(fixture.spare, precious);
      byte[] before = Files.readAllBytes(precious);
      Files.createSymbolicLink(fixture.spare, precious);
      assertThat(fixture.publishNext().why())
          .isEqualTo("the spare cannot be opened: ELOOP; " + TAKEN);
      fixture.publishNext();
      assertThat(precious).hasBinaryContent(before);
    }
  }

  @Test
  void aDirectoryUnderTheSpareNameIsLeftAlone() throws Exception {
    try (OutputFixture fixture = new OutputFixture(directory)) {
      Files.createDirectory(fixture.spare);
      publishTwice(fixture);
      assertThat(fixture.publishNext().why()).contains(TAKEN);
      assertThat(fixture.spare).isEmptyDirectory();
    }
  }

  @Test
  void aFileOfSomebodyElseUnderTheSpareNameIsLeftAlone() throws Exception {
    try (OutputFixture fixture = new OutputFixture(directory)) {
      Files.writeString(fixture.spare, "theirs");
      Processes.check("chown", "4321", fixture.spare.toString());
      publishTwice(fixture);
      assertThat(fixture.publishNext().why()).contains(TAKEN);
      assertThat(fixture.spare).hasContent("theirs");
    }
  }

  @Test
  void theSpareOfAKilledDaemonIsRemovedByTheFirstPublish() throws Exception {
    try (OutputFixture fixture = new OutputFixture(directory)) {
      Files.writeString(fixture.spare, "left behind");
      fixture.image.publish(fixture.publisher);
      assertThat(fixture.names()).containsExactly("prog");
    }
  }

  @Test
  void aHalfWrittenFileOfAKilledDaemonIsRemoved() throws Exception {
    Files.writeString(directory.resolve(".prog.linkd-new"), "half");
    try (OutputFixture fixture = OutputFixture.steady(directory)) {
      assertThat(fixture.names()).containsExactly(".prog.linkd-spare", "prog");
    }
  }

  @Test
  void aNewFileThatSomebodyHasOpenIsNotTouched() throws Exception {
    Path theirs = Files.writeString(directory.resolve(".prog.linkd-new"), "being written");
    try (FileChannel writer = FileChannel.open(theirs, StandardOpenOption.WRITE);
        OutputFixture fixture = OutputFixture.steady(directory)) {
      assertThat(writer.size()).isEqualTo(13);
      assertThat(theirs).hasContent("being written");
      fixture.publishNext();
    }
  }

  @Test
  void whenAllHiddenNamesAreTakenThatIsReported() throws Exception {
    for (int i = 0; i < HiddenNames.NEW_NAMES; i++) {
      Files.createDirectory(directory.resolve(".prog.linkd-new" + (i == 0 ? "" : i)));
    }
    try (OutputFixture fixture = new OutputFixture(directory)) {
      assertThat(fixture.output).doesNotExist();
      assertThat(Failures.of(fixture).error()).isEqualTo("EEXIST");
      assertThat(fixture.output).doesNotExist();
    }
  }

  @Test
  void aForeignFileThatTookTheSpareNameSurvivesTheClose() throws Exception {
    OutputFixture fixture = OutputFixture.steady(directory);
    Files.delete(fixture.spare);
    Thread.sleep(20); // longer than a tick of the clock for inodes, which may be given out again
    Files.writeString(fixture.spare, "theirs");
    fixture.close();
    assertThat(fixture.spare).hasContent("theirs");
  }

  @Test
  void twoPublishersOfOnePathDoNotMixTheirGenerations() throws Exception {
    try (OutputFixture one = OutputFixture.steady(directory);
        OutputFixture two = new OutputFixture(directory)) {
      for (int i = 0; i < 20; i++) {
        two.image.next().fill(0, 1000);
        two.image.publish(two.publisher);
        two.assertOutputIsCurrent();
        one.publishNext();
        one.publishNext();
      }
    }
    assertThat(OutputFixture.names(directory)).containsExactly("prog");
  }

  @Test
  void theLongestNamesGetShorterHiddenNames() throws Exception {
    for (String name : new String[] {"x".repeat(255), "ü".repeat(127), "x".repeat(243)}) {
      Path output = directory.resolve(name);
      TestImage image = new TestImage(1000);
      try (Publisher publisher = new Publisher(output, OutputFixture.OPTIONS)) {
        image.publish(publisher);
        image.next().publish(publisher);
        assertThat(image.next().publish(publisher).method()).isEqualTo(Method.PATCHED_SPARE);
        assertThat(output).hasBinaryContent(image.content());
      }
    }
    assertThat(OutputFixture.names(directory)).hasSize(3);
  }

  @Test
  void longNamesThatDifferAtTheEndHaveDifferentHiddenNames() {
    Path one = directory.resolve("x".repeat(254) + "1");
    Path two = directory.resolve("x".repeat(254) + "2");
    assertThat(HiddenNames.spare(one)).isNotEqualTo(HiddenNames.spare(two));
  }
}
