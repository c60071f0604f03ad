package dev.linkd.elf;

import dev.linkd.diag.Code;
import dev.linkd.diag.LinkException;
import dev.linkd.diag.Place;

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

  /** The same for the section of an atom, which is refused. */
  static LinkException ofAtom(OutputSection section, String input, String atom) {
    return new LinkException(
        Code.ADDRESS_SPACE_EXHAUSTED,
        Place.section(input, atom, Place.NO_OFFSET),
        "output section " + section.name + " does not fit into its address window",
        "32-bit relocations reach 2 GiB; make the data smaller or allocate it at run time");
  }
}
