package dev.linkd.object.demangle;

/** A name that is not mangled, or in a way that is not known. */
final class MangledNameException extends Exception {
  private static final long serialVersionUID = 1L;

  MangledNameException() {
    super("not a mangled name", null, false, false);
  }
}
