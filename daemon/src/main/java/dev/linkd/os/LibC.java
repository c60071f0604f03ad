package dev.linkd.os;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * Handles of the C library's functions on files. Each takes a segment for errno first. Buffers are
 * passed as plain addresses ({@code long}), so that a position inside a large image needs no slice.
 */
final class LibC {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  static final int NOT_VARIADIC = -1;

  static final long STATE_BYTES = STATE.byteSize();

  static final MethodHandle OPEN = handle("open", 2, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
  static final MethodHandle CLOSE = handle("close", NOT_VARIADIC, JAVA_INT, JAVA_INT);
  static final MethodHandle WRITE =
      handle("write", NOT_VARIADIC, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);
  static final MethodHandle PWRITE =
      handle("pwrite", NOT_VARIADIC, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
  static final MethodHandle FTRUNCATE =
      handle("ftruncate", NOT_VARIADIC, JAVA_INT, JAVA_INT, JAVA_LONG);
  static final MethodHandle STATX =
      handle("statx", NOT_VARIADIC, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS);
  static final MethodHandle RENAMEAT2 =
      handle("renameat2", NOT_VARIADIC, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT);
  static final MethodHandle UNLINK = handle("unlink", NOT_VARIADIC, JAVA_INT, ADDRESS);
  static final MethodHandle FCNTL = handle("fcntl", 2, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
  static final MethodHandle IOCTL = handle("ioctl", 2, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT);
  static final MethodHandle FCHMOD = handle("fchmod", NOT_VARIADIC, JAVA_INT, JAVA_INT, JAVA_INT);
  static final MethodHandle FCHOWN =
      handle("fchown", NOT_VARIADIC, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
  static final MethodHandle FUTIMENS =
      handle("futimens", NOT_VARIADIC, JAVA_INT, JAVA_INT, ADDRESS);
  static final MethodHandle FSYNC = handle("fsync", NOT_VARIADIC, JAVA_INT, JAVA_INT);
  static final MethodHandle FSTATFS = handle("fstatfs", NOT_VARIADIC, JAVA_INT, JAVA_INT, ADDRESS);
  static final MethodHandle LLISTXATTR =
      handle("llistxattr", NOT_VARIADIC, JAVA_LONG, ADDRESS, ADDRESS, JAVA_LONG);
  static final MethodHandle LGETXATTR =
      handle("lgetxattr", NOT_VARIADIC, JAVA_LONG, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG);
  static final MethodHandle FSETXATTR =
      handle("fsetxattr", NOT_VARIADIC, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT);
  static final MethodHandle FREMOVEXATTR =
      handle("fremovexattr", NOT_VARIADIC, JAVA_INT, JAVA_INT, ADDRESS);
  static final MethodHandle GETEUID = handle("geteuid", NOT_VARIADIC, JAVA_INT);

  private LibC() {}

  /** The error number that the last failed call left in {@code state}. */
  static int errno(MemorySegment state) {
    return (int) ERRNO.get(state, 0L);
  }

  /**
   * A MethodHandle cannot fail by itself once it is linked, so what it throws is a broken
   * invariant.
   */
  static AssertionError broken(Throwable cause) {
    return new AssertionError("native call could not be made", cause);
  }

  static MethodHandle handle(
      String name, int fixedArguments, ValueLayout result, MemoryLayout... arguments) {
    Linker.Option capture = Linker.Option.captureCallState("errno");
    FunctionDescriptor descriptor = FunctionDescriptor.of(result, arguments);
    return fixedArguments == NOT_VARIADIC
        ? LINKER.downcallHandle(address(name), descriptor, capture)
        : LINKER.downcallHandle(
            address(name), descriptor, capture, Linker.Option.firstVariadicArg(fixedArguments));
  }

  /** Address of a function of the C library. */
  static MemorySegment address(String name) {
    return LINKER
        .defaultLookup()
        .find(name)
        .orElseThrow(() -> new UnsatisfiedLinkError(name + " is not in the C library"));
  }
}
