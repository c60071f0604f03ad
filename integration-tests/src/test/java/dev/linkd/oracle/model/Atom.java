package dev.linkd.oracle.model;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * One function or data object.
 *
 * @param bytes the unrelocated content; empty for an atom without content
 */
public record Atom(
    String key,
    String section,
    int sectionType,
    long sectionFlags,
    long alignment,
    long size,
    byte[] bytes,
    List<Definition> definitions,
    List<Relocation> relocations) {

  public Atom {
    definitions = List.copyOf(definitions);
    relocations = List.copyOf(relocations);
  }

  public boolean content() {
    return sectionType != 8;
  }

  public boolean writable() {
    return (sectionFlags & 1) != 0;
  }

  public boolean executable() {
    return (sectionFlags & 4) != 0;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Atom that
        && key.equals(that.key)
        && section.equals(that.section)
        && sectionType == that.sectionType
        && sectionFlags == that.sectionFlags
        && alignment == that.alignment
        && size == that.size
        && Arrays.equals(bytes, that.bytes)
        && definitions.equals(that.definitions)
        && relocations.equals(that.relocations);
  }

  @Override
  public int hashCode() {
    return Objects.hash(key, section, size, Arrays.hashCode(bytes), definitions, relocations);
  }

  @Override
  public String toString() {
    return "atom " + key + " in " + section + " of " + size + " bytes";
  }
}
