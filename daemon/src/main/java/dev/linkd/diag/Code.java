package dev.linkd.diag;

/**
 * What kind of fault a {@link Diagnostic} reports. Clients may rely on the names: they are part of
 * the API and are never reused for another meaning.
 */
public enum Code {
  /** A file that cannot be read, or is not what its use requires. */
  INPUT_UNREADABLE,
  /** Bytes that violate the file format: truncated, overlapping, out of range. */
  MALFORMED_INPUT,
  /** A well-formed input that this output cannot contain: another machine, class or byte order. */
  INCOMPATIBLE_INPUT,
  /** A feature of an input that linkd does not implement. */
  UNSUPPORTED_INPUT,
  /** A live reference to a name that nothing defines. */
  UNDEFINED_SYMBOL,
  /** Two strong definitions of one name. */
  DUPLICATE_SYMBOL,
  /** A relocation kind that the machine does not have or that linkd does not implement. */
  UNKNOWN_RELOCATION,
  /** A computed value does not fit the relocated field. */
  RELOCATION_OVERFLOW,
  /** A relocation that this kind of output cannot express, such as 32 S+A in a PIE. */
  RELOCATION_NOT_ALLOWED,
  /** A relocated field that lies outside its section. */
  RELOCATION_OUT_OF_BOUNDS,
  /** An address window cannot grow any more. */
  ADDRESS_SPACE_EXHAUSTED,
  /** The entry symbol is undefined; only a warning. */
  NO_ENTRY,
  /** A library that was asked for was not found. */
  LIBRARY_NOT_FOUND,
  /** The output file could not be written; the last generation is still published. */
  PUBLISH_FAILED,
  /** A request that contradicts itself or the state of the output. */
  INVALID_REQUEST,
  /** A reference to a symbol of which an input says that one should not use it. */
  WARNED_SYMBOL,
  /** A limit of the daemon was exceeded. */
  LIMIT_EXCEEDED;

  /** Whether the notes name the places, each in the words of its own line. */
  public boolean placedInNotes() {
    return this == UNDEFINED_SYMBOL || this == DUPLICATE_SYMBOL;
  }
}
