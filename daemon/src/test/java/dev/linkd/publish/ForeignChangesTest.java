package dev.linkd.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.linkd.os.FileSystemCalls;
import dev.linkd.os.NativeFileSystemCalls;
import dev.linkd.os.NativePath;
import dev.linkd.os.OpenFlags;
import dev.linkd.publish.PublishResult.Method;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens when others touch the output or the spare between two publishes. */
class ForeignChangesTest {
  private static final String ACL = "system.posix_acl_access";
  private static final String CHANGED = "others changed or removed the output";

  @TempDir Path directory;
  private OutputFixture fixture;

  @BeforeEach
  void reachTheSteadyState() throws PublishException {
    fixture = OutputFixture.steady(directory);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  /** The next publish writes a new file, and the ones after it are steady again. */
  private void assertWrittenWhole() throws Exception {
    PublishResult result = fixture.publishNext();
    assertThat(result.method()).isEqualTo(Method.FRESH);
    assertThat(result.why()).isEqualTo(CHANGED);
    assertThat(result.bytesWritten()).isEqualTo(OutputFixture.SIZE);
    fixture.publishNext();
    assertThat(fixture.publishNext().method()).isEqualTo(Method.PATCHED_SPARE);
    assertThat(fixture.names()).contains(".prog.linkd-spare", "prog");
  }

  @Test
  void aDeletedOutputComesBack() throws Exception {
    Files.delete(fixture.output);
    assertWrittenWhole();
  }

  @Test
  void theSpareOfADeletedOutputCanBeDropped() throws Exception {
    assertThat(fixture.publisher.dropSpareOfDeletedOutput()).isFalse();
    assertThat(fixture.spare).exists();
    Files.delete(fixture.output);
    assertThat(fixture.publisher.dropSpareOfDeletedOutput()).isTrue();
    assertThat(fixture.names()).isEmpty();
  }

  @Test
  void outputAndSpareDeletedTogetherComeBack() throws Exception {
    Files.delete(fixture.output);
    Files.delete(fixture.spare);
    assertWrittenWhole();
  }

  @Test
  void aDirectoryThatWasDeletedAndMadeAgainIsNoObstacle() throws Exception {
    Files.delete(fixture.output);
    Files.delete(fixture.spare);
    Files.delete(directory);
    Files.createDirectory(directory);
    assertWrittenWhole();
  }

  @Test
  void aReplacedOutputIsReplacedAgain() throws Exception {
    Path other = Files.writeString(directory.resolve("other"), "#!/bin/sh\n");
    Files.move(other, fixture.output, StandardCopyOption.REPLACE_EXISTING);
    assertWrittenWhole();
    assertThat(OutputFixture.mode(fixture.output)).isEqualTo(0755);
  }

  @Test
  void aPatchedOutputIsWrittenWhole() throws Exception {
    try (FileChannel channel = FileChannel.open(fixture.output, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[] {1}), 1234);
    }
    assertWrittenWhole();
  }

