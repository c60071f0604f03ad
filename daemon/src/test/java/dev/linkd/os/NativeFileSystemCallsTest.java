package dev.linkd.os;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeFileSystemCallsTest {
  @TempDir Path directory;
  private final FileSystemCalls calls = new NativeFileSystemCalls();
  private final FileStatus status = new FileStatus();

  private MemorySegment path(String name) {
    return NativePath.of(directory.resolve(name).toString());
  }

  private int create(String name) {
    int descriptor =
        calls.open(path(name), OpenFlags.O_WRONLY | OpenFlags.O_CREAT | OpenFlags.O_EXCL, 0600);
    assertThat(descriptor).isNotNegative();
    return descriptor;
  }

  private static MemorySegment text(String text) {
    return Arena.ofAuto().allocateFrom(text, StandardCharsets.US_ASCII);
  }

  @Test
  void writesGoWhereTheyBelong() {
    int file = create("a");
    assertThat(calls.pwrite(file, text("0123456789"), 2, 5, 3)).isEqualTo(5);
    assertThat(calls.write(file, text("abc"), 1, 2)).isEqualTo(2);
    assertThat(calls.truncate(file, 7)).isZero();
    assertThat(calls.close(file)).isZero();
    assertThat(directory.resolve("a")).hasContent("bc\0" + "2345");
  }

  @Test
  void aWriteOutsideOfItsMemoryIsRefused() {
    int file = create("a");
    MemorySegment four = Arena.ofAuto().allocate(4);
    assertThatThrownBy(() -> calls.pwrite(file, four, 1, 4, 0))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> calls.write(file, four, -1, 1))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThat(calls.close(file)).isZero();
  }

  @Test
  void statusAgreesWithTheJavaLibrary() throws Exception {
    Path file = Files.writeString(directory.resolve("a"), "12345");
    Files.createLink(directory.resolve("b"), file);
    assertThat(calls.status(path("a"), status)).isZero();
    Map<String, Object> expected = Files.readAttributes(file, "unix:*");
    assertThat(status.inode()).isEqualTo(expected.get("ino"));
    assertThat(status.links()).isEqualTo(2).isEqualTo(expected.get("nlink"));
    assertThat(status.size()).isEqualTo(5L);
    assertThat(status.user()).isEqualTo(expected.get("uid"));
    assertThat(status.group()).isEqualTo(expected.get("gid"));
    int mode = (Integer) Files.getAttribute(file, "unix:mode");
    assertThat(status.mode()).isEqualTo(mode & 07777);
    assertThat(status.modificationTime())
        .isEqualTo(Files.getLastModifiedTime(file).to(TimeUnit.NANOSECONDS));
    assertThat(status.changeTime()).isGreaterThanOrEqualTo(status.modificationTime());
    assertThat(status.birthTime()).isLessThanOrEqualTo(status.changeTime());
    assertThat(status.isRegular()).isTrue();
  }

  @Test
  void kindsOfFilesAreTold() throws Exception {
    assertThat(calls.status(path("."), status)).isZero();
    assertThat(status.isDirectory()).isTrue();
    Files.createSymbolicLink(directory.resolve("link"), Path.of("/dev/null"));
    assertThat(calls.status(path("link"), status)).isZero();
    assertThat(status.isSymbolicLink()).isTrue();
    assertThat(calls.statusFollowingLinks(path("link"), status)).isZero();
    assertThat(status.isCharacterDevice()).isTrue();
    assertThat(status.isSymbolicLink() || status.isDirectory() || status.isRegular()).isFalse();
  }

  @Test
  void statusOfAnOpenFileFollowsTheFile() throws Exception {
    int file = create("a");
    calls.status(file, status);
    long inode = status.inode();
    long device = status.device();
    Files.move(directory.resolve("a"), directory.resolve("b"));
    assertThat(calls.status(path("b"), status)).isZero();
    assertThat(status.inode()).isEqualTo(inode);
    assertThat(status.device()).isEqualTo(device);
    calls.close(file);
  }

  @Test
  void errorsAreNegatedErrorNumbers() throws Exception {
    assertThat(calls.open(path("none"), OpenFlags.O_RDONLY, 0)).isEqualTo(-Errno.ENOENT);
    assertThat(calls.unlink(path("none"))).isEqualTo(-Errno.ENOENT);
    assertThat(calls.unlink(path("."))).isEqualTo(-Errno.EISDIR);
    assertThat(calls.close(-1)).isEqualTo(-9);
    Files.createSymbolicLink(directory.resolve("link"), directory);
    assertThat(calls.open(path("link"), OpenFlags.O_NOFOLLOW, 0)).isEqualTo(-Errno.ELOOP);
    assertThat(calls.open(path("x".repeat(256)), OpenFlags.O_RDONLY, 0))
        .isEqualTo(-Errno.ENAMETOOLONG);
    assertThat(calls.open(NativePath.of("/proc/1/x"), OpenFlags.O_DIRECTORY, 0))
        .isEqualTo(-Errno.ENOENT);
  }

  @Test
  void everyErrorHasAName() {
    assertThat(Errno.name(Errno.ENOSPC)).isEqualTo("ENOSPC");
    assertThat(Errno.name(Errno.EOPNOTSUPP)).isEqualTo("EOPNOTSUPP");
    assertThat(Errno.name(9999)).isEqualTo("errno 9999");
  }

  @Test
  void renamesReplaceRefuseOrExchange() throws Exception {
    Files.writeString(directory.resolve("a"), "A");
    Files.writeString(directory.resolve("b"), "B");
    assertThat(calls.rename(path("a"), path("b"), FileSystemCalls.RENAME_NOREPLACE))
        .isEqualTo(-Errno.EEXIST);
    assertThat(calls.rename(path("a"), path("b"), FileSystemCalls.RENAME_EXCHANGE)).isZero();
    assertThat(directory.resolve("a")).hasContent("B");
    assertThat(directory.resolve("b")).hasContent("A");
    assertThat(calls.rename(path("a"), path("b"), FileSystemCalls.RENAME_REPLACE)).isZero();
    assertThat(directory.resolve("a")).doesNotExist();
    assertThat(directory.resolve("b")).hasContent("B");
  }

  @Test
  void aLeaseIsGrantedOnlyWithoutOtherUsers() throws Exception {
    Files.writeString(directory.resolve("a"), "A");
    int file = calls.open(path("a"), OpenFlags.O_WRONLY, 0);
    assertThat(calls.leaseSignal(file, FileSystemCalls.SIGURG)).isZero();
    try (FileChannel reader = FileChannel.open(directory.resolve("a"), StandardOpenOption.READ)) {
      assertThat(reader.isOpen()).isTrue();
      assertThat(calls.writeLease(file)).isEqualTo(-Errno.EAGAIN);
    }
    assertThat(calls.writeLease(file)).isZero();
    assertThat(calls.open(path("a"), OpenFlags.O_NONBLOCK, 0)).isEqualTo(-Errno.EAGAIN);
    assertThat(calls.close(file)).isZero();
  }

  @Test
  void aBrokenLeaseDoesNotEndTheProcess() throws Exception {
    Files.writeString(directory.resolve("a"), "A");
    int file = calls.open(path("a"), OpenFlags.O_RDONLY, 0);
    calls.leaseSignal(file, FileSystemCalls.SIGURG);
    assertThat(calls.writeLease(file)).isZero();
    try (ExecutorService executor = Executors.newSingleThreadExecutor()) {
      Future<String> blocked = executor.submit(() -> Files.readString(directory.resolve("a")));
      assertThatThrownBy(() -> blocked.get(50, TimeUnit.MILLISECONDS))
          .isInstanceOf(TimeoutException.class);
      assertThat(calls.close(file)).isZero();
      assertThat(blocked.get()).isEqualTo("A");
    }
  }

  @Test
  void modeOwnerAndTimesAreSet() throws Exception {
    int file = create("a");
    assertThat(calls.changeOwner(file, 1234, -1)).isZero();
    assertThat(calls.changeOwner(file, -1, 2345)).isZero();
    assertThat(calls.changeMode(file, 0751)).isZero();
    assertThat(calls.modificationTime(file, 1_234_567_890_123_456_789L)).isZero();
    assertThat(calls.status(file, status)).isZero();
    assertThat(status.user()).isEqualTo(1234);
    assertThat(status.group()).isEqualTo(2345);
    assertThat(status.mode()).isEqualTo(0751);
    assertThat(status.modificationTime()).isEqualTo(1_234_567_890_123_456_789L);
    assertThat(calls.sync(file)).isZero();
    assertThat(calls.close(file)).isZero();
  }

  @Test
  void attributesAreListedReadSetAndRemoved() {
    int file = create("a");
    MemorySegment name = text("user.origin");
    MemorySegment buffer = Arena.ofAuto().allocate(1024);
    assertThat(calls.setAttribute(file, name, text("value"), 5)).isZero();
    assertThat(calls.listAttributes(path("a"), buffer)).isEqualTo("user.origin".length() + 1);
    assertThat(calls.attribute(path("a"), name, buffer)).isEqualTo(5);
    assertThat(buffer.asSlice(0, 5).mismatch(text("value").asSlice(0, 5))).isEqualTo(-1);
    assertThat(calls.removeAttribute(file, name)).isZero();
    assertThat(calls.attribute(path("a"), name, buffer)).isEqualTo(-Errno.ENODATA);
    assertThat(calls.close(file)).isZero();
  }

  @Test
  void fileSystemsHaveTypes() {
    int memory = calls.open(NativePath.of("/dev/shm"), OpenFlags.O_RDONLY, 0);
    assertThat(calls.fileSystemType(memory)).isEqualTo(FileSystemType.TMPFS);
    assertThat(FileSystemType.name(FileSystemType.TMPFS)).isEqualTo("tmpfs");
    assertThat(FileSystemType.leaseIsProof(FileSystemType.TMPFS)).isTrue();
    assertThat(FileSystemType.leaseIsProof(FileSystemType.OVERLAY)).isFalse();
    assertThat(FileSystemType.name(0x1234)).isEqualTo("0x1234");
    assertThat(calls.cloneFrom(memory, memory)).isNegative();
    assertThat(calls.close(memory)).isZero();
  }

  @Test
  void callsAreCountedAndTheClockIsNoCall() {
    long before = calls.count();
    long now = calls.realTime();
    assertThat(Math.abs(now / 1_000_000 - System.currentTimeMillis())).isLessThan(1000);
    assertThat(calls.count()).isEqualTo(before);
    calls.effectiveUser();
    calls.close(-1);
    assertThat(calls.count()).isEqualTo(before + 2);
  }

  @Test
  void descriptorsAreClosedOnExec() throws Exception {
    int file = create("a");
    for (String line : Files.readAllLines(Path.of("/proc/self/fdinfo/" + file))) {
      if (line.startsWith("flags:")) {
        int flags = Integer.parseInt(line.substring(6).trim(), 8);
        assertThat(flags & OpenFlags.O_CLOEXEC).isEqualTo(OpenFlags.O_CLOEXEC);
      }
    }
    assertThat(calls.close(file)).isZero();
  }

  @Test
  void aPathWithNulIsRefused() {
    assertThatThrownBy(() -> NativePath.of("a\0b")).isInstanceOf(IllegalArgumentException.class);
  }
}
