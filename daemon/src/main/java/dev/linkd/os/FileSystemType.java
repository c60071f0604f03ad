package dev.linkd.os;

/** Types of file systems, as statfs(2) reports them in f_type. */
public final class FileSystemType {
  public static final long EXT = 0xef53L;
  public static final long XFS = 0x58465342L;
  public static final long BTRFS = 0x9123683eL;
  public static final long TMPFS = 0x01021994L;
  public static final long OVERLAY = 0x794c7630L;

  private FileSystemType() {}

  /**
   * Whether a granted write lease proves that nobody reads, maps or executes the file. Overlayfs
   * grants leases on its own inode although the file below is mapped; network file systems and FUSE
   * do not know about users elsewhere.
   */
  public static boolean leaseIsProof(long type) {
    return type == EXT || type == XFS || type == BTRFS || type == TMPFS;
  }

  /** Whether files can share blocks, so that a copy costs no data. */
  public static boolean mayClone(long type) {
    return type == XFS || type == BTRFS;
  }

  /** Whether files are on a local disk, and not in memory or on another machine. */
  public static boolean onDisk(long type) {
    return type == EXT || type == XFS || type == BTRFS || type == OVERLAY;
  }

  /** A name for people. */
  public static String name(long type) {
    if (type == EXT) {
      return "ext";
    } else if (type == XFS) {
      return "xfs";
    } else if (type == BTRFS) {
      return "btrfs";
    } else if (type == TMPFS) {
      return "tmpfs";
    } else if (type == OVERLAY) {
      return "overlayfs";
    }
    return "0x" + Long.toHexString(type);
  }
}
