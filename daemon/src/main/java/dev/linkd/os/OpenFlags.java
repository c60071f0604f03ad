package dev.linkd.os;

/** Flags of open(2). Two of them have other values on AArch64 than on x86-64 and RISC-V. */
public final class OpenFlags {
  private static final boolean AARCH64 = System.getProperty("os.arch", "").equals("aarch64");

  public static final int O_RDONLY = 0;
  public static final int O_WRONLY = 1;
  public static final int O_RDWR = 2;
  public static final int O_CREAT = 0x40;
  public static final int O_EXCL = 0x80;

  /** An open that a lease of another process would delay fails with EAGAIN instead. */
  public static final int O_NONBLOCK = 0x800;

  public static final int O_DIRECTORY = AARCH64 ? 0x4000 : 0x10000;

  /** A symbolic link as the last component fails with ELOOP. */
  public static final int O_NOFOLLOW = AARCH64 ? 0x8000 : 0x20000;

  public static final int O_CLOEXEC = 0x80000;

  /** Only a place in the file system, to begin other paths with; nothing is read. */
  public static final int O_PATH = 0x200000;

  /** A file without a name in the directory of that path. */
  public static final int O_TMPFILE = 0x400000 | O_DIRECTORY;

  private OpenFlags() {}
}
