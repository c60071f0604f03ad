package dev.linkd.store;

import dev.linkd.diag.Code;
import dev.linkd.diag.LinkException;
import dev.linkd.diag.Place;
import dev.linkd.object.FileKinds;
import dev.linkd.os.Errno;
import dev.linkd.os.FileStatus;
import dev.linkd.os.FileSystemCalls;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Looks at files and reads them; faults become diagnostics that name the path. */
class FileAccess {
  /** Largest piece for one read: buffers are limited to 2 GiB. */
  private static final int PIECE = 1 << 30;

  private final FileSystemCalls calls;
  private final FileStatus status = new FileStatus();

  FileAccess(FileSystemCalls calls) {
    this.calls = calls;
  }

  /** Nanoseconds since the epoch. */
  synchronized long now() {
    return calls.realTime();
  }

  /** Whether the file behind the path still has the stamp; false when it cannot be looked at. */
  synchronized boolean unchanged(MemorySegment nativePath, Stamp stamp) {
    return calls.statusFollowingLinks(nativePath, status) == 0 && stamp.matches(status);
  }

  synchronized Stamp stamp(Path path, MemorySegment nativePath) throws LinkException {
    int result = calls.statusFollowingLinks(nativePath, status);
    if (result != 0) {
      throw unreadable(path, reason(-result));
    }
    if (!status.isRegular()) {
      throw unreadable(path, status.isDirectory() ? "is a directory" : "not a regular file");
    }
    return Stamp.of(status);
  }

  /**
   * Reads the beginning of the file into the whole of {@code into}.
   *
   * @return whether the file had exactly that size
   */
  boolean read(Path path, MemorySegment into) throws LinkException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      long size = into.byteSize();
      for (long at = 0; at < size; ) {
        ByteBuffer piece = into.asSlice(at, Math.min(PIECE, size - at)).asByteBuffer();
        int count = channel.read(piece, at);
        if (count <= 0) {
          return false;
        }
        at += count;
      }
      return channel.read(ByteBuffer.allocate(1), size) <= 0;
    } catch (IOException e) {
      throw unreadable(path, reason(e));
    }
  }

  /** What kind of input the file is by its first bytes; UNKNOWN when it cannot be read. */
  FileKinds.Kind kind(Path path) {
    if (!Files.isRegularFile(path)) {
      return FileKinds.Kind.UNKNOWN; // who opens a pipe waits for somebody to write into it
    }
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      ByteBuffer head = ByteBuffer.allocate(FileKinds.ELF_BYTES);
      channel.read(head, 0);
      return FileKinds.detect(MemorySegment.ofBuffer(head.flip()));
    } catch (IOException e) {
      return FileKinds.Kind.UNKNOWN; // whoever reads the file says what is wrong with it
    }
  }

  private static String reason(int errno) {
    return switch (errno) {
      case Errno.ENOENT -> "no such file";
      case Errno.EACCES -> "permission denied";
      default -> Errno.name(errno);
    };
  }

  /** A file system exception says what happened by its class. */
  private static String reason(IOException fault) {
    return switch (fault) {
      case NoSuchFileException gone -> reason(Errno.ENOENT);
      case AccessDeniedException denied -> reason(Errno.EACCES);
      case FileSystemException other when other.getReason() != null -> other.getReason();
      default -> String.valueOf(fault.getMessage());
    };
  }

  static LinkException unreadable(Path path, String reason) {
    return new LinkException(
        Code.INPUT_UNREADABLE, Place.input(path.toString()), "cannot be read: " + reason);
  }
}
