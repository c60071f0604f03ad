package dev.linkd.elf;

import dev.linkd.elf.LinkRanks.Ranked;
import dev.linkd.mapped.MappedFile;
import dev.linkd.mapped.Policy;
import dev.linkd.mapped.WindowFullException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Keeps sections with SHF_LINK_ORDER in the address order of the sections that they are linked to,
 * within their output section and, in a linker script, within what one of its statements takes. As
 * in GNU ld, those that are linked to nothing come first, in the order of the inputs.
 *
 * <p>Each such atom has a {@link Dependency} on the one that it is linked to. It waits to be
 * applied when either came or has moved, and then the atom is in doubt until everything has been
 * applied. An atom in doubt is compared with its neighbours; the others have kept their order. Only
 * a section in which many atoms are out of order is looked at as a whole.
 */
final class LinkOrder {

  private static final int NONE = -1;

  /** So many atoms are moved one by one, each past those between its places; of more, all are. */
  private static final int MOVES_MAX = 8;

  private final LinkState state;
  private final Layout layout;
  private final MappedFile file;
  private final AtomContents contents;
  private final LinkRanks ranks;

  /** Atoms that may be out of order, each once; some may be gone since. */
  private final IntQueue doubtful = new IntQueue();

  private final IntSet inDoubt = new IntSet();

  /** Numbers of output sections whose first linked atom may be another. */
  private final BitSet undescribed = new BitSet();

  /** Atoms that are out of order and still where they were. */
  private final Set<Integer> moving = new HashSet<>();

  LinkOrder(LinkState state, Layout layout) {
    this.state = state;
    this.layout = layout;
    this.file = state.file;
    this.contents = new AtomContents(state, layout);
    this.ranks = new LinkRanks(state, layout);
  }

  /** Looks at a relocation of a placed atom that waits to be applied. */
  void consider(int row) {
    if (ranks.orders(row)) {
      doubt(state.relocations.atom(row));
    }
  }

  /** An atom has come into a section with an order. */
  void arrived(int atom) {
    doubt(atom);
  }

  /** An atom leaves its section. */
  void leaving(int atom) {
    if (state.placed(atom) && layout.section(state.atoms.section(atom)).linked != null) {
      undescribed.set(state.atoms.section(atom));
    }
  }

  private boolean present(int atom) {
    return state.atoms.live(atom) && state.placed(atom);
  }

  private void doubt(int atom) {
    if (inDoubt.add(atom)) {
      doubtful.add(atom);
    }
  }

  /** Everything has been applied: what is in doubt is in order. */
  void settled() {
    doubtful.clearAndShrink();
    inDoubt.clear();
  }

  /**
   * Brings what is in doubt into order; returns whether an atom has moved. Tables for debuggers and
   * unwinding that have gaps are found by other means than their order.
   */
  boolean settle() {
    if (doubtful.isEmpty() && undescribed.isEmpty()) {
      return false;
    }
    Map<Integer, IntQueue> atoms = new TreeMap<>();
    for (int i = 0; i < doubtful.size(); i++) {
      int atom = doubtful.get(i);
      if (present(atom) && layout.section(state.atoms.section(atom)).dense) {
        atoms.computeIfAbsent(state.atoms.section(atom), n -> new IntQueue()).add(atom);
      }
    }
    boolean any = false;
    for (Map.Entry<Integer, IntQueue> entry : atoms.entrySet()) {
      OutputSection section = layout.section(entry.getKey());
      boolean few = section.linked != null && entry.getValue().size() <= section.atoms / 2;
      any |= few ? adjust(section, entry.getValue()) : arrange(section);
      undescribed.set(section.number);
    }
    for (int i = undescribed.nextSetBit(0); i >= 0; i = undescribed.nextSetBit(i + 1)) {
      describe(layout.section(i));
    }
    undescribed.clear();
    return any;
  }

  /** Names of sections that are out of order. */
  List<String> misplaced() {
    List<String> names = new ArrayList<>();
    for (OutputSection section : layout.sections()) {
      if (section.dense && runs(section).stream().anyMatch(LinkRanks::misplaced)) {
        names.add(section.name);
      }
    }
    return names;
  }

  /** The section header names the section of the first atom that is linked. */
  private void describe(OutputSection section) {
    int first = firstLinked(section);
    section.firstLinked = first;
    OutputSection linked =
        first == NONE ? null : layout.section(state.atoms.section(ranks.target(first)));
    if (section.linked != linked) {
      section.linked = linked;
      state.headersDoubtful();
    }
  }

  private int firstLinked(OutputSection section) {
    int known = section.firstLinked;
    if (known != NONE
        && !layout.scripted()
        && present(known)
        && state.atoms.section(known) == section.number
        && ranks.target(known) != NONE) {
      int before = neighbour(known, false);
      while (before != NONE && ranks.target(before) != NONE) {
        known = before;
        before = neighbour(known, false);
      }
      return known;
    }
    for (int node = file.first(section.node); node != NONE; node = file.next(node)) {
      state.work.nodes++;
      if (Owners.isAtom(file.owner(node)) && ranks.target(file.owner(node)) != NONE) {
        return file.owner(node);
      }
    }
    return NONE;
  }

