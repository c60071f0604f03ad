package dev.linkd.publish;

import dev.linkd.os.FileStatus;

/**
 * How a file looked when linkd last touched it. Whatever somebody else does to the file shows: the
 * modification time that linkd sets is a reading of the clock in nanoseconds, which the time stamps
 * of the kernel, taken at its ticks, do not repeat; changes of mode, owner, attributes and links
 * move the change time, which nobody can set.
 */
final class FileStamp {
  private boolean known;
  private long device;
  private long inode;

  /** Tells a file from another one that was given the same inode later. */
  private long birthTime;

  private long size;
  private long modificationTime;
  private long changeTime;
  private int mode;
  private int user;
  private int group;

  boolean known() {
    return known;
  }

  void forget() {
    known = false;
  }

  void record(FileStatus status) {
    known = true;
    device = status.device();
    inode = status.inode();
    birthTime = status.birthTime();
    size = status.size();
    modificationTime = status.modificationTime();
    changeTime = status.changeTime();
    mode = status.mode();
    user = status.user();
    group = status.group();
  }

  /** After a write through linkd: these two are what the file has now. */
  void written(long newSize, long newModificationTime) {
    size = newSize;
    modificationTime = newModificationTime;
  }

  void record(FileStamp other) {
    known = other.known;
    device = other.device;
    inode = other.inode;
    birthTime = other.birthTime;
    size = other.size;
    modificationTime = other.modificationTime;
    changeTime = other.changeTime;
    mode = other.mode;
    user = other.user;
    group = other.group;
  }

  boolean sameInode(FileStatus status) {
    return known
        && device == status.device()
        && inode == status.inode()
        && birthTime == status.birthTime();
  }

  /** Untouched apart from a rename by linkd itself, which moves the change time. */
  boolean matchesApartFromRename(FileStatus status) {
    return sameInode(status)
        && status.isRegular()
        && status.links() == 1
        && size == status.size()
        && modificationTime == status.modificationTime()
        && mode == status.mode()
        && user == status.user()
        && group == status.group();
  }

  /** Untouched, and reachable by one name only. */
  boolean matches(FileStatus status) {
    return matchesApartFromRename(status) && changeTime == status.changeTime();
  }
}
