package dev.linkd.elf;

/** A synthetic table outgrew its address window. The flush that met it reports it. */
final class TableTooLargeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  TableTooLargeException(String section, Throwable cause) {
    super("section " + section + " does not fit into its address window", cause);
  }

  /** A table that has offsets of 32 bits. */
  TableTooLargeException(String section) {
    super("section " + section + " is larger than 2 GiB");
  }
}
