package dev.linkd.store;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.linkd.os.FileStatus;
import dev.linkd.os.FileSystemCalls;
import dev.linkd.os.OpenFlags;
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
 *   8  int   start of its last component
 *  12  int   start of the path of its directory, when many rows in a row share it, or {@link #NONE}
 *  16  long  device, inode, size, modification time, change time
 * </pre>
 *
 * <p>The kernel walks every component of a path in every call, which is half of its cost. A
 * directory that many rows share is opened once in each pass, and the others are asked from there:
 * the same walk, done once.
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
  private static final int NAME = PATH + Integer.BYTES;
  private static final int FOLDER = NAME + Integer.BYTES;
  private static final int DEVICE = FOLDER + Integer.BYTES;
  private static final int INODE = DEVICE + Long.BYTES;
  private static final int SIZE = INODE + Long.BYTES;
  private static final int MODIFICATION_TIME = SIZE + Long.BYTES;
  private static final int CHANGE_TIME = MODIFICATION_TIME + Long.BYTES;
  private static final int ROW = CHANGE_TIME + Long.BYTES;

  private static final int NONE = -1;

  /** Rows in one directory that are worth opening it. */
  private static final int SHARED_MIN = 8;

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
    int row = count++;
    set(row, WANTED, UNSETTLED);
    set(row, PATH, pathBytes);
    set(row, NAME, pathBytes + nameOf(bytes));
    set(row, FOLDER, NONE);
    addPath(MemorySegment.ofArray(bytes));
    return row;
  }

  private void addPath(MemorySegment path) {
    int length = (int) path.byteSize();
    paths = grown(paths, pathBytes, length + 1L);
    MemorySegment.copy(path, 0, paths, pathBytes, length);
    paths.set(JAVA_BYTE, (long) pathBytes + length, (byte) 0);
    pathBytes = Math.addExact(pathBytes, length + 1);
  }

  /** Where the last component of a path begins. */
  private static int nameOf(byte[] path) {
    int at = path.length;
    while (at > 0 && path[at - 1] != '/') {
      at--;
    }
    return at;
  }

  /** No row will be added: finds out what they share, and gives back what is not needed. */
  void seal() {
    int from = 0;
    for (int row = 1; row <= count; row++) {
      if (row == count || !sameFolder(from, row)) {
        if (row - from >= SHARED_MIN && folderBytes(from) > 0) {
          share(from, row);
        }
        from = row;
      }
    }
    trim();
  }

  private int folderBytes(int row) {
    return get(row, NAME) - get(row, PATH);
  }

  private boolean sameFolder(int a, int b) {
    int bytes = folderBytes(a);
    long atA = get(a, PATH);
    long atB = get(b, PATH);
    return bytes == folderBytes(b)
        && MemorySegment.mismatch(paths, atA, atA + bytes, paths, atB, atB + bytes) == -1;
  }

  private void share(int from, int to) {
    int folder = pathBytes;
    addPath(paths.asSlice(get(from, PATH), folderBytes(from)));
    for (int row = from; row < to; row++) {
      if (paths.get(JAVA_BYTE, get(row, NAME)) != 0) {
        set(row, FOLDER, folder);
      }
    }
  }

  private void trim() {
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

  private int status(int row, FileSystemCalls through, FileStatus status) {
    int from = FileSystemCalls.WORKING_DIRECTORY;
    return through.statusFollowingLinks(from, paths, get(row, PATH), status);
  }

  /** Asks what kind of file is there, and notes the answer. */
  int askKind(int row, FileSystemCalls through, FileStatus status) {
    int kind = kind(status(row, through, status), status);
    set(row, WANTED, kind);
    return kind;
  }

  /** Asks which inode is there, and notes the answer. */
  void askIdentity(int row, FileSystemCalls through, FileStatus status) {
    if (status(row, through, status) != 0) {
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
    Folder folder = new Folder(through);
    for (int from = next.getAndAdd(CHUNK); from < count; from = next.getAndAdd(CHUNK)) {
      int to = Math.min(count, from + CHUNK);
      for (int row = from; row < to; row++) {
        if (!holds(row, folder, status)) {
          changed.set(row);
        }
      }
    }
    folder.leave();
    return changed;
  }

  private boolean holds(int row, Folder folder, FileStatus status) {
    int wanted = get(row, WANTED);
    if (wanted == UNSETTLED) {
      return false;
    }
    int result = folder.status(row, status);
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

  /** The directory that a thread asks from at present. */
  private final class Folder {
    private final FileSystemCalls through;
    private int entered = NONE;

    /** Negative when it cannot be opened; then whole paths say what is there. */
    private int descriptor = NONE;

    Folder(FileSystemCalls through) {
      this.through = through;
    }

    int status(int row, FileStatus status) {
      int folder = get(row, FOLDER);
      if (folder == NONE) {
        return AnswerTable.this.status(row, through, status);
      }
      if (folder != entered) {
        leave();
        int flags = OpenFlags.O_PATH | OpenFlags.O_DIRECTORY;
        descriptor = through.open(paths.asSlice(folder), flags, 0);
        entered = folder;
      }
      return descriptor < 0
          ? AnswerTable.this.status(row, through, status)
          : through.statusFollowingLinks(descriptor, paths, get(row, NAME), status);
    }

    void leave() {
      if (descriptor >= 0) {
        through.release(descriptor);
      }
      descriptor = NONE;
      entered = NONE;
    }
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
