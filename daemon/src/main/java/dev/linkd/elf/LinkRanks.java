package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.SHF_LINK_ORDER;

import dev.linkd.reloc.Relocations;
import dev.linkd.symbol.Symbols;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;

/** What decides where a section with SHF_LINK_ORDER, or one beside it, belongs. */
final class LinkRanks {

  private static final int NONE = -1;

  /** Sections linked to linked sections: more in a row are taken for a cycle. */
  private static final int CHAIN_MAX = 8;

  private final LinkState state;
  private final Layout layout;

  /** Where an atom belongs; those that are linked to nothing have no address. */
  record Ranked(int atom, boolean linked, long address, int priority, long order) {}

  static final Comparator<Ranked> ORDER =
      Comparator.comparing(Ranked::linked)
          .thenComparing(Ranked::address, Long::compareUnsigned)
          .thenComparingInt(Ranked::priority)
          .thenComparingLong(Ranked::order);

  LinkRanks(LinkState state, Layout layout) {
    this.state = state;
    this.layout = layout;
  }

  /** Whether a relocation leads to what its atom is linked to. */
  boolean orders(int row) {
    int atom = state.relocations.atom(row);
    return state.relocations.kind(row) == Dependency.KIND
        && state.relocations.flag(row, Relocations.OWNER)
        && (state.atoms.sectionFlags(atom) & SHF_LINK_ORDER) != 0;
  }

  Ranked rank(int atom) {
    int target = target(atom);
    if (target != NONE) {
      return new Ranked(atom, true, layout.address(target), 0, 0);
    }
    if (layout.scripted()) {
      return new Ranked(atom, false, 0, 0, 0); // a script can have sorted them
    }
    int priority = OrderedPlacement.priority(state, atom);
    return new Ranked(atom, false, 0, priority, state.inputs.get(state.atoms.input(atom)).order);
  }

  /** What decides where an atom belongs: at the end of the links that begin there. */
  int target(int atom) {
    int target = atom;
    for (int i = 0; i < CHAIN_MAX; i++) {
      int next = linked(target);
      if (next == NONE) {
        return target == atom ? NONE : target;
      }
      target = next;
    }
    return NONE;
  }

  /** The atom in the image that an atom is linked to, NONE when there is none. */
  private int linked(int atom) {
    if ((state.atoms.sectionFlags(atom) & SHF_LINK_ORDER) == 0) {
      return NONE;
    }
    int first = state.atoms.firstRelocation(atom);
    for (int row = first + state.atoms.relocations(atom) - 1; row >= first; row--) {
      if (orders(row)) {
        int symbol = state.relocations.symbol(row);
        boolean defined = state.symbols.state(symbol) == Symbols.DEFINED;
        return defined ? state.home(state.symbols.atom(symbol)) : NONE;
      }
    }
    return NONE;
  }

  static boolean misplaced(List<Ranked> run) {
    return run.stream().anyMatch(Ranked::linked) && !ordered(run);
  }

  static boolean ordered(List<Ranked> run) {
    for (int i = 1; i < run.size(); i++) {
      if (ORDER.compare(run.get(i - 1), run.get(i)) > 0) {
        return false;
      }
    }
    return true;
  }

  /** Places of the longest ascending sequence; each atom is put on the smallest pile that fits. */
  static BitSet staying(List<Ranked> run) {
    int[] tops = new int[run.size()];
    int[] below = new int[run.size()];
    int piles = 0;
    for (int i = 0; i < run.size(); i++) {
      int low = 0;
      int high = piles;
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (ORDER.compare(run.get(tops[middle]), run.get(i)) <= 0) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      below[i] = low == 0 ? NONE : tops[low - 1];
      tops[low] = i;
      piles = Math.max(piles, low + 1);
    }
    BitSet staying = new BitSet();
    for (int i = tops[piles - 1]; i != NONE; i = below[i]) {
      staying.set(i);
    }
    return staying;
  }
}
