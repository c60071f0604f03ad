package dev.linkd.oracle.naive;

import org.jspecify.annotations.Nullable;

/**
 * What a name means: a place inside an atom, or a number.
 *
 * @param atom null for an absolute value
 * @param offset offset in the atom, or the value
 */
public record Target(@Nullable AtomId atom, long offset) {

  /** The address of a weak reference that nothing defines. */
  public static final Target ZERO = new Target(null, 0);

  public static Target in(String stream, String key, long offset) {
    return new Target(new AtomId(stream, key), offset);
  }

  public static Target absolute(long value) {
    return new Target(null, value);
  }

  Target plus(long delta) {
    return new Target(atom, offset + delta);
  }
}
