package dev.linkd.os;

import static dev.linkd.os.LibC.NOT_VARIADIC;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Handles of the functions that every publish calls, without errno: a handle that captures it
 * slices the segment for it in each call, and whether that object is removed depends on how much
 * the compiler happened to inline. The result says only that a call failed.
 */
final class UncapturedLibC {
  private static final Linker LINKER = Linker.nativeLinker();

  static final MethodHandle OPEN = handle("open", 2, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
  static final MethodHandle CLOSE = handle("close", NOT_VARIADIC, JAVA_INT, JAVA_INT);
  static final MethodHandle PWRITE =
      handle("pwrite", NOT_VARIADIC, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
  static final MethodHandle STATX =
      handle("statx", NOT_VARIADIC, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS);
  static final MethodHandle RENAMEAT2 =
      handle("renameat2", NOT_VARIADIC, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT);
  static final MethodHandle FCNTL = handle("fcntl", 2, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
  static final MethodHandle FUTIMENS =
      handle("futimens", NOT_VARIADIC, JAVA_INT, JAVA_INT, ADDRESS);
  static final MethodHandle CLOCK_GETTIME =
      handle("clock_gettime", NOT_VARIADIC, JAVA_INT, JAVA_INT, ADDRESS);

  private UncapturedLibC() {}

  private static MethodHandle handle(
      String name, int fixedArguments, ValueLayout result, MemoryLayout... arguments) {
    FunctionDescriptor descriptor = FunctionDescriptor.of(result, arguments);
    return fixedArguments == NOT_VARIADIC
        ? LINKER.downcallHandle(LibC.address(name), descriptor)
        : LINKER.downcallHandle(
            LibC.address(name), descriptor, Linker.Option.firstVariadicArg(fixedArguments));
  }
}
