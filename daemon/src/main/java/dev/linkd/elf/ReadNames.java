package dev.linkd.elf;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.linkd.object.ElfConstants;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** What the inputs read so far say about names; used by {@link OrderedExtraction}. */
final class ReadNames {

  /** How an input defines a name. */
  enum Definition {
    FULL,
    TENTATIVE,
    WEAK;

    static Definition of(boolean tentative, int info) {
      if (tentative) {
        return TENTATIVE;
      }
      return SymbolView.binding(info) == ElfConstants.STB_WEAK ? WEAK : FULL;
    }
  }

  /** A name, as it lies in the symbol table that mentioned it first. */
  static final class Name {
    final MemorySegment bytes;
    final long offset;
    final int length;
    final int hash;

    /** An input defines it, in whatever way. */
    boolean defined;

    /** A definition is neither weak nor tentative. */
    boolean full;

    /** A definition is tentative. */
    boolean tentative;

    /** A reference is not weak. */
    boolean required;

    /** A reference is of another visibility than the default, so no shared library is meant. */
    boolean narrow;

    /** A shared library has it. */
    boolean shared;

    /** It is in the list of those that wait for an archive. */
    boolean listed;

    private Name(MemorySegment bytes, long offset, int length, int hash) {
      this.bytes = bytes;
      this.offset = offset;
      this.length = length;
      this.hash = hash;
    }

    /** Whether an archive member that defines it is taken. */
    boolean open() {
      return required && !defined && (narrow || !shared);
    }

    /** Whether an archive member that defines it with contents is taken. */
    boolean replaceable() {
      return tentative && !full;
    }
  }

  private final NameSet numbers = new NameSet();
  private final List<Name> names = new ArrayList<>();

  Name of(MemorySegment bytes, long offset, int length) {
    int hash = NameSet.hash(bytes, offset, length);
    if (numbers.putIfAbsent(bytes, offset, length, hash, names.size())) {
      Name name = new Name(bytes, offset, length, hash);
      names.add(name);
      return name;
    }
    return names.get(numbers.get(bytes, offset, length, hash));
  }

  /** An input refers to the name. */
  void refer(Name name, int binding, int visibility) {
    name.required |= binding != ElfConstants.STB_WEAK;
    name.narrow |= visibility != ElfConstants.STV_DEFAULT;
  }

  /**
   * An input defines the name; one with a default version is defined without it as well.
   *
   * @param commons receives what is defined tentatively for the first time
   */
  void define(MemorySegment bytes, long offset, int length, Definition how, List<Name> commons) {
    int base = VersionedNames.base(bytes, offset, length);
    if (!VersionedNames.isDefault(bytes, offset, length, base)) {
      define(of(bytes, offset, length), how, commons);
      return;
    }
    define(of(bytes, offset, base), how, commons);
    byte[] exact = bytes.asSlice(offset, length).toArray(JAVA_BYTE);
    System.arraycopy(exact, base + 1, exact, base, length - base - 1);
    define(of(MemorySegment.ofArray(exact), 0, length - 1), how, commons);
  }

  private static void define(Name name, Definition how, List<Name> commons) {
    name.defined = true;
    name.full |= how == Definition.FULL;
    if (how == Definition.TENTATIVE && !name.tentative) {
      name.tentative = true;
      commons.add(name);
    }
  }
}
