package dev.linkd.publish;

/**
 * How an output is published.
 *
 * @param durability what survives a crash of the machine
 * @param newFileMode permission bits of an output that does not exist yet, usually {@code 0777 &
 *     ~umask} of whoever links; its execute bits are also given to an existing file that has none
 * @param modeChosen an existing file gets that mode too, as from any other linker
 * @param historyGenerations for how many generations changes are remembered; a spare that is
 *     further behind is written whole
 * @param spare whether a spare file may be kept next to the output
 * @param patchBytesMax a spare with more bytes to write is not patched, because whoever opens it
 *     meanwhile has to wait; in bytes, well below what a disk takes in the lease-break-time of 45 s
 * @param spareLog learns of spares
 */
public record PublishOptions(
    Durability durability,
    int newFileMode,
    boolean modeChosen,
    int historyGenerations,
    boolean spare,
    long patchBytesMax,
    SpareLog spareLog) {

  public static final int HISTORY_GENERATIONS_MAX = 1024;

  private static final int HISTORY_GENERATIONS_DEFAULT = 64;
  private static final long HISTORY_BYTES_MAX = 4L << 20;
  private static final long PATCH_BYTES_MAX_DEFAULT = 128L << 20;
  private static final int PERMISSION_BITS = 0777;

  /** What survives a crash of the machine. A crash of the daemon never harms what is published. */
  public enum Durability {
    /** The kernel writes when it likes. */
    NONE,
    /** File and directory are on disk when a publish returns. */
    FLUSH
  }

  /** Checks the ranges. */
  public PublishOptions {
    if ((newFileMode & ~PERMISSION_BITS) != 0) {
      throw new IllegalArgumentException("newFileMode: 0" + Integer.toOctalString(newFileMode));
    }
    if (historyGenerations < 0 || historyGenerations > HISTORY_GENERATIONS_MAX) {
      throw new IllegalArgumentException("historyGenerations: " + historyGenerations);
    }
    if (patchBytesMax < 0) {
      throw new IllegalArgumentException("patchBytesMax: " + patchBytesMax);
    }
  }

  /** The mode of an existing file stays. */
  public PublishOptions(
      Durability durability,
      int newFileMode,
      int historyGenerations,
      boolean spare,
      long patchBytesMax) {
    this(durability, newFileMode, false, historyGenerations, spare, patchBytesMax, SpareLog.NONE);
  }

  /** Spare enabled, nothing flushed to disk. */
  public static PublishOptions defaults(int newFileMode) {
    return new PublishOptions(
        Durability.NONE, newFileMode, HISTORY_GENERATIONS_DEFAULT, true, PATCH_BYTES_MAX_DEFAULT);
  }

  /** Most bytes of memory for the changes that are remembered; the newest are held anyhow. */
  public long historyBytesMax() {
    return HISTORY_BYTES_MAX;
  }

  /** The same with another mode for new files, and perhaps for existing ones. */
  public PublishOptions withMode(int mode, boolean chosen) {
    return new PublishOptions(
        durability, mode, chosen, historyGenerations, spare, patchBytesMax, spareLog);
  }

  /** The same with somebody who learns of spares. */
  public PublishOptions withSpareLog(SpareLog log) {
    return new PublishOptions(
        durability, newFileMode, modeChosen, historyGenerations, spare, patchBytesMax, log);
  }
}
