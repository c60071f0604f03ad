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

/** The program that this process runs. */
public final class ProcessImage {
  private static final AddressLayout POINTER = ValueLayout.ADDRESS;

  private ProcessImage() {}

  /**
   * Replaces the program of this process, execv(2): the process keeps its number, its parent, its
   * working directory and its open streams.
   *
   * @param command path of the program, and its arguments
   * @return why the program still runs
   */
  public static IOException replace(List<String> command) {
    Linker linker = Linker.nativeLinker();
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
}
