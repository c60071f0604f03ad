package dev.linkd.elf;

import dev.linkd.elf.ReadNames.Definition;
import dev.linkd.object.ElfConstants;
import dev.linkd.reloc.Relocations;
import dev.linkd.symbol.Definitions;
import dev.linkd.symbol.Symbols;
import dev.linkd.table.Names;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The names that inputs without symbol tables define and refer to: the command line, streams, files
 * of which only the symbols count. They are visited by name, because the tables hold them in an
 * order that depends on the edits.
 */
final class InputMentions {

  private static final int NONE = -1;
  private static final int STRONG = ElfConstants.STB_GLOBAL << 4;

  private final LinkState state;
  private final Definitions definitions;

  /** Receives a definition. */
  interface Definer {
    void define(MemorySegment bytes, long offset, int length, Definition how);
  }

  /** Receives a reference. */
  interface Referrer {
    void refer(MemorySegment bytes, long offset, int length, int binding, int visibility);
  }

  InputMentions(LinkState state) {
    this.state = state;
    this.definitions = state.definitions;
  }

  /** Visits the definitions of an input, then its references. */
  void of(Input input, Definer definer, Referrer referrer) {
    Map<String, Integer> references = new TreeMap<>();
    define(input.firstDefinition, definer, references);
    for (int atom = input.firstAtom; atom != NONE; atom = state.atoms.next(atom)) {
      define(state.atoms.firstDefinition(atom), definer, references);
      if (input instanceof Stream) {
        relocations(atom, references);
      }
    }
    refer(references, referrer);
  }

  private void define(int first, Definer definer, Map<String, Integer> references) {
    for (int row = first; row != NONE; row = definitions.nextOfOwner(row)) {
      int symbol = definitions.symbol(row);
      if (!state.symbols.global(symbol)) {
        continue;
      }
      int kind = definitions.kind(row);
      if (kind == Definitions.REFERENCE) {
        add(references, symbol, definitions.info(row));
      } else {
        Names names = state.names;
        int name = state.symbols.name(symbol);
        Definition how = Definition.of(kind == Definitions.COMMON, definitions.info(row));
        definer.define(names.bytes(), names.offset(name), names.length(name), how);
      }
    }
  }

  private void relocations(int atom, Map<String, Integer> references) {
    int first = state.atoms.firstRelocation(atom);
    for (int row = first; row < first + state.atoms.relocations(atom); row++) {
      int symbol = state.relocations.symbol(row);
      if (state.symbols.global(symbol) && !state.relocations.flag(row, Relocations.WEAK)) {
        add(references, symbol, STRONG);
      }
    }
  }

  /** Of several references the strong ones count, and those that are not of default visibility. */
  private void add(Map<String, Integer> references, int symbol, int info) {
    int strong = SymbolView.binding(info) == ElfConstants.STB_WEAK ? 0 : STRONG;
    int visibility = SymbolView.visibility(info) == ElfConstants.STV_DEFAULT ? 0 : 1;
    references.merge(state.name(symbol), strong | visibility, (a, b) -> a | b);
  }

  /** Visits references in the order of their names. */
  private static void refer(Map<String, Integer> references, Referrer referrer) {
    references.forEach(
        (name, how) -> {
          byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
          int binding = (how & STRONG) != 0 ? ElfConstants.STB_GLOBAL : ElfConstants.STB_WEAK;
          int visibility = (how & 1) != 0 ? ElfConstants.STV_HIDDEN : ElfConstants.STV_DEFAULT;
          referrer.refer(MemorySegment.ofArray(bytes), 0, bytes.length, binding, visibility);
        });
  }

  /** Visits names as if something referred to them. */
  void refer(Iterable<String> names, Referrer referrer) {
    Map<String, Integer> references = new TreeMap<>();
    names.forEach(name -> references.put(name, STRONG));
    refer(references, referrer);
  }

  /** Names of the global symbols with a flag. */
  List<String> flagged(int flag) {
    Symbols symbols = state.symbols;
    List<String> flagged = new ArrayList<>();
    for (int symbol = 0; symbol < symbols.highWater(); symbol++) {
      if (symbols.live(symbol) && symbols.global(symbol) && symbols.flag(symbol, flag)) {
        flagged.add(state.name(symbol));
      }
    }
    return flagged;
  }
}
