package dev.linkd.elf;

import dev.linkd.output.Output.CollectedVisitor;
import dev.linkd.output.Output.FoldedVisitor;
import dev.linkd.table.Segments;

/** Lists the sections of an object that have no place of their own in the image. */
final class Collected {

  private static final int NONE = -1;

  private Collected() {}

  static void visit(LinkState state, ObjectInput input, CollectedVisitor visitor) {
    IntQueue buried = new IntQueue();
    for (int atom = input.firstAtom; atom != NONE; atom = state.atoms.next(atom)) {
      if (!state.placed(atom) && state.folds.leader(atom) == NONE && !unwind(state, atom)) {
        buried.add(atom);
      }
    }
    // The list of an input begins with the atom that was added last.
    for (int i = buried.size() - 1; i >= 0; i--) {
      visitor.section(input.name, section(state, buried.get(i)));
    }
  }

  static void folded(LinkState state, ObjectInput input, FoldedVisitor visitor) {
    for (int atom = input.firstAtom; atom != NONE; atom = state.atoms.next(atom)) {
      int follower = state.folds.firstFollower(atom);
      if (follower != NONE) {
        visitor.section(true, input.name, section(state, atom));
      }
      for (; follower != NONE; follower = state.folds.next(follower)) {
        String name = state.inputs.get(state.atoms.input(follower)).name;
        visitor.section(false, name, section(state, follower));
      }
    }
  }

  private static String section(LinkState state, int atom) {
    return state.names.string(state.atoms.sectionName(atom));
  }

  /** Unwind records go with their functions. */
  private static boolean unwind(LinkState state, int atom) {
    int key = state.atoms.key(atom);
    return state.names.length(key) > 0
        && Segments.getByte(state.names.bytes(), state.names.offset(key)) == 0;
  }
}
