package dev.linkd.oracle.program;

import dev.linkd.oracle.model.Space;

/** What code and data may refer to: a function, a data object, or an alias of one. */
interface Referable {
  /** The thing itself; for an alias what it stands for. */
  Entity entity();

  String symbol();

  /** Offset of the symbol inside the entity. */
  long offset();

  /** Whether the symbol may be used in that stream. */
  boolean visibleFrom(String stream);

  /** The space in which that stream names the symbol. */
  Space space();
}
