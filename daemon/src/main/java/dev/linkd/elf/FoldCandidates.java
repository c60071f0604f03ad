package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.output.Atoms;
import dev.linkd.output.FoldingRules;
import dev.linkd.reloc.Relocations;
import dev.linkd.symbol.Symbols;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which atoms may be folded, and the unwind record of each. */
final class FoldCandidates {

  private static final int NONE = -1;
  private static final String EXCEPTION_TABLES = ".gcc_except_table";

  private final LinkState state;
  private final FoldingRules rules;
  private final AddressUse addresses;
  private final AtomSymbols symbolsOf;
  private final IntQueue symbols = new IntQueue();

  /** Atoms, their places in the list, and the unwind record of each or NONE. */
  final IntQueue atoms = new IntQueue();

  final IntQueue records = new IntQueue();
  private IntMap places = new IntMap();

  FoldCandidates(LinkState state, @Nullable DynamicSymbolTable dynamic) {
    this.state = state;
    this.rules = state.spec.sections().folding();
    this.addresses = new AddressUse(state, dynamic);
    this.symbolsOf = new AtomSymbols(state);
  }

  /** Place of an atom in the list, NONE when it may not be folded. */
  int place(int atom) {
    return places.get(atom);
  }

  void collect() {
    atoms.clear();
    records.clear();
    places = new IntMap();
    Set<Integer> unique = unique();
    Atoms table = state.atoms;
    for (int atom = 0; atom < table.highWater(); atom++) {
      if (table.live(atom) && state.marking.live(atom) && possible(atom)) {
        int record = record(atom);
        if (record != MANY && !unique.contains(atom) && !compared(atom)) {
          places.put(atom, atoms.size());
          atoms.add(atom);
          records.add(record);
        }
      }
    }
    state.work.atoms += table.highWater();
  }

  private Set<Integer> unique() {
    Set<Integer> set = new HashSet<>();
    for (String name : rules.unique()) {
      int id = state.names.find(name);
      int symbol = id == NONE ? NONE : state.global(id);
      if (symbol != NONE && state.symbols.state(symbol) == Symbols.DEFINED) {
        set.add(state.symbols.atom(symbol));
      }
    }
    return set;
  }

  /** Code, constants if wanted, and what only unwinding reads. */
  private boolean possible(int atom) {
    Atoms table = state.atoms;
    long flags = table.sectionFlags(atom);
    boolean constant = (flags & (SHF_ALLOC | SHF_WRITE | SHF_TLS)) == SHF_ALLOC;
    if (!constant
        || (flags & (SHF_GNU_RETAIN | SHF_LINK_ORDER)) != 0
        || table.sectionType(atom) != SHT_PROGBITS
        || table.content(atom) == NONE
        || !ownedByInput(atom)) {
      return false;
    }
    String section = state.names.string(table.sectionName(atom));
    if ((flags & SHF_EXECINSTR) != 0) {
      boolean running = section.equals(".init") || section.equals(".fini");
      return !running && !SectionRule.isIdentifier(section);
    }
    boolean data = rules.data() && !SectionRule.isIdentifier(section);
    return section.startsWith(EXCEPTION_TABLES) || (data && !section.startsWith(".eh_frame"));
  }

  /** Strings and constants that inputs share are one already. */
  private boolean ownedByInput(int atom) {
    Input input = state.inputs.get(state.atoms.input(atom));
    return input instanceof ObjectInput || input instanceof Stream;
  }

  private boolean compared(int atom) {
    boolean code = (state.atoms.sectionFlags(atom) & SHF_EXECINSTR) != 0;
    return code
        && rules.functions() == FoldingRules.Functions.SAFE
        && addresses.takenAnywhere(atom);
  }

  /** A section with the records of several functions is left alone. */
  private static final int MANY = -2;

  private int record(int atom) {
    symbolsOf.collect(atom, symbols);
    int found = NONE;
    for (int i = 0; i < symbols.size(); i++) {
      int row = state.symbols.firstReference(symbols.get(i));
      for (; row != NONE; row = state.relocations.next(row)) {
        if (state.relocations.flag(row, Relocations.OWNER)
            && state.relocations.kind(row) != Dependency.KIND) {
          int record = state.relocations.atom(row);
          if (found != NONE && found != record) {
            return MANY;
          }
          found = record;
        }
      }
    }
    return found;
  }
}
