package dev.linkd.output;

/** What becomes of sections that a linker script does not name. */
public enum OrphanHandling {
  /** They follow sections of their kind. */
  PLACE,
  /** The same, with a warning. */
  WARN,
  /** They are faults. */
  ERROR,
  /** They are left out. */
  DISCARD
}
