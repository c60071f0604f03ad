package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.object.ElfObject;
import dev.linkd.object.MergePieces;
import java.util.ArrayList;
import java.util.List;

/**
 * The strings that inputs share in sections that are not loaded, {@code .debug_str} above all.
 * Nothing has the address of such a string and no string ever moves, so that they need no atoms: a
 * relocation refers to the pool of its section, and its addend says where in the pool.
 */
final class MergedStrings {

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
   * The number of the pool for sections of a name; made when it is the first one.
   *
   * @param name name id of the section
   */
  int number(int name, int type) {
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

  /**
   * The symbol for places before the string of a named symbol or behind it, where nothing is that
   * other links of the same inputs have there, too.
   */
  int besideStrings(int pool) {
    int symbol = pools.get(pool).beside();
    bySymbol.put(symbol, pool);
    return symbol;
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
