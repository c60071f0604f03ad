package dev.linkd.store;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.linkd.os.FileStatus;
import dev.linkd.os.FileSystemCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Paths and what the file system said about each, in native memory, so that all can be asked again
 * in one pass without an object for each.
 *
 * <pre>
 *   0  int   what counts: a kind of file, the file's identity, or the whole stamp
 *   4  int   start of the path in {@link #paths}
 *   8  long  device, inode, size, modification time, change time
 * </pre>
 */
final class AnswerTable {
  /** Nothing that can be looked at. */
  static final int ABSENT = 0;

  static final int REGULAR = 1;
  static final int DIRECTORY = 2;

  /** Something else: a device, a socket, … */
  static final int OTHER = 3;

  /** The same inode. */
  static final int IDENTITY = 4;

  /** The same stamp. */
  static final int STAMP = 5;

  /** The stamp proves nothing, because the file may have been written again within one tick. */
  static final int UNSETTLED = 6;

  private static final int WANTED = 0;
  private static final int PATH = WANTED + Integer.BYTES;
  private static final int DEVICE = PATH + Integer.BYTES;
  private static final int INODE = DEVICE + Long.BYTES;
  private static final int SIZE = INODE + Long.BYTES;
  private static final int MODIFICATION_TIME = SIZE + Long.BYTES;
  private static final int CHANGE_TIME = MODIFICATION_TIME + Long.BYTES;
  private static final int ROW = CHANGE_TIME + Long.BYTES;

  private static final int ROWS_FIRST = 64;
  private static final int PATH_BYTES_GUESS = 32;

  /** Rows that one thread takes at a time: some hundred microseconds of system calls. */
  private static final int CHUNK = 256;

  private final Supplier<FileSystemCalls> calls;
  private MemorySegment rows = Arena.ofAuto().allocate((long) ROWS_FIRST * ROW, Long.BYTES);
  private MemorySegment paths = Arena.ofAuto().allocate((long) ROWS_FIRST * PATH_BYTES_GUESS);
  private int count;
  private int pathBytes;

  /**
   * @param calls makes an instance for each thread that looks
   */
  AnswerTable(Supplier<FileSystemCalls> calls) {
    this.calls = calls;
  }

  int count() {
    return count;
  }

  /** Adds a path of which nothing is known. */
  int add(String path) {
    byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
    rows = grown(rows, (long) count * ROW, ROW);
    paths = grown(paths, pathBytes, bytes.length + 1);
    MemorySegment.copy(MemorySegment.ofArray(bytes), 0, paths, pathBytes, bytes.length);
    paths.set(JAVA_BYTE, pathBytes + bytes.length, (byte) 0);
    int row = count++;
    set(row, WANTED, UNSETTLED);
    set(row, PATH, pathBytes);
    pathBytes = Math.addExact(pathBytes, bytes.length + 1);
    return row;
  }

  /** Gives back what is not needed when no row will be added. */
  void trim() {
    rows =
        Arena.ofAuto()
            .allocate(Math.max(1, (long) count * ROW), Long.BYTES)
            .copyFrom(rows.asSlice(0, (long) count * ROW));
    paths = Arena.ofAuto().allocate(Math.max(1, pathBytes)).copyFrom(paths.asSlice(0, pathBytes));
  }

  private static MemorySegment grown(MemorySegment segment, long used, long more) {
    if (used + more <= segment.byteSize()) {
      return segment;
    }
    long size = Math.max(2 * segment.byteSize(), used + more);
    return Arena.ofAuto().allocate(size, Long.BYTES).copyFrom(segment);
  }

  /** Asks what kind of file is there, and notes the answer. */
  int askKind(int row, FileSystemCalls through, FileStatus status) {
    int kind = kind(through.statusFollowingLinks(paths, get(row, PATH), status), status);
    set(row, WANTED, kind);
    return kind;
  }

  /** Asks which inode is there, and notes the answer. */
  void askIdentity(int row, FileSystemCalls through, FileStatus status) {
    if (through.statusFollowingLinks(paths, get(row, PATH), status) != 0) {
      set(row, WANTED, ABSENT);
      return;
    }
    setLong(row, DEVICE, status.device());
    setLong(row, INODE, status.inode());
    set(row, WANTED, IDENTITY);
  }

  /** Notes the stamp of the content that was read. */
  void note(int row, Stamp stamp, boolean settled) {
    setLong(row, DEVICE, stamp.device());
    setLong(row, INODE, stamp.inode());
    setLong(row, SIZE, stamp.size());
    setLong(row, MODIFICATION_TIME, stamp.modificationTime());
    setLong(row, CHANGE_TIME, stamp.changeTime());
    set(row, WANTED, settled ? STAMP : UNSETTLED);
  }

  /** The rows to which the file system gives another answer now, or may. */
  BitSet changed() {
    AtomicInteger next = new AtomicInteger();
    if (count <= 2 * CHUNK) {
      return check(next);
    }
    ForkJoinTask<BitSet> second = ForkJoinPool.commonPool().submit(() -> check(next));
    BitSet changed = check(next);
    changed.or(second.join());
    return changed;
  }

  /** Takes chunks until none is left. */
  private BitSet check(AtomicInteger next) {
    BitSet changed = new BitSet();
    FileSystemCalls through = calls.get();
    FileStatus status = new FileStatus();
    for (int from = next.getAndAdd(CHUNK); from < count; from = next.getAndAdd(CHUNK)) {
      int to = Math.min(count, from + CHUNK);
      for (int row = from; row < to; row++) {
        if (!holds(row, through, status)) {
          changed.set(row);
        }
      }
    }
    return changed;
  }

  private boolean holds(int row, FileSystemCalls through, FileStatus status) {
    int wanted = get(row, WANTED);
    if (wanted == UNSETTLED) {
      return false;
    }
    int result = through.statusFollowingLinks(paths, get(row, PATH), status);
    if (wanted < IDENTITY) {
      return kind(result, status) == wanted;
    }
    boolean same =
        result == 0
            && getLong(row, INODE) == status.inode()
            && getLong(row, DEVICE) == status.device();
    if (wanted == IDENTITY) {
      return same;
    }
    return same
        && getLong(row, CHANGE_TIME) == status.changeTime()
        && getLong(row, MODIFICATION_TIME) == status.modificationTime()
        && getLong(row, SIZE) == status.size();
  }

  private static int kind(int result, FileStatus status) {
    if (result != 0) {
      return ABSENT;
    } else if (status.isRegular()) {
      return REGULAR;
    }
    return status.isDirectory() ? DIRECTORY : OTHER;
  }

  private int get(int row, int field) {
    return rows.get(JAVA_INT, (long) row * ROW + field);
  }

  private void set(int row, int field, int value) {
    rows.set(JAVA_INT, (long) row * ROW + field, value);
  }

  private long getLong(int row, int field) {
    return rows.get(JAVA_LONG, (long) row * ROW + field);
  }

  private void setLong(int row, int field, long value) {
    rows.set(JAVA_LONG, (long) row * ROW + field, value);
  }
}
