package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.SHF_LINK_ORDER;

import dev.linkd.mapped.MappedFile;
import dev.linkd.mapped.Policy;
import dev.linkd.mapped.WindowFullException;
import dev.linkd.reloc.Relocations;
import dev.linkd.symbol.Symbols;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Keeps sections with SHF_LINK_ORDER in the address order of the sections that they are linked to,
 * within their output section and, in a linker script, within what one of its statements takes. As
 * in GNU ld, those that are linked to nothing come first, in the order of the inputs.
 *
 * <p>Each such atom has a {@link Dependency} on the one that it is linked to. It waits to be
 * applied when either came or has moved, and then the section is in doubt until everything has been
 * applied. While nothing of this kind happens, nothing is looked at.
 */
final class LinkOrder {

  private static final int NONE = -1;

  /** Sections linked to linked sections: more in a row are taken for a cycle. */
  private static final int CHAIN_MAX = 8;

  /** So many atoms are moved one by one, each past those between its places; of more, all are. */
  private static final int MOVES_MAX = 8;

  private final LinkState state;
  private final Layout layout;
  private final MappedFile file;
  private final AtomContents contents;

  /** Numbers of output sections with linked atoms. */
  private final BitSet ordered = new BitSet();

  /** Numbers of output sections that may be out of order. */
  private final BitSet doubtful = new BitSet();

  /** Where an atom belongs; those that are linked to nothing have no address. */
  private record Ranked(int atom, boolean linked, long address, int priority, long order) {}

  private static final Comparator<Ranked> ORDER =
      Comparator.comparing(Ranked::linked)
          .thenComparing(Ranked::address, Long::compareUnsigned)
          .thenComparingInt(Ranked::priority)
          .thenComparingLong(Ranked::order);

  LinkOrder(LinkState state, Layout layout) {
    this.state = state;
    this.layout = layout;
    this.file = state.file;
    this.contents = new AtomContents(state, layout);
  }

  /** Looks at a relocation of a placed atom that waits to be applied. */
  void consider(int row) {
    if (orders(row)) {
      doubt(state.relocations.atom(row));
    }
  }

  /** An atom leaves its section. */
  void leaving(int atom) {
    if (state.placed(atom) && layout.section(state.atoms.section(atom)).linked != null) {
      doubtful.set(state.atoms.section(atom));
    }
  }

  /**
   * Tables for debuggers and unwinding that have gaps are found by other means than their order.
   */
  private void doubt(int atom) {
    int section = state.atoms.section(atom);
    if (layout.section(section).dense) {
      doubtful.set(section);
    }
  }

  private boolean orders(int row) {
    int atom = state.relocations.atom(row);
    return state.relocations.kind(row) == Dependency.KIND
        && state.relocations.flag(row, Relocations.OWNER)
        && (state.atoms.sectionFlags(atom) & SHF_LINK_ORDER) != 0;
  }

  /** Everything has been applied: what is in doubt is in order. */
  void settled() {
    doubtful.clear();
  }

  /** Brings what is in doubt into order; returns whether an atom has moved. */
  boolean settle() {
    for (int i = ordered.nextSetBit(0); i >= 0; i = ordered.nextSetBit(i + 1)) {
      if (layout.section(i).atoms != layout.section(i).linkedAtoms) {
        doubtful.set(i); // one that is linked to nothing came
      }
    }
    boolean any = false;
    for (int i = doubtful.nextSetBit(0); i >= 0; i = doubtful.nextSetBit(i + 1)) {
      OutputSection section = layout.section(i);
      describe(section);
      for (List<Ranked> run : runs(section)) {
        any |= arrange(section, run);
      }
    }
    return any;
  }

  /** Names of sections that are out of order. */
  List<String> misplaced() {
    List<String> names = new ArrayList<>();
    for (OutputSection section : layout.sections()) {
      if (section.dense && runs(section).stream().anyMatch(LinkOrder::misplaced)) {
        names.add(section.name);
      }
    }
    return names;
  }

  private static boolean misplaced(List<Ranked> run) {
    return run.stream().anyMatch(Ranked::linked) && !ordered(run);
  }

  private static boolean ordered(List<Ranked> run) {
    for (int i = 1; i < run.size(); i++) {
      if (ORDER.compare(run.get(i - 1), run.get(i)) > 0) {
        return false;
      }
    }
    return true;
  }

  /** The section header names the section of the first atom that is linked. */
  private void describe(OutputSection section) {
    OutputSection linked = null;
    int node = file.first(section.node);
    for (; node != NONE && linked == null; node = file.next(node)) {
      int target = Owners.isAtom(file.owner(node)) ? target(file.owner(node)) : NONE;
      linked = target == NONE ? null : layout.section(state.atoms.section(target));
    }
    ordered.set(section.number, linked != null);
    section.linkedAtoms = section.atoms;
    if (section.linked != linked) {
      section.linked = linked;
      state.headersDoubtful();
    }
  }

  /** The atoms of a section, divided where a linker script put something between them. */
  private List<List<Ranked>> runs(OutputSection section) {
    List<List<Ranked>> runs = new ArrayList<>();
    List<Ranked> run = new ArrayList<>();
    for (int node = file.first(section.node); node != NONE; node = file.next(node)) {
      state.work.nodes++;
      if (Owners.isAtom(file.owner(node))) {
        run.add(rank(file.owner(node)));
      } else {
        runs.add(run);
        run = new ArrayList<>();
      }
    }
    runs.add(run);
    return runs;
  }

  private Ranked rank(int atom) {
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
  private int target(int atom) {
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

  private boolean arrange(OutputSection section, List<Ranked> run) {
    if (ordered(run)) {
      return false;
    }
    int before = file.prev(state.atoms.node(run.getFirst().atom()));
    List<Ranked> sorted = new ArrayList<>(run);
    sorted.sort(ORDER);
    BitSet staying = staying(run);
    boolean few = run.size() - staying.cardinality() <= MOVES_MAX;
    int same = 0;
    while (run.get(same).atom() == sorted.get(same).atom()) {
      same++;
    }
    Set<Integer> moving = new HashSet<>();
    for (int i = run.size() - 1; i >= 0; i--) {
      if (few ? !staying.get(i) : i >= same) {
        moving.add(run.get(i).atom());
        file.remove(state.atoms.node(run.get(i).atom()));
      }
    }
    for (Ranked ranked : sorted) {
      if (moving.contains(ranked.atom())) {
        place(section, before, ranked.atom());
      }
      before = state.atoms.node(ranked.atom());
    }
    return true;
  }

  private void place(OutputSection section, int before, int atom) {
    long size = section.place(state.atoms.size(atom));
    int alignment = state.atoms.alignmentLog2(atom);
    try {
      state.atoms.setNode(
          atom, file.addAfter(section.node, before, Policy.FIXED, size, alignment, atom));
    } catch (WindowFullException e) {
      throw new TableTooLargeException(section.name, e);
    }
    contents.write(atom);
    state.changes.moved(atom);
    state.atomMoved(atom);
  }

  /** Places of the longest ascending sequence; each atom is put on the smallest pile that fits. */
  private static BitSet staying(List<Ranked> run) {
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
