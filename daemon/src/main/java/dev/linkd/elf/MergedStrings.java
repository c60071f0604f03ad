package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.object.ElfObject;
import dev.linkd.object.MergePieces;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * The strings that inputs share in sections that are not loaded, {@code .debug_str} above all.
 * Nothing has the address of such a string and no string ever moves, so that they need no atoms: a
 * relocation refers to the pool of its section, and its addend says where in the pool.
 */
final class MergedStrings {

  /** Where the number of the pool is, counted from what {@link #acquire} returns. */
  static final int POOL = -2;

  private final LinkState state;
  private final Layout layout;
  private final List<StringPool> pools = new ArrayList<>();

  /** Name of an input section to the number of its pool. */
  private final IntMap byName = new IntMap();

  /** Symbol to pool number. */
  private final IntMap bySymbol = new IntMap();

  MergedStrings(LinkState state, Layout layout) {
    this.state = state;
    this.layout = layout;
  }

  /** Whether the strings of a {@linkplain MergePieces#mergeable mergeable} section come here. */
  static boolean take(ElfObject object, int s) {
    return (object.sectionFlags(s) & ~SHF_GROUP) == (SHF_MERGE | SHF_STRINGS)
        && object.sectionEntrySize(s) == 1
        && object.sectionAlignment(s) == 1;
  }

  /**
   * Counts a use of each string of a section.
   *
   * @param name name id of the section
   * @param uses receives the number of the pool, the number of strings, and the place of each
   * @return index in {@code uses} of the first place
   */
  int acquire(ElfObject object, int s, int name, MergePieces split, IntQueue uses) {
    int number = pool(name, object.sectionType(s));
    StringPool pool = pools.get(number);
    uses.add(number);
    uses.add(split.count());
    int first = uses.size();
    MemorySegment bytes = object.bytes();
    long start = object.sectionOffset(s);
    for (int p = 0; p < split.count(); p++) {
      uses.add(pool.add(bytes, start + split.start(p), split.size(p) - 1));
    }
    return first;
  }

  private int pool(int name, int type) {
    int number = byName.get(name);
    if (number < 0) {
      OutputSection section = layout.sectionFor(name, type, SHF_MERGE | SHF_STRINGS);
      StringPool pool = new StringPool(state, layout, section);
      number = pools.size();
      pools.add(pool);
      state.names.retain(name);
      byName.put(name, number);
      bySymbol.put(pool.symbol(), number);
    }
    return number;
  }

  /** The symbol that relocations to strings of a pool refer to. */
  int symbol(int pool) {
    return pools.get(pool).symbol();
  }

  /** Takes back what {@link #acquire} has counted. */
  void release(int[] uses) {
    for (int i = 0; i < uses.length; ) {
      StringPool pool = pools.get(uses[i]);
      int end = i + 2 + uses[i + 1];
      for (i += 2; i < end; i++) {
        pool.release(uses[i]);
      }
    }
  }

  /** The pool that a symbol stands for, NONE when it is another symbol. */
  int poolOf(int symbol) {
    return bySymbol.get(symbol);
  }

  StringPool pool(int number) {
    return pools.get(number);
  }

  int pools() {
    return pools.size();
  }
}