  @Test
  void aPatchWithTheOldTimeIsStillNoticed() throws Exception {
    FileTime before = Files.getLastModifiedTime(fixture.output);
    try (FileChannel channel = FileChannel.open(fixture.output, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[] {1}), 1234);
    }
    Files.setLastModifiedTime(fixture.output, before);
    assertThat(Files.getLastModifiedTime(fixture.output)).isEqualTo(before);
    assertWrittenWhole();
  }

  @Test
  void aTouchedOutputIsWrittenWhole() throws Exception {
    Files.setLastModifiedTime(fixture.output, FileTime.from(Instant.parse("2001-02-03T04:05:06Z")));
    assertWrittenWhole();
  }

  @Test
  void aTouchedSpareIsGivenUp() throws Exception {
    Files.setLastModifiedTime(fixture.spare, FileTime.from(Instant.now()));
    PublishResult result = fixture.publishNext();
    assertThat(result.method()).isEqualTo(Method.FULL_COPY);
    assertThat(result.why()).isEqualTo("the spare was modified");
    assertThat(fixture.publishNext().method()).isEqualTo(Method.PATCHED_SPARE);
  }

  @Test
  void aDeletedSpareIsMadeAgain() throws Exception {
    Files.delete(fixture.spare);
    PublishResult result = fixture.publishNext();
    assertThat(result.why()).isEqualTo("the spare cannot be opened: ENOENT");
    assertThat(fixture.publishNext().method()).isEqualTo(Method.PATCHED_SPARE);
  }

  @Test
  void aHardLinkKeepsItsGeneration() throws Exception {
    Path link = Files.createLink(directory.resolve("linked"), fixture.output);
    byte[] linked = fixture.content();
    for (int i = 0; i < 5; i++) {
      fixture.publishNext();
      assertThat(link).hasBinaryContent(linked);
    }
  }

  @Test
  void aHardLinkAfterEachPublishKeepsEachGeneration() throws Exception {
    for (int i = 0; i < 10; i++) {
      fixture.publishNext();
      Files.createLink(directory.resolve("linked" + i), fixture.output);
    }
    long newest = fixture.image.stamp();
    for (int i = 0; i < 10; i++) {
      byte[] content = Files.readAllBytes(directory.resolve("linked" + i));
      assertThat(TestImage.wholeStamp(content)).isEqualTo(newest - 9 + i);
    }
  }

  @Test
  void aHardLinkToTheSpareKeepsItsGeneration() throws Exception {
    Path link = Files.createLink(directory.resolve("linked"), fixture.spare);
    byte[] linked = Files.readAllBytes(link);
    assertThat(fixture.publishNext().why()).isEqualTo("the spare was modified");
    fixture.publishNext();
    assertThat(link).hasBinaryContent(linked);
  }

  @Test
  void aHardLinkThatCameAndWentIsNoticed() throws Exception {
    Files.delete(Files.createLink(directory.resolve("linked"), fixture.output));
    assertWrittenWhole();
  }

  @Test
  void aModeThatTheUserChoseStays() throws Exception {
    Processes.check("chmod", "0710", fixture.output.toString());
    assertWrittenWhole();
    for (int i = 0; i < 3; i++) {
      fixture.publishNext();
      assertThat(OutputFixture.mode(fixture.output)).isEqualTo(0710);
    }
  }

  @Test
  void anOutputThatNobodyCanExecuteBecomesExecutable() throws Exception {
    Processes.check("chmod", "0640", fixture.output.toString());
    fixture.publishNext();
    assertThat(OutputFixture.mode(fixture.output)).isEqualTo(0751);
  }

  @Test
  void setUserIdDoesNotVouchForNewContent() throws Exception {
    Processes.check("chmod", "4755", fixture.output.toString());
    fixture.publishNext();
    assertThat(OutputFixture.mode(fixture.output)).isEqualTo(0755);
  }

  @Test
  void anAttributeOfTheUserStays() throws Exception {
    Files.setAttribute(fixture.output, "user:origin", "ci".getBytes(StandardCharsets.UTF_8));
    assertWrittenWhole();
    for (int i = 0; i < 3; i++) {
      fixture.publishNext();
      assertThat(attribute("user:origin")).isEqualTo("ci");
    }
  }

  @Test
  void anAccessControlListStays() throws Exception {
    MemorySegment expected = acl();
    setAcl(fixture.output, expected);
    assertWrittenWhole();
    for (int i = 0; i < 3; i++) {
      fixture.publishNext();
      assertThat(acl(fixture.output).mismatch(expected)).isEqualTo(-1);
      assertThat(acl(fixture.spare).mismatch(expected)).isEqualTo(-1);
    }
  }

  /** User 1234 may read and execute: version 2, then tag, permissions and id of each entry. */
  private static MemorySegment acl() {
    ByteBuffer bytes = ByteBuffer.allocateDirect(44).order(ByteOrder.LITTLE_ENDIAN).putInt(2);
    int[][] entries = {{1, 7, -1}, {2, 5, 1234}, {4, 5, -1}, {16, 5, -1}, {32, 5, -1}};
    for (int[] entry : entries) {
      bytes.putShort((short) entry[0]).putShort((short) entry[1]).putInt(entry[2]);
    }
    return MemorySegment.ofBuffer(bytes.flip());
  }

  private static void setAcl(Path file, MemorySegment acl) {
    FileSystemCalls calls = new NativeFileSystemCalls();
    int descriptor = calls.open(NativePath.of(file.toString()), OpenFlags.O_WRONLY, 0);
    assertThat(calls.setAttribute(descriptor, NativePath.of(ACL), acl, acl.byteSize())).isZero();
    assertThat(calls.close(descriptor)).isZero();
  }

  private static MemorySegment acl(Path file) {
    MemorySegment value = Arena.ofAuto().allocate(1024);
    long size =
        new NativeFileSystemCalls()
            .attribute(NativePath.of(file.toString()), NativePath.of(ACL), value);
    assertThat(size).isPositive();
    return value.asSlice(0, size);
  }

  @Test
  void theOwnerStays() throws Exception {
    Processes.check("chown", "1234:2345", fixture.output.toString());
    assertWrittenWhole();
    for (int i = 0; i < 3; i++) {
      assertThat(fixture.publishNext().method()).isEqualTo(Method.PATCHED_SPARE);
      assertThat(Files.getAttribute(fixture.output, "unix:uid")).isEqualTo(1234);
      assertThat(Files.getAttribute(fixture.output, "unix:gid")).isEqualTo(2345);
    }
  }

  @Test
  void bothFilesHaveTheSameOwnerModeAndAttributes() throws Exception {
    Files.setAttribute(fixture.output, "user:origin", "ci".getBytes(StandardCharsets.UTF_8));
    Processes.check("chown", "1234:2345", fixture.output.toString());
    Processes.check("chmod", "0711", fixture.output.toString());
    assertWrittenWhole();
    for (String name : new String[] {"unix:uid", "unix:gid", "unix:mode"}) {
      assertThat(Files.getAttribute(fixture.spare, name))
          .isEqualTo(Files.getAttribute(fixture.output, name));
    }
    assertThat((byte[]) Files.getAttribute(fixture.spare, "user:origin"))
        .isEqualTo((byte[]) Files.getAttribute(fixture.output, "user:origin"));
  }

  @Test
  void strippingTheOutputDoesNotReachLaterGenerations() throws Exception {
    Path real = Path.of("/proc/self/exe").toRealPath();
    byte[] program = Files.readAllBytes(real);
    ByteRanges all = new ByteRanges();
    all.add(0, program.length);
    MemorySegment image = Arena.ofAuto().allocateFrom(ValueLayout.JAVA_BYTE, program);
    for (int i = 0; i < 3; i++) {
      fixture.publisher.publish(image, program.length, all);
    }
    Processes.check("strip", "--strip-all", "--remove-section=.comment", fixture.output.toString());
    assertThat(fixture.content()).isNotEqualTo(program);
    for (int i = 0; i < 3; i++) {
      fixture.publisher.publish(image, program.length, new ByteRanges());
      assertThat(fixture.output).hasBinaryContent(program);
    }
  }

  @Test
  void aDirectoryInPlaceOfTheOutputIsReported() throws Exception {
    Files.delete(fixture.output);
    Files.createDirectory(fixture.output);
    PublishException failure = publishFails();
    assertThat(failure.error()).isEqualTo("EISDIR");
    assertThat(failure.advice()).contains("directory");
    assertThat(failure.path()).isEqualTo(fixture.output);
    assertThat(fixture.output).isEmptyDirectory();
    Files.delete(fixture.output);
    fixture.publishNext();
  }

  @Test
  void aPipeInPlaceOfTheOutputIsReported() throws Exception {
    Files.delete(fixture.output);
    Processes.check("mkfifo", fixture.output.toString());
    assertThat(publishFails().error()).isEqualTo("EINVAL");
    Files.delete(fixture.output);
    fixture.publishNext();
  }

  @Test
  void aSymbolicLinkIsReplacedAndItsTargetKept() throws Exception {
    Path elsewhere = Files.writeString(directory.resolve("elsewhere"), "precious");
    Files.delete(fixture.output);
    Files.createSymbolicLink(fixture.output, elsewhere);
    assertWrittenWhole();
    assertThat(fixture.output).isRegularFile();
    assertThat(Files.isSymbolicLink(fixture.output)).isFalse();
    assertThat(elsewhere).hasContent("precious");
  }

  @Test
  void aDanglingSymbolicLinkIsReplaced() throws Exception {
    Files.delete(fixture.output);
    Files.createSymbolicLink(fixture.output, directory.resolve("nowhere"));
    assertWrittenWhole();
    assertThat(directory.resolve("nowhere")).doesNotExist();
  }

  private PublishException publishFails() {
    return catchThrowableOfType(
        PublishException.class, () -> fixture.image.next().publish(fixture.publisher));
  }

  private String attribute(String name) throws IOException {
    return new String((byte[]) Files.getAttribute(fixture.output, name), StandardCharsets.UTF_8);
  }
}
