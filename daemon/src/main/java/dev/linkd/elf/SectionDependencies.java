package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.object.ElfObject;
import dev.linkd.output.AtomUpdate;

/**
 * Says which sections of an object follow which, beside their relocations: an SHF_LINK_ORDER
 * section has a place among others like the one that it is linked to, and lives with it when
 * sections are collected; then all members of a group live when one does. Groups of sections that
 * are not loaded are no concern of this.
 */
final class SectionDependencies {

  private final LinkState state;
  private final ObjectSymbols symbols;
  private final ObjectSections sections;

  SectionDependencies(LinkState state, ObjectSymbols symbols, ObjectSections sections) {
    this.state = state;
    this.symbols = symbols;
    this.sections = sections;
  }

  /** Adds what section {@code s} needs, and to whom it belongs, to its update. */
  void add(ElfObject object, int s, AtomUpdate update) {
    if ((update.sectionFlags & SHF_LINK_ORDER) != 0) {
      int link = object.sectionLink(s);
      if (link > 0 && link < object.sections() && atom(link)) {
        dependency(link, update, AtomUpdate.TARGET_OWNER);
      }
    }
    int group = state.marking.collects() ? object.groupOf(s) : -1;
    if (group >= 0) {
      addGroup(object, s, group, update);
    }
  }

  /** The loaded members form a ring; the first leads to those that are not loaded as well. */
  private void addGroup(ElfObject object, int s, int group, AtomUpdate update) {
    int first = nextLoaded(object, group, 0);
    if (first == 0) {
      update.sectionFlags &= ~SHF_GROUP;
      return;
    }
    int next = nextLoaded(object, group, place(object, group, s) + 1);
    next = next == 0 ? first : next;
    if (loaded(object, s) && next != s) {
      dependency(next, update, AtomUpdate.TARGET_GLOBAL);
    }
    for (int i = 0; s == first && i < object.groupMembers(group); i++) {
      int member = object.groupMember(group, i);
      if (atom(member) && !loaded(object, member)) {
        dependency(member, update, AtomUpdate.TARGET_GLOBAL);
      }
    }
  }

  /** The first loaded member from a place in the list on, 0 when there is none. */
  private int nextLoaded(ElfObject object, int group, int from) {
    for (int i = from; i < object.groupMembers(group); i++) {
      int member = object.groupMember(group, i);
      if (atom(member) && loaded(object, member)) {
        return member;
      }
    }
    return 0;
  }

  private static int place(ElfObject object, int group, int s) {
    int i = 0;
    while (object.groupMember(group, i) != s) {
      i++;
    }
    return i;
  }

  private boolean atom(int s) {
    return sections.fate(s) == ObjectSections.ATOM;
  }

  private static boolean loaded(ElfObject object, int s) {
    return (object.sectionFlags(s) & SHF_ALLOC) != 0;
  }

  private void dependency(int section, AtomUpdate update, byte space) {
    int anchor = symbols.anchor(section);
    update.addRelocation(0, Dependency.KIND, space, anchor, 0);
  }
}