  /** The atom before or behind another that stays where it is; NONE at an end of its run. */
  private int neighbour(int atom, boolean behind) {
    int node = state.atoms.node(atom);
    int other;
    do {
      state.work.nodes++;
      node = behind ? file.next(node) : file.prev(node);
      other = node != NONE && Owners.isAtom(file.owner(node)) ? file.owner(node) : NONE;
    } while (other != NONE && moving.contains(other));
    return other;
  }

  /** Looks at atoms in doubt and their neighbours; returns whether an atom has moved. */
  private boolean adjust(OutputSection section, IntQueue some) {
    List<Ranked> misplaced = new ArrayList<>();
    moving.clear();
    while (!some.isEmpty()) {
      int atom = some.removeLast();
      if (moving.contains(atom) || inPlace(atom)) {
        continue;
      }
      if (misplaced.size() == MOVES_MAX) {
        moving.clear();
        return arrange(section);
      }
      misplaced.add(ranks.rank(atom));
      moving.add(atom);
      for (boolean behind : new boolean[] {false, true}) {
        int other = neighbour(atom, behind);
        if (other != NONE && inDoubt.contains(other)) {
          some.add(other); // has another neighbour now
        }
      }
    }
    misplaced.sort(
        LinkRanks.ORDER.thenComparingLong(ranked -> file.offset(state.atoms.node(ranked.atom()))));
    for (Ranked ranked : misplaced) {
      insert(section, ranked);
    }
    moving.clear();
    return !misplaced.isEmpty();
  }

  private boolean inPlace(int atom) {
    Ranked ranked = ranks.rank(atom);
    int before = neighbour(atom, false);
    int behind = neighbour(atom, true);
    return (before == NONE || LinkRanks.ORDER.compare(ranks.rank(before), ranked) <= 0)
        && (behind == NONE || LinkRanks.ORDER.compare(ranked, ranks.rank(behind)) <= 0);
  }

  /** Moves an atom past those between its place and the one where it belongs. */
  private void insert(OutputSection section, Ranked ranked) {
    int atom = ranked.atom();
    int before = neighbour(atom, false);
    boolean forward = before == NONE || LinkRanks.ORDER.compare(ranks.rank(before), ranked) <= 0;
    int passed = NONE;
    int other = neighbour(atom, forward);
    while (other != NONE && LinkRanks.ORDER.compare(ranks.rank(other), ranked) <= 0 == forward) {
      passed = other;
      other = neighbour(other, forward);
    }
    moving.remove(atom);
    if (passed == NONE) {
      return; // those that were in the wrong place have gone
    }
    int from = state.atoms.node(atom);
    int to = state.atoms.node(passed);
    if (uniform(from, to, forward)) {
      for (int node = from; node != to; node = next(node, forward)) {
        move(file.owner(next(node, forward)), node);
      }
      move(atom, to);
    } else {
      int sibling = forward ? to : file.prev(to);
      file.remove(from);
      place(section, sibling, atom);
    }
  }

  /** Whether atoms between two places can change places, so that nothing else moves. */
  private boolean uniform(int from, int to, boolean forward) {
    int node = from;
    while (node != to) {
      node = next(node, forward);
      if (file.size(node) != file.size(from) || file.alignment(node) != file.alignment(from)) {
        return false;
      }
    }
    return true;
  }

  private int next(int node, boolean forward) {
    return forward ? file.next(node) : file.prev(node);
  }

  private void move(int atom, int node) {
    file.setOwner(node, atom);
    state.work.nodes++;
    moved(atom, node);
  }

  private void moved(int atom, int node) {
    state.atoms.setNode(atom, node);
    contents.write(atom);
    state.changes.moved(atom);
    state.atomMoved(atom);
  }

  /** The atoms of a section, divided where a linker script put something between them. */
  private List<List<Ranked>> runs(OutputSection section) {
    List<List<Ranked>> runs = new ArrayList<>();
    List<Ranked> run = new ArrayList<>();
    for (int node = file.first(section.node); node != NONE; node = file.next(node)) {
      state.work.nodes++;
      if (Owners.isAtom(file.owner(node))) {
        run.add(ranks.rank(file.owner(node)));
      } else {
        runs.add(run);
        run = new ArrayList<>();
      }
    }
    runs.add(run);
    return runs;
  }

  private boolean arrange(OutputSection section) {
    boolean any = false;
    for (List<Ranked> run : runs(section)) {
      any |= arrange(section, run);
    }
    return any;
  }

  private boolean arrange(OutputSection section, List<Ranked> run) {
    if (LinkRanks.ordered(run)) {
      return false;
    }
    int before = file.prev(state.atoms.node(run.getFirst().atom()));
    List<Ranked> sorted = new ArrayList<>(run);
    sorted.sort(LinkRanks.ORDER);
    BitSet staying = LinkRanks.staying(run);
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
      moved(atom, file.addAfter(section.node, before, Policy.FIXED, size, alignment, atom));
    } catch (WindowFullException e) {
      throw new TableTooLargeException(section.name, e);
    }
  }
}
