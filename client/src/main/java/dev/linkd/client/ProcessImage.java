package dev.linkd.client;

import java.io.IOException;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** The program that this process runs. */
public final class ProcessImage {
  private static final AddressLayout POINTER = ValueLayout.ADDRESS;

  /** SIGHUP, SIGINT, SIGTERM. */
  private static final int[] ENDING = {1, 2, 15};

  private static final MemorySegment SIG_DFL = MemorySegment.NULL;
  private static final MemorySegment SIG_IGN = MemorySegment.ofAddress(1);

  /** The thread of the JVM that handles signals needs microseconds. */
  private static final long PENDING_MILLIS = 2;

  private ProcessImage() {}

  /**
   * Replaces the program of this process, execv(2): the process keeps its number, its parent, its
   * working directory and its open streams.
   *
   * @param command path of the program, and its arguments
   * @return why the program still runs
   */
  public static IOException replace(List<String> command) throws InterruptedException {
    Linker linker = Linker.nativeLinker();
    letSignalsEndTheProcess(linker);
    if (isEnding()) {
      // Another thread ends the process; the signal that it obeys would be lost with this program.
      new CountDownLatch(1).await();
    }
    MethodHandle execv =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("execv"),
            FunctionDescriptor.of(ValueLayout.JAVA_INT, POINTER, POINTER));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment words = arena.allocate(POINTER, command.size() + 1L);
      for (int i = 0; i < command.size(); i++) {
        words.setAtIndex(POINTER, i, arena.allocateFrom(command.get(i)));
      }
      int result = (int) execv.invokeExact(words.getAtIndex(POINTER, 0), words);
      return new UnavailableException(
          "cannot run '" + command.getFirst() + "': execv returned " + result);
    } catch (Throwable fault) {
      return new UnavailableException("cannot run '" + command.getFirst() + "'", fault);
    }
  }

  /**
   * Signals end the process from now on, as they end one without a JVM, unless they are ignored.
   * The JVM would only take note of them. Those that it has taken note of get the time to have
   * their effect.
   */
  private static void letSignalsEndTheProcess(Linker linker) throws InterruptedException {
    MethodHandle signal =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("signal"),
            FunctionDescriptor.of(POINTER, ValueLayout.JAVA_INT, POINTER));
    try {
      for (int number : ENDING) {
        MemorySegment before = (MemorySegment) signal.invokeExact(number, SIG_DFL);
        if (before.equals(SIG_IGN)) {
          MemorySegment unused = (MemorySegment) signal.invokeExact(number, SIG_IGN);
        }
      }
    } catch (Throwable impossible) {
      throw new IllegalStateException("signal(2) cannot be called", impossible);
    }
    Thread.sleep(PENDING_MILLIS);
  }

  /** Whether the end of the process has begun. */
  private static boolean isEnding() {
    Thread nothing = new Thread(() -> {});
    try {
      Runtime.getRuntime().addShutdownHook(nothing);
      Runtime.getRuntime().removeShutdownHook(nothing);
      return false;
    } catch (IllegalStateException ending) {
      return true;
    }
  }
}
