package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.output.Atoms;
import dev.linkd.reloc.Relocations;
import dev.linkd.symbol.Definitions;
import dev.linkd.symbol.Symbols;
import dev.linkd.table.Segments;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Takes the {@code endbr64} from functions that no indirect branch can reach ({@code -z
 * rewrite-endbr}), so that less is left to jump to. Looks at all functions, in a copy of the image:
 * an edit elsewhere may make a landing pad necessary again. Functions with local names stay as they
 * are, because assemblers resolve references to them without a relocation.
 */
final class LandingPads {
  private static final int NONE = -1;

  /** {@code endbr64} and a no-operation of the same length, as little-endian words. */
  private static final int PAD = 0xfa1e0ff3;

  private static final int NOP = 0x00401f0f;

  /** How far behind the field of a relocation its instruction may end. */
  private static final int FIELD_AND_IMMEDIATE = 8;

  private final LinkState state;
  private final Layout layout;
  private final AddressUse addresses;

  /** Offsets of functions of one atom that have to keep their landing pads. */
  private final IntSet kept = new IntSet();

  /** Atoms that stand for a folded one whose address is taken. */
  private final IntSet leaders = new IntSet();

  LandingPads(ElfParts parts) {
    this.state = parts.state;
    this.layout = parts.layout;
    this.addresses = new AddressUse(state, parts.dynamicSymbols);
  }

  /** A copy of the image without the landing pads that nothing needs. */
  MemorySegment removed(MemorySegment image, Arena arena) {
    MemorySegment copy = arena.allocate(image.byteSize(), Long.BYTES).copyFrom(image);
    Atoms atoms = state.atoms;
    keepLeaders();
    for (int atom = 0; atom < atoms.highWater(); atom++) {
      if (atoms.live(atom) && state.placed(atom) && possible(atom) && !leaders.contains(atom)) {
        kept.clear();
        keep(atom);
        keepSections(atom);
        remove(atom, copy);
      }
    }
    return copy;
  }

  private void keepLeaders() {
    leaders.clear();
    for (int atom = 0; atom < state.atoms.highWater(); atom++) {
      int leader = state.atoms.live(atom) && !state.placed(atom) ? state.home(atom) : NONE;
      if (leader != NONE && addresses.takenAnywhere(atom)) {
        leaders.add(leader);
      }
    }
  }

  /** The dynamic linker enters {@code .init} and {@code .fini}. */
  private boolean possible(int atom) {
    if ((state.atoms.sectionFlags(atom) & SHF_EXECINSTR) == 0
        || state.atoms.content(atom) == NONE
        || state.atoms.size(atom) > Integer.MAX_VALUE) {
      return false;
    }
    String section = state.names.string(state.atoms.sectionName(atom));
    return !section.equals(".init") && !section.equals(".fini");
  }

  private void keep(int atom) {
    Definitions definitions = state.definitions;
    int row = state.atoms.firstDefinition(atom);
    for (; row != NONE; row = definitions.nextOfOwner(row)) {
      int symbol = definitions.symbol(row);
      if (!function(row) || entered(symbol) || aliased(symbol)) {
        kept.add((int) definitions.value(row));
      }
    }
  }

  private boolean function(int row) {
    int info = state.definitions.info(row);
    return SymbolView.type(info) == STT_FUNC && SymbolView.binding(info) != STB_LOCAL;
  }

  /** The entry and the like are pinned, since something outside of the image jumps to them. */
  private boolean entered(int symbol) {
    return state.symbols.flag(symbol, Symbols.PINNED) || addresses.taken(symbol);
  }

  private boolean aliased(int symbol) {
    return state.symbols.flag(symbol, Symbols.HAS_ALIASES);
  }

  /** References to the section count as references to what is at the place or shortly behind it. */
  private void keepSections(int atom) {
    int anchor = state.atoms.anchor(atom);
    if (anchor == NONE) {
      return;
    }
    Relocations relocations = state.relocations;
    int row = state.symbols.firstReference(anchor);
    for (; row != NONE; row = relocations.next(row)) {
      if (addresses.compares(row)) {
        for (int i = 0; i <= FIELD_AND_IMMEDIATE; i++) {
          long offset = relocations.addend(row) + i;
          if (offset >= 0 && offset < state.atoms.size(atom)) {
            kept.add((int) offset);
          }
        }
      }
    }
  }

  private void remove(int atom, MemorySegment copy) {
    Definitions definitions = state.definitions;
    int row = state.atoms.firstDefinition(atom);
    for (; row != NONE; row = definitions.nextOfOwner(row)) {
      long offset = definitions.value(row);
      if (!function(row)
          || offset < 0
          || offset + Integer.BYTES > state.atoms.size(atom)
          || kept.contains((int) offset)) {
        continue;
      }
      long at = layout.position(atom) + offset;
      if (Segments.getInt(copy, at) == PAD) {
        Segments.setInt(copy, at, NOP);
      }
    }
  }
}
