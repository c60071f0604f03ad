package dev.linkd.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.publish.LeftSpare.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is told of spares, and the removal of those that were left behind. */
class SpareLogTest implements SpareLog {
  @TempDir Path directory;

  private final List<FileIdentity> files = new ArrayList<>();
  private int gone;
  private OutputFixture fixture;

  @BeforeEach
  void open() {
    fixture =
        new OutputFixture(
            directory, OutputFixture.OPTIONS.withSpareLog(this), new TestImage(OutputFixture.SIZE));
  }

  @Override
  public void appeared(Path output, FileIdentity file) {
    assertThat(output).isEqualTo(fixture.output);
    files.add(file);
  }

  @Override
  public void went(Path output) {
    assertThat(output).isEqualTo(fixture.output);
    gone++;
  }

  @Test
  void twoFilesThatTakeTurnsAreToldOfOnceEach() throws Exception {
    try (OutputFixture open = fixture) {
      open.image.publish(open.publisher);
      assertThat(files).isEmpty();
      for (int i = 0; i < 6; i++) {
        open.publishNext();
      }
      assertThat(files).extracting(FileIdentity::inode).contains(OutputFixture.inode(open.spare));
      assertThat(files).hasSize(2);
      assertThat(gone).isZero();
    }
    assertThat(gone).isEqualTo(1);
  }

  @Test
  void aSpareThatOthersTookAwayIsToldOfAsGone() throws Exception {
    try (OutputFixture open = fixture) {
      open.makeSteady();
      Files.delete(fixture.spare);
      fixture.publisher.invalidateSpare();
      assertThat(gone).isEqualTo(1);
      fixture.publishNext();
      assertThat(files).hasSize(3);
    }
  }

  @Test
  void theSpareThatWasLeftIsRemoved() throws Exception {
    fixture.makeSteady();
    byte[] published = fixture.content();
    assertThat(LeftSpare.remove(fixture.output, files)).isEqualTo(Outcome.REMOVED);
    assertThat(fixture.names()).containsExactly("prog");
    assertThat(fixture.content()).isEqualTo(published);
    assertThat(LeftSpare.remove(fixture.output, files)).isEqualTo(Outcome.ABSENT);
    fixture.publishNext();
  }

  @Test
  void anotherFileOfThatNameStays() throws Exception {
    fixture.makeSteady();
    List<FileIdentity> before = List.copyOf(files);
    Files.delete(fixture.spare);
    Files.writeString(fixture.spare, "theirs");
    assertThat(LeftSpare.remove(fixture.output, before)).isEqualTo(Outcome.ABSENT);
    assertThat(fixture.spare).hasContent("theirs");
  }

  @Test
  void aFileOfSomebodyElseStays() throws Exception {
    fixture.makeSteady();
    Processes.check("chown", "4321", fixture.spare.toString());
    assertThat(LeftSpare.remove(fixture.output, files)).isEqualTo(Outcome.ABSENT);
    assertThat(fixture.spare).exists();
  }

  @Test
  void aLinkAtTheNameStays() throws Exception {
    fixture.makeSteady();
    Path moved = Files.move(fixture.spare, directory.resolve("moved"));
    Files.createSymbolicLink(fixture.spare, moved);
    assertThat(LeftSpare.remove(fixture.output, files)).isEqualTo(Outcome.ABSENT);
    assertThat(moved).exists();
  }
}
