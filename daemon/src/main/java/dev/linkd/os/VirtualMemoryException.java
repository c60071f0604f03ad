package dev.linkd.os;

/** The kernel refused to reserve, commit or give back memory. */
public final class VirtualMemoryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int errno;

  VirtualMemoryException(String call, long bytes, int errno) {
    super(call + " of " + bytes + " bytes failed: errno " + errno);
    this.errno = errno;
  }

  /** The error number of the call, for example 12 (ENOMEM). */
  public int errno() {
    return errno;
  }
}
