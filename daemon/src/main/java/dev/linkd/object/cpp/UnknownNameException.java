package dev.linkd.object.cpp;

/** A mangled name that is malformed or uses what is not read, such as expressions. */
final class UnknownNameException extends Exception {
  private static final long serialVersionUID = 1L;

  UnknownNameException() {
    super("not a mangled name that is known", null, false, false);
  }
}
