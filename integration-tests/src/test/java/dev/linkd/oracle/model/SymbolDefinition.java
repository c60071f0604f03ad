package dev.linkd.oracle.model;

import org.jspecify.annotations.Nullable;

/**
 * A global symbol without an atom of its own.
 *
 * @param target the symbol it is an alias of; null for an absolute value
 * @param value the absolute value, or the offset from the target
 */
public record SymbolDefinition(
    String name, @Nullable String target, long value, long size, int info) {

  /** The same facts in the form of an atom's definition. */
  public Definition definition() {
    return new Definition(name, value, size, info);
  }
}
