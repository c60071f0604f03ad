package dev.linkd.elf;

import dev.linkd.object.ElfConstants;
import dev.linkd.object.ElfObject;
import dev.linkd.reloc.Relocations;
import dev.linkd.symbol.Definitions;
import dev.linkd.symbol.Symbols;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which extracted archive members a fresh link would extract as well: those that inputs outside of
 * archives refer to, directly or through other members. Looks only at members and what they define.
 */
final class MemberLiveness {

  private static final int NONE = -1;

  private final LinkState state;
  private final Providers providers;
  private final Wrapping wrapping;
  private final List<ObjectInput> members = new ArrayList<>();
  private final BitSet memberNumbers = new BitSet();
  private final BitSet live = new BitSet();

  /** Symbols that live members require, of which the definers have been looked at. */
  private final BitSet required = new BitSet();

  MemberLiveness(LinkState state, ElfParts parts, Iterable<ArchiveInput> archives) {
    this.state = state;
    this.providers = parts.providers;
    this.wrapping = parts.wrapping;
    for (ArchiveInput archive : archives) {
      for (ObjectInput member : archive.extracted.values()) {
        members.add(member);
        memberNumbers.set(member.number);
      }
    }
  }

  /** An input lost a reference to a symbol or defines it now: a member that defines it may go. */
  static void doubt(LinkState state, int symbol, Input input) {
    Definitions definitions = state.definitions;
    int row = state.symbols.firstDefinition(symbol);
    while (row != NONE && definitions.kind(row) != Definitions.REFERENCE) {
      state.membersDoubtful |=
          definitions.input(row) != input.number
              && state.inputs.get(definitions.input(row)) instanceof ObjectInput other
              && other.archive != null;
      row = definitions.next(row);
    }
  }

  /** Members to remove. */
  List<ObjectInput> unneeded() {
    Deque<ObjectInput> open = new ArrayDeque<>(members);
    while (!open.isEmpty()) {
      ObjectInput member = open.remove();
      if (!live.get(member.number) && needed(member)) {
        live.set(member.number);
        addDefiners(member, open);
      }
    }
    List<ObjectInput> dead = new ArrayList<>();
    for (ObjectInput member : members) {
      if (!live.get(member.number)) {
        dead.add(member);
      }
    }
    return dead;
  }

  /** The members that a fresh link would ask for what a member requires. */
  private void addDefiners(ObjectInput member, Deque<ObjectInput> open) {
    ElfObject object = member.object;
    for (int y = object.firstGlobal(); y < object.symbols(); y++) {
      int section = object.symbolSection(y);
      if (section == ElfObject.UNDEF || section == ElfObject.COMMON) {
        int name =
            state.names.find(
                object.bytes(), object.symbolNameOffset(y), object.symbolNameLength(y));
        int symbol = name == NONE ? NONE : state.global(wrapping.of(name));
        // Who may not mean a shared library leads to another definer.
        boolean imports = (object.symbolOther(y) & 3) == ElfConstants.STV_DEFAULT;
        if (symbol != NONE && !(required.get(symbol) && imports)) {
          required.set(symbol);
          add(providers.archive(symbol, false), symbol, open);
        }
        if (symbol != NONE && section == ElfObject.COMMON) {
          add(definer(symbol, NONE), symbol, open);
        }
      }
    }
  }

  private Providers.@Nullable Lazy definer(int symbol, int self) {
    return providers.archiveOfDefinition(symbol, input -> counts(input, self));
  }

  private void add(Providers.@Nullable Lazy provider, int symbol, Deque<ObjectInput> open) {
    if (provider instanceof ArchiveInput archive) {
      ObjectInput definer = archive.extracted.get(archive.member(symbol, providers.hash(symbol)));
      if (definer != null && !live.get(definer.number)) {
        open.add(definer);
      }
    }
  }

  private boolean needed(ObjectInput member) {
    for (int y = member.object.firstGlobal(); y < member.object.symbols(); y++) {
      if (member.object.symbolSection(y) == 0) {
        continue;
      }
      state.work.definitions++;
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
        && named(symbol, member)
        && referenced(symbol, member.number, full)
        && chosen(symbol, member, full);
  }

  /** Whether its archive has this member for the symbol. */
  private boolean named(int symbol, ObjectInput member) {
    ArchiveInput archive = member.archive;
    return archive != null && archive.member(symbol, providers.hash(symbol)) == member.member;
  }

  /** Whether a fresh link would take this member for the symbol. */
  private boolean chosen(int symbol, ObjectInput member, boolean full) {
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
        ? definer(symbol, member.number) == member.archive
        : providers.archive(symbol, imports) == member.archive;
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
    return input != self && (!memberNumbers.get(input) || live.get(input));
  }
}
