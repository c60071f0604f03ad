package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.output.Atoms;
import dev.linkd.reloc.Relocations;
import dev.linkd.table.Segments;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Whether a program can compare the address of an atom with another. It cannot when all that is
 * loaded and refers to it are instructions that call it or jump to it, and other modules do not see
 * it.
 */
final class AddressUse {

  private static final int NONE = -1;
  private static final int CALL = 0xe8;
  private static final int JUMP = 0xe9;
  private static final int TWO_BYTES = 0x0f;
  private static final int JUMP_IF = 0x80;

  private final LinkState state;
  private final AtomSymbols symbolsOf;
  private final @Nullable DynamicSymbolTable dynamic;
  private final IntQueue symbols = new IntQueue();

  AddressUse(LinkState state, @Nullable DynamicSymbolTable dynamic) {
    this.state = state;
    this.symbolsOf = new AtomSymbols(state);
    this.dynamic = dynamic;
  }

  /** Whether a symbol at an atom is taken. */
  boolean takenAnywhere(int atom) {
    symbolsOf.collect(atom, symbols);
    for (int i = 0; i < symbols.size(); i++) {
      if (taken(symbols.get(i))) {
        return true;
      }
    }
    return false;
  }

  boolean taken(int symbol) {
    DynamicSymbolTable table = dynamic;
    if (table != null && state.symbols.global(symbol) && table.exported(symbol)) {
      return true;
    }
    int row = state.symbols.firstReference(symbol);
    for (; row != NONE; row = state.relocations.next(row)) {
      if (compares(row)) {
        return true;
      }
    }
    return false;
  }

  /** Whether a reference is more than a call or a jump. */
  boolean compares(int row) {
    int source = state.relocations.atom(row);
    boolean loaded = (state.atoms.sectionFlags(source) & SHF_ALLOC) != 0;
    return loaded
        && !state.relocations.flag(row, Relocations.OWNER)
        && state.relocations.kind(row) != Dependency.KIND
        && state.marking.live(source)
        && !branch(row, source);
  }

  private boolean branch(int row, int source) {
    Atoms atoms = state.atoms;
    int kind = state.relocations.kind(row);
    boolean code = (atoms.sectionFlags(source) & SHF_EXECINSTR) != 0;
    boolean distance = kind == R_X86_64_PLT32 || kind == R_X86_64_PC32;
    long field = state.relocations.offset(row);
    if (!code || !distance || field < 1 || atoms.content(source) == NONE) {
      return false;
    }
    MemorySegment bytes = state.contentSegment(source);
    long at = atoms.content(source) + field;
    int last = Segments.getByte(bytes, at - 1) & 0xff;
    if (last == CALL || last == JUMP) {
      return true;
    }
    return field >= 2
        && (last & 0xf0) == JUMP_IF
        && (Segments.getByte(bytes, at - 2) & 0xff) == TWO_BYTES;
  }
}
