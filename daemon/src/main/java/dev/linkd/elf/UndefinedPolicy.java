package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.object.SymbolPattern;
import dev.linkd.output.UndefinedRules;
import dev.linkd.reloc.Relocations;

/** What a reference to a name that nothing defines leads to. */
final class UndefinedPolicy {

  /** The reference is to address 0, or left to the dynamic linker. */
  static final int TOLERATED = 0;

  /** It is tolerated with a warning. */
  static final int WARNED = 1;

  static final int ERROR = 2;

  private final LinkState state;
  private final UndefinedRules rules;
  private final NamePatterns names;

  UndefinedPolicy(LinkState state) {
    this.state = state;
    this.rules = state.spec.dynamic().undefined();
    this.names =
        new NamePatterns(
            state, rules.names().stream().map(n -> new SymbolPattern(n, true, false)).toList());
  }

  /** What happens to a relocation in memory that refers to a symbol without definition. */
  int of(int relocation) {
    int symbol = state.relocations.symbol(relocation);
    int info = state.symbols.info(symbol);
    if (state.relocations.flag(relocation, Relocations.WEAK)
        || SymbolView.binding(info) == STB_WEAK) {
      return TOLERATED;
    }
    if (!state.symbols.global(symbol) || SymbolView.visibility(info) != STV_DEFAULT) {
      return ERROR;
    }
    if (names.contain(state.symbols.name(symbol))) {
      return TOLERATED;
    }
    if (state.spec.symbols().allowUndefined()) {
      return unknownVersion(symbol) ? ERROR : TOLERATED;
    }
    return rules.warn() ? WARNED : ERROR;
  }

  /** A required version is recorded with the library that has it, so one has to be known. */
  private boolean unknownVersion(int symbol) {
    return state.spec.kind().imports() && !VersionedNames.version(state, symbol).isEmpty();
  }

  /** Why no shared library can define the symbol later; empty when one can. */
  String restriction(int symbol) {
    if (state.spec.symbols().allowUndefined() && unknownVersion(symbol)) {
      return "it has a version, so one of the inputs has to define it";
    }
    String visibility =
        switch (SymbolView.visibility(state.symbols.info(symbol))) {
          case STV_HIDDEN -> "hidden";
          case STV_INTERNAL -> "internal";
          case STV_PROTECTED -> "protected";
          default -> "";
        };
    return visibility.isEmpty()
        ? ""
        : "the references are " + visibility + ": no shared library can define it";
  }
}
