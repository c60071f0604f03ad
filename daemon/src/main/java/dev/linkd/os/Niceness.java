package dev.linkd.os;

import static dev.linkd.os.LibC.NOT_VARIADIC;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** How willingly a thread leaves the processor to others: setpriority(2). */
public final class Niceness {
  private static final int PRIO_PROCESS = 0;

  /** Linux takes it for the calling thread. */
  private static final int SELF = 0;

  private static final Path THREADS = Path.of("/proc/self/task");

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
    return set(SELF, nice);
  }

  /**
   * Makes the threads that compile the code of this process nicer than those that run it.
   *
   * @param nice 1 to 19
   * @return how many there were and could be made so
   */
  public static int setForCompilers(int nice) {
    int changed = 0;
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(THREADS)) {
      for (Path thread : threads) {
        if (compiles(thread) && set(Integer.parseInt(thread.getFileName().toString()), nice) == 0) {
          changed++;
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      return changed; // without /proc they stay as they are
    }
    return changed;
  }

  private static boolean compiles(Path thread) {
    try {
      String name = Files.readString(thread.resolve("comm"));
      return name.startsWith("C1 Compiler") || name.startsWith("C2 Compiler");
    } catch (IOException ended) {
      return false;
    }
  }

  private static int set(int thread, int nice) {
    MemorySegment errno = Arena.ofAuto().allocate(LibC.STATE_BYTES, Long.BYTES);
    try {
      int result = (int) SETPRIORITY.invokeExact(errno, PRIO_PROCESS, thread, nice);
      return result == 0 ? 0 : -LibC.errno(errno);
    } catch (Throwable t) {
      throw LibC.broken(t);
    }
  }
}
