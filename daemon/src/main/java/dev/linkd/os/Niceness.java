package dev.linkd.os;

import static dev.linkd.os.LibC.NOT_VARIADIC;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** How willingly a thread leaves the processor to others: setpriority(2). */
public final class Niceness {
  private static final int PRIO_PROCESS = 0;

  /** Linux takes it for the calling thread. */
  private static final int SELF = 0;

  private static final MethodHandle SETPRIORITY =
      LibC.handle("setpriority", NOT_VARIADIC, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);

  private Niceness() {}

  /**
   * Makes the calling platform thread nicer.
   *
   * @param nice 1 to 19
   * @return 0, or a negated error number; then the thread works as before
   */
  public static int set(int nice) {
    MemorySegment errno = Arena.ofAuto().allocate(LibC.STATE_BYTES, Long.BYTES);
    try {
      int result = (int) SETPRIORITY.invokeExact(errno, PRIO_PROCESS, SELF, nice);
      return result == 0 ? 0 : -LibC.errno(errno);
    } catch (Throwable t) {
      throw LibC.broken(t);
    }
  }
}
