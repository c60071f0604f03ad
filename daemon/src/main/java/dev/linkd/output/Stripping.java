package dev.linkd.output;

import java.util.Optional;
import java.util.Set;

/**
 * What is left out of the symbol table and of the sections that are not loaded.
 *
 * @param strip sections and tables that are left out
 * @param locals local symbols that are left out
 * @param retained names of the global symbols that stay; empty when all do
 */
public record Stripping(Strip strip, Locals locals, Optional<Set<String>> retained) {

  /** What linkers do without options. */
  public static final Stripping NONE = new Stripping(Strip.NOTHING, Locals.KEPT, Optional.empty());

  public Stripping {
    retained = retained.map(Set::copyOf);
  }

  /** Whether sections with debug information are left out. */
  public boolean debug() {
    return strip != Strip.NOTHING;
  }

  /** Whether there is no symbol table. */
  public boolean all() {
    return strip == Strip.ALL;
  }

  /** Kinds of content. */
  public enum Strip {
    NOTHING,
    /** Sections with debug information. */
    DEBUG,
    /** Debug information and the symbol table; the dynamic symbol table stays. */
    ALL
  }

  /** Kinds of local symbols. */
  public enum Locals {
    KEPT,
    /** Those whose names begin with {@code .L} are left out. */
    TEMPORARY_DISCARDED,
    /** All are left out. */
    DISCARDED
  }
}
