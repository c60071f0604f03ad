package dev.linkd.os;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What statx(2) says about a file: a view of {@code struct statx}, whose layout is the same on
 * every architecture. Meant to be filled again and again.
 */
public final class FileStatus {
  static final int BYTES = 256;

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

  private static final int NLINK = 16;
  private static final int UID = 20;
  private static final int GID = 24;
  private static final int MODE = 28;
  private static final int INODE = 32;
  private static final int SIZE = 40;
  private static final int BIRTH_TIME = 80;
  private static final int CHANGE_TIME = 96;
  private static final int MODIFICATION_TIME = 112;
  private static final int DEVICE_MAJOR = 136;
  private static final int DEVICE_MINOR = 140;

  private static final int TYPE_MASK = 0xf000;
  private static final int TYPE_CHARACTER_DEVICE = 0x2000;
  private static final int TYPE_DIRECTORY = 0x4000;
  private static final int TYPE_REGULAR = 0x8000;
  private static final int TYPE_SYMBOLIC_LINK = 0xa000;

  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  final MemorySegment data = Arena.ofAuto().allocate(BYTES, Long.BYTES);

  public boolean isRegular() {
    return type() == TYPE_REGULAR;
  }

  public boolean isDirectory() {
    return type() == TYPE_DIRECTORY;
  }

  public boolean isSymbolicLink() {
    return type() == TYPE_SYMBOLIC_LINK;
  }

  public boolean isCharacterDevice() {
    return type() == TYPE_CHARACTER_DEVICE;
  }

  private int type() {
    return data.get(SHORT, MODE) & TYPE_MASK;
  }

  /** Permission bits with set-user-ID, set-group-ID and sticky: the low 12 bits of st_mode. */
  public int mode() {
    return data.get(SHORT, MODE) & 0xfff;
  }

  public int links() {
    return data.get(INT, NLINK);
  }

  public int user() {
    return data.get(INT, UID);
  }

  public int group() {
    return data.get(INT, GID);
  }

  public long inode() {
    return data.get(LONG, INODE);
  }

  public long size() {
    return data.get(LONG, SIZE);
  }

  /** Device number as {@code major << 32 | minor}. */
  public long device() {
    return (long) data.get(INT, DEVICE_MAJOR) << 32
        | Integer.toUnsignedLong(data.get(INT, DEVICE_MINOR));
  }

  /** Nanoseconds since the epoch. */
  public long modificationTime() {
    return time(MODIFICATION_TIME);
  }

  /** Nanoseconds since the epoch. */
  public long changeTime() {
    return time(CHANGE_TIME);
  }

  /** When the inode was made, in nanoseconds since the epoch; 0 where it is not recorded. */
  public long birthTime() {
    return time(BIRTH_TIME);
  }

  private long time(int offset) {
    return data.get(LONG, offset) * NANOS_PER_SECOND + data.get(INT, offset + Long.BYTES);
  }
}
