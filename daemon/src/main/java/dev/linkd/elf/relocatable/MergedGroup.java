package dev.linkd.elf.relocatable;

import java.util.ArrayList;
import java.util.List;

/** A section group of the output, which is one of an input. */
final class MergedGroup {

  final InputObject input;

  /** Number of the group in its input. */
  final int number;

  final List<MergedSection> members = new ArrayList<>();

  /** Index in the section header table. */
  int index;

  MergedGroup(InputObject input, int number) {
    this.input = input;
    this.number = number;
  }

  int index() {
    return index;
  }

  /** Words of the section: the flags, then a section index for each member and its relocations. */
  int words() {
    int words = 1;
    for (MergedSection member : members) {
      words += member.relocations.isEmpty() ? 1 : 2;
    }
    return words;
  }
}
