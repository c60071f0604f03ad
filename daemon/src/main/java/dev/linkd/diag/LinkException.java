package dev.linkd.diag;

/**
 * An input or a request that was refused as a whole. Faults inside a link are collected as {@link
 * Diagnostic}s instead of thrown; this exception is for parsers and for requests that have no
 * effect because of it.
 */
public final class LinkException extends Exception {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // never serialised; the exception stays inside the daemon
  private final Diagnostic diagnostic;

  public LinkException(Diagnostic diagnostic) {
    super(diagnostic.toString());
    this.diagnostic = diagnostic;
  }

  public LinkException(Code code, Place place, String message, String... notes) {
    this(Diagnostic.error(code, place, message, notes));
  }

  public Diagnostic diagnostic() {
    return diagnostic;
  }
}
