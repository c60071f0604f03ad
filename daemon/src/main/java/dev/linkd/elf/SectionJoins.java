package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.SHT_NOBITS;

import java.util.ArrayList;
import java.util.List;

/**
 * Which input sections of one name share an output section. Those with names of their own all do,
 * whatever their permissions, as in GNU ld: what lies between {@code __start_} and {@code __stop_}
 * symbols has to be all of them. When permissions come that the output section does not have, or an
 * order that it does not keep, another one that has it all takes its name, and its atoms.
 */
final class SectionJoins {

  /** Sections whose atoms have to go to those that have their names now. */
  private final List<OutputSection> left = new ArrayList<>();

  /**
   * Same permissions, and content never shares a section with what has none, nor with a table that
   * linkd makes.
   */
  static boolean compatible(OutputSection section, SectionRule rule) {
    return section.tableSize < 0
        && section.flags == rule.flags()
        && (section.dense || !rule.dense())
        && (section.type == SHT_NOBITS) == (rule.type() == SHT_NOBITS);
  }

  /** Whether the two can share a section although their permissions differ. */
  static boolean possible(OutputSection section, SectionRule rule) {
    Segment segment = section.segment;
    SegmentKind wanted = rule.segment();
    return segment != null
        && wanted != null
        && segment.kind.other()
        && wanted.other()
        && section.tableSize < 0
        && section.type == rule.type();
  }

  /** Whether the output section lacks a permission, or the order that the rule asks for. */
  boolean needed(OutputSection section, SectionRule rule) {
    return (section.flags | rule.flags()) != section.flags || (rule.dense() && !section.dense);
  }

  /** Another section has the name and the permissions of this one. */
  void add(OutputSection section) {
    left.add(section);
  }

  boolean pending() {
    return !left.isEmpty();
  }

  /** Moves the atoms. */
  void settle(LinkState state, AtomEditor editor) {
    while (pending()) {
      OutputSection section = left.removeLast();
      IntQueue atoms = new IntQueue();
      int node = state.file.first(section.node);
      for (; node != LinkState.NONE; node = state.file.next(node)) {
        if (Owners.isAtom(state.file.owner(node))) {
          atoms.add(state.file.owner(node));
        }
      }
      for (int i = 0; i < atoms.size(); i++) {
        editor.rehome(atoms.get(i));
      }
    }
  }
}
