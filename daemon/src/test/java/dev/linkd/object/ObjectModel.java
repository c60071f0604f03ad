package dev.linkd.object;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** An object as plain lists: what {@link ObjectWriter} writes and a parser must find again. */
final class ObjectModel {
  /** A section with content and, for some, relocations. */
  record Section(
      String name,
      int type,
      long flags,
      long alignment,
      long entrySize,
      byte[] content,
      List<Relocation> relocations) {}

  record Relocation(long offset, int kind, int symbol, long addend) {}

  record Symbol(String name, int info, int other, int section, long value, long size) {}

  record Group(int signature, boolean comdat, List<Integer> members) {}

  /** Section 0 is the null section and is in the list. */
  final List<Section> sections = new ArrayList<>();

  /** Symbol 0 is the null symbol and is in the list; locals come first. */
  final List<Symbol> symbols = new ArrayList<>();

  final List<Group> groups = new ArrayList<>();
  int firstGlobal;

  static ObjectModel random(Random random) {
    ObjectModel model = new ObjectModel();
    model.sections.add(new Section("", 0, 0, 0, 0, new byte[0], List.of()));
    int sections = random.nextInt(12);
    int symbols = 1 + random.nextInt(20);
    for (int s = 1; s <= sections; s++) {
      model.sections.add(section(random, symbols));
    }
    model.addSymbols(random, symbols);
    model.addGroups(random);
    return model;
  }

  private static Section section(Random random, int symbols) {
    boolean empty = random.nextInt(5) == 0;
    byte[] content = new byte[random.nextInt(100)];
    random.nextBytes(content);
    List<Relocation> relocations = new ArrayList<>();
    int count = empty || content.length == 0 ? 0 : random.nextInt(6);
    for (int r = 0; r < count; r++) {
      relocations.add(
          new Relocation(
              random.nextInt(content.length),
              random.nextInt(1, 45),
              random.nextInt(symbols),
              random.nextLong()));
    }
    return new Section(
        random.nextInt(6) == 0 ? "" : ".s" + random.nextInt(50),
        empty ? ElfConstants.SHT_NOBITS : ElfConstants.SHT_PROGBITS,
        random.nextInt(8),
        random.nextInt(4) == 0 ? 0 : 1L << random.nextInt(20),
        random.nextInt(3),
        content,
        relocations);
  }

  private void addSymbols(Random random, int count) {
    symbols.add(new Symbol("", 0, 0, 0, 0, 0));
    firstGlobal = random.nextInt(1, count + 1);
    for (int y = 1; y < count; y++) {
      boolean local = y < firstGlobal;
      int section = random.nextInt(-2, sections.size());
      boolean common = section == ElfObject.COMMON;
      symbols.add(
          new Symbol(
              random.nextInt(4) == 0 ? "" : "y" + random.nextInt(1000),
              ElfConstants.info(local ? 0 : 1 + random.nextInt(2), random.nextInt(7)),
              random.nextInt(4),
              section,
              common ? 1L << random.nextInt(8) : random.nextLong(),
              random.nextInt(1000)));
    }
  }

  private void addGroups(Random random) {
    List<Integer> free = new ArrayList<>();
    for (int s = 1; s < sections.size(); s++) {
      free.add(s);
    }
    while (symbols.size() > 1 && free.size() > 1 && random.nextInt(3) != 0) {
      List<Integer> members = new ArrayList<>();
      for (int i = random.nextInt(1, 4); i > 0 && !free.isEmpty(); i--) {
        members.add(free.remove(random.nextInt(free.size())));
      }
      groups.add(new Group(random.nextInt(1, symbols.size()), random.nextBoolean(), members));
    }
  }
}
