package dev.linkd.elf;

import dev.linkd.object.ElfConstants;
import dev.linkd.object.ElfObject;
import dev.linkd.reloc.Relocations;
import dev.linkd.symbol.Definitions;
import dev.linkd.symbol.Symbols;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which extracted archive members a fresh link would extract as well: those that inputs outside of
 * archives refer to, directly or through other members. Looks only at members and what they define.
 */
final class MemberLiveness {

  private static final int NONE = -1;

  private final LinkState state;
  private final Providers providers;
  private final List<ObjectInput> members = new ArrayList<>();
  private final Set<Integer> memberNumbers = new HashSet<>();
  private final Set<Integer> live = new HashSet<>();

  MemberLiveness(LinkState state, Providers providers, Iterable<ArchiveInput> archives) {
    this.state = state;
    this.providers = providers;
    for (ArchiveInput archive : archives) {
      for (ObjectInput member : archive.extracted.values()) {
        members.add(member);
        memberNumbers.add(member.number);
      }
    }
  }

  /** Members to remove. */
  List<ObjectInput> unneeded() {
    boolean more = true;
    while (more) {
      more = false;
      for (ObjectInput member : members) {
        if (!live.contains(member.number) && needed(member)) {
          live.add(member.number);
          more = true;
        }
      }
    }
    List<ObjectInput> dead = new ArrayList<>();
    for (ObjectInput member : members) {
      if (!live.contains(member.number)) {
        dead.add(member);
      }
    }
    return dead;
  }

  private boolean needed(ObjectInput member) {
    for (int y = member.object.firstGlobal(); y < member.object.symbols(); y++) {
      if (member.object.symbolSection(y) == 0) {
        continue;
      }
      boolean full = member.object.symbolSection(y) != ElfObject.COMMON;
      MemorySegment bytes = member.object.bytes();
      long at = member.object.symbolNameOffset(y);
      int length = member.object.symbolNameLength(y);
      int base = VersionedNames.base(bytes, at, length);
      boolean versioned = VersionedNames.isDefault(bytes, at, length, base);
      if (needed(member, state.names.find(bytes, at, versioned ? base : length), full)
          || (versioned && needed(member, exact(member, y), full))) {
        return true;
      }
    }
    return false;
  }

  /** The name of a default version as references that name the version have it. */
  private int exact(ObjectInput member, int y) {
    return state.names.find(member.object.symbolName(y).replaceFirst("@@", "@"));
  }

  /**
   * @param full the member does not define the name only tentatively
   */
  private boolean needed(ObjectInput member, int name, boolean full) {
    int symbol = name == NONE ? NONE : state.global(name);
    return symbol != NONE
        && referenced(symbol, member.number, full)
        && chosen(symbol, member, full);
  }

  /** Whether a fresh link would take this member for the symbol. */
  private boolean chosen(int symbol, ObjectInput member, boolean full) {
    ArchiveInput archive = member.archive;
    if (archive == null || archive.member(symbol) != member.member) {
      return false;
    }
    boolean imports = true;
    boolean tentative = false;
    Definitions definitions = state.definitions;
    int row = state.symbols.firstDefinition(symbol);
    for (; row != NONE; row = definitions.next(row)) {
      boolean reference = definitions.kind(row) == Definitions.REFERENCE;
      boolean counts = counts(definitions.input(row), member.number);
      boolean common = definitions.kind(row) == Definitions.COMMON;
      if (counts && !reference && !(common && full)) {
        return false;
      }
      tentative |= counts && common;
      int visibility = SymbolView.visibility(definitions.info(row));
      imports &= !counts || visibility == ElfConstants.STV_DEFAULT;
    }
    return tentative
        ? providers.archiveOfDefinition(symbol) == archive
        : providers.archive(symbol, imports) == archive;
  }

  /**
   * Whether a live input other than the member itself requires the symbol, or defines tentatively
   * what the member defines fully.
   */
  private boolean referenced(int symbol, int self, boolean full) {
    if (state.symbols.flag(symbol, Symbols.PINNED | Symbols.USED_BY_LIBRARY)) {
      return true;
    }
    Definitions definitions = state.definitions;
    int row = state.symbols.firstDefinition(symbol);
    for (; row != NONE; row = definitions.next(row)) {
      boolean strong = SymbolView.binding(definitions.info(row)) != ElfConstants.STB_WEAK;
      int kind = definitions.kind(row);
      boolean open = kind == Definitions.REFERENCE ? strong : full && kind == Definitions.COMMON;
      if (open && counts(definitions.input(row), self)) {
        return true;
      }
    }
    int relocation = state.symbols.firstReference(symbol);
    for (; relocation != NONE; relocation = state.relocations.next(relocation)) {
      int input = state.atoms.input(state.relocations.atom(relocation));
      if (!state.relocations.flag(relocation, Relocations.WEAK)
          && state.inputs.get(input) instanceof Stream) {
        return true;
      }
    }
    return false;
  }

  private boolean counts(int input, int self) {
    return input != self && (!memberNumbers.contains(input) || live.contains(input));
  }
}
