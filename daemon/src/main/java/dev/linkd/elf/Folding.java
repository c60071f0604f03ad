package dev.linkd.elf;

import dev.linkd.diag.LinkException;
import dev.linkd.reloc.Relocations;
import dev.linkd.symbol.Symbols;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Identical code folding: of all atoms of one class the first has a place, and stands for the
 * others. All classes are found again at every settle that changes something, which costs as much
 * as there are functions; only what changed its class is touched.
 */
final class Folding {

  private static final int NONE = -1;

  private final LinkState state;
  private final AtomEditor editor;
  private final FoldCandidates candidates;
  private final FoldClasses classes;
  private final IntQueue unfolded = new IntQueue();

  Folding(
      LinkState state,
      Layout layout,
      SymbolView view,
      AtomEditor editor,
      @Nullable DynamicSymbolTable dynamicSymbols) {
    this.state = state;
    this.editor = editor;
    this.candidates = new FoldCandidates(state, dynamicSymbols);
    this.classes = new FoldClasses(state, layout, view, candidates);
  }

  /**
   * Folds what is equal and unfolds what is not any more.
   *
   * @return whether something changed
   */
  boolean settle() {
    boolean doubtful = state.folds.takeDoubt();
    if (state.pending.isEmpty() && !doubtful) {
      return false;
    }
    candidates.collect();
    classes.refine();
    Map<Long, Integer> leaders = leaders();
    boolean any = restore(leaders);
    for (int i = 0; i < candidates.atoms.size(); i++) {
      int atom = candidates.atoms.get(i);
      int leader = leaders.getOrDefault(classes.of(i), atom);
      if (leader != atom && state.folds.leader(atom) != leader) {
        editor.fold(atom, leader);
        any = true;
      }
    }
    for (int i = 0; i < candidates.atoms.size(); i++) {
      any |= settleRecord(candidates.atoms.get(i), candidates.records.get(i));
    }
    return any;
  }

  /** The atom of each class that has a place. */
  private Map<Long, Integer> leaders() {
    Map<Long, Integer> leaders = new HashMap<>();
    for (int i = 0; i < candidates.atoms.size(); i++) {
      int atom = candidates.atoms.get(i);
      leaders.merge(classes.of(i), atom, (a, b) -> before(a, b) ? a : b);
    }
    return leaders;
  }

  /**
   * What is aligned most can stand for all. Then by the order of inputs, then by name: the same
   * whatever the history of edits.
   */
  private boolean before(int a, int b) {
    int alignment = state.atoms.alignmentLog2(a) - state.atoms.alignmentLog2(b);
    if (alignment != 0) {
      return alignment > 0;
    }
    long first = state.inputs.get(state.atoms.input(a)).order;
    long second = state.inputs.get(state.atoms.input(b)).order;
    if (first != second) {
      return first < second;
    }
    String name = state.names.string(state.atoms.key(a));
    return name.compareTo(state.names.string(state.atoms.key(b))) < 0;
  }

  /** Gives a place to what is in the image and follows no other. */
  private boolean restore(Map<Long, Integer> leaders) {
    unfolded.clear();
    for (int i = 0; i < state.atoms.highWater(); i++) {
      if (state.atoms.live(i) && !state.placed(i) && state.marking.live(i)) {
        int place = candidates.place(i);
        boolean leads = place == NONE || leaders.getOrDefault(classes.of(place), i) == i;
        if (leads && !recordOfFolded(i)) {
          unfolded.add(i);
        }
      }
    }
    for (int i = 0; i < unfolded.size(); i++) {
      unfold(unfolded.get(i));
    }
    return !unfolded.isEmpty();
  }

  private void unfold(int atom) {
    try {
      editor.unfold(atom);
    } catch (LinkException e) {
      throw new TableTooLargeException(e.diagnostic().message(), e);
    }
  }

  /** An unwind record has a place when its function has one. */
  private boolean settleRecord(int atom, int record) {
    if (record == NONE || !state.marking.live(record)) {
      return false;
    }
    boolean wanted = state.placed(atom);
    if (wanted == state.placed(record)) {
      return false;
    }
    if (wanted) {
      unfold(record);
    } else {
      editor.bury(record);
    }
    return true;
  }

  private boolean recordOfFolded(int atom) {
    int first = state.atoms.firstRelocation(atom);
    for (int row = first; row < first + state.atoms.relocations(atom); row++) {
      if (state.relocations.flag(row, Relocations.OWNER)
          && state.relocations.kind(row) != Dependency.KIND) {
        int target = state.relocations.symbol(row);
        return state.symbols.state(target) == Symbols.DEFINED
            && !state.placed(state.symbols.atom(target));
      }
    }
    return false;
  }
}
