package dev.linkd.elf;

import dev.linkd.mapped.MappedFile;
import dev.linkd.mapped.Policy;
import dev.linkd.mapped.WindowFullException;
import dev.linkd.output.SectionOrder.Kind;

/**
 * Chooses the place of a new atom in its section. In most sections any place will do; in dense ones
 * ({@code .init}, {@code .init_array}, tables between {@code __start_} and {@code __stop_}) the
 * order of the inputs and the priorities in the names of the sections decide.
 */
final class OrderedPlacement {

  private static final int NONE = -1;

  /** Constructors without a priority run after all that have one. */
  private static final int NO_PRIORITY = 65536;

  private OrderedPlacement() {}

  /**
   * Adds the node of an atom.
   *
   * @param written whether the caller writes all its bytes
   */
  static int add(
      LinkState state,
      OutputSection section,
      Input input,
      int sectionName,
      int atom,
      long size,
      int alignment,
      boolean written)
      throws WindowFullException {
    MappedFile file = state.file;
    if (section.unwind() && !(input instanceof ObjectInput || input instanceof Stream)) {
      return file.add(file.first(section.node), Policy.FIXED, size, alignment, atom);
    }
    if (written && file.policy(section.node) == Policy.FLOATING) {
      return file.addUnfilled(section.node, size, alignment, atom);
    }
    if (!section.dense) {
      return file.add(section.node, Policy.FIXED, size, alignment, atom);
    }
    boolean reversed =
        OldConstructors.array(section.type)
            && state.spec.layout().placement().order().kind() == Kind.REVERSED;
    int sibling = file.last(section.node);
    int priority = priority(state.names.string(sectionName));
    while (sibling != NONE && file.owner(sibling) >= 0) {
      int otherPriority = priority(state, file.owner(sibling));
      boolean earlier = earlier(state, file.owner(sibling), input, atom, reversed);
      if (otherPriority < priority || (otherPriority == priority && earlier)) {
        break;
      }
      sibling = file.prev(sibling);
    }
    return file.addAfter(section.node, sibling, Policy.FIXED, size, alignment, atom);
  }

  /** Whether an atom of the same priority stands before; atoms of an object stand in its order. */
  private static boolean earlier(
      LinkState state, int other, Input input, int atom, boolean reversed) {
    Input from = state.inputs.get(state.atoms.input(other));
    if (from == input) {
      return other < atom || !(input instanceof ObjectInput);
    }
    return reversed ? from.order > input.order : from.order <= input.order;
  }

  static int priority(LinkState state, int atom) {
    return priority(state.names.string(state.atoms.sectionName(atom)));
  }

  /** The number at the end of {@code .init_array.N}; {@code .ctors.N} counts down. */
  static int priority(String section) {
    int dot = section.lastIndexOf('.');
    if (dot <= 0 || dot == section.length() - 1) {
      return NO_PRIORITY;
    }
    int value = 0;
    for (int i = dot + 1; i < section.length(); i++) {
      int digit = section.charAt(i) - '0';
      if (digit < 0 || digit > 9 || value > NO_PRIORITY) {
        return NO_PRIORITY;
      }
      value = value * 10 + digit;
    }
    boolean reversed = section.startsWith(".ctors") || section.startsWith(".dtors");
    return reversed ? NO_PRIORITY - 1 - value : value;
  }
}
