package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.output.OutputKind;
import dev.linkd.output.UndefinedRules;
import dev.linkd.symbol.Definitions;
import dev.linkd.symbol.Symbols;

/** What symbols mean for this kind of output: addresses, and who decides on the definition. */
final class SymbolView {

  private static final int NONE = -1;

  private final LinkState state;
  private final Layout layout;
  private final Symbols symbols;
  private final OutputKind kind;
  private final Plt plt;

  private final ExportChoice exports;
  private final UndefinedRules.Weak weak;

  SymbolView(LinkState state, Layout layout, Plt plt, ExportChoice exports) {
    this.exports = exports;
    this.weak = state.spec.dynamic().undefined().weak();
    this.state = state;
    this.layout = layout;
    this.symbols = state.symbols;
    this.kind = state.spec.kind();
    this.plt = plt;
  }

  static int type(int info) {
    return info & 0xf;
  }

  static int binding(int info) {
    return (info >> 4) & 0xf;
  }

  static int visibility(int info) {
    return (info >> 8) & 3;
  }

  /** Not exported, though the definition itself is of default or protected visibility. */
  static final int DEMOTED = 4;

  /** Whether a symbol of that visibility means nothing outside of its image. */
  static boolean hidden(int visibility) {
    return visibility == STV_HIDDEN || visibility == STV_INTERNAL;
  }

  /** Visibility as the definition has it. */
  static int statedVisibility(int info) {
    return (info >> 8 & DEMOTED) != 0 ? STV_DEFAULT : visibility(info);
  }

  /** Whether the symbol is {@code name@VERSION} for a {@code name@@VERSION} of this output. */
  boolean versionAlias(int symbol) {
    int winner = symbols.flag(symbol, Symbols.VERSIONED) ? symbols.winner(symbol) : NONE;
    return winner >= 0 && state.definitions.kind(winner) == Definitions.ALIAS;
  }

  boolean function(int symbol) {
    int type = type(symbols.info(symbol));
    return type == STT_FUNC || type == STT_GNU_IFUNC;
  }

  boolean threadLocal(int symbol) {
    return type(symbols.info(symbol)) == STT_TLS;
  }

  /**
   * A function of this output whose address is chosen at start-up by a resolver, and that no other
   * module can replace: what refers to it goes to an entry of the PLT.
   */
  boolean indirect(int symbol) {
    return symbols.state(symbol) == Symbols.DEFINED
        && type(symbols.info(symbol)) == STT_GNU_IFUNC
        && !dynamic(symbol);
  }

  boolean undefined(int symbol) {
    return symbols.state(symbol) == Symbols.UNDEFINED;
  }

  boolean imported(int symbol) {
    return symbols.state(symbol) == Symbols.IMPORTED;
  }

  /** Whether the dynamic linker decides which definition is used. */
  boolean dynamic(int symbol) {
    switch (symbols.state(symbol)) {
      case Symbols.IMPORTED:
        return true;
      case Symbols.UNDEFINED:
        return kind.imports()
            && symbols.global(symbol)
            && visibility(symbols.info(symbol)) == STV_DEFAULT
            && openReference(symbol);
      default:
        return kind == OutputKind.SHARED_LIBRARY
            && symbols.global(symbol)
            && visibility(symbols.info(symbol)) == STV_DEFAULT
            && !versionAlias(symbol)
            && exports.replaceable(symbol);
    }
  }

  /**
   * Whether an undefined symbol is left to the dynamic linker. What an executable may leave
   * undefined is at address 0, as with GNU ld, unless a library of the program looks for it too.
   */
  private boolean openReference(int symbol) {
    return binding(symbols.info(symbol)) == STB_WEAK
        ? weak != UndefinedRules.Weak.NEVER
        : kind == OutputKind.SHARED_LIBRARY || symbols.flag(symbol, Symbols.USED_BY_LIBRARY);
  }

  /** Whether the address stays the same wherever the image is loaded. */
  boolean absolute(int symbol) {
    int resolution = symbols.state(symbol);
    return resolution == Symbols.ABSOLUTE || resolution == Symbols.UNDEFINED;
  }

  /** Link-time address; 0 for what only the dynamic linker knows. */
  long address(int symbol) {
    switch (symbols.state(symbol)) {
      case Symbols.DEFINED:
        if (indirect(symbol) && pltSlot(symbol) != NONE) {
          return plt.address(pltSlot(symbol));
        }
        return definedAddress(symbol);
      case Symbols.ABSOLUTE:
        return symbols.value(symbol);
      case Symbols.SECTION_START:
        OutputSection first = layout.section(symbols.atom(symbol));
        boolean own = type(symbols.info(symbol)) == STT_SECTION;
        return (own ? first.address : layout.bounds.start(first)) + symbols.value(symbol);
      case Symbols.SECTION_END:
        return layout.bounds.end(layout.section(symbols.atom(symbol))) + symbols.value(symbol);
      case Symbols.IMPORTED:
        return importedAddress(symbol);
      default:
        return 0;
    }
  }

  /** The symbol's own place, also for an indirect function: its resolver. */
  long definedAddress(int symbol) {
    if (symbols.addressed(symbol)) {
      return symbols.address(symbol);
    }
    if (symbols.state(symbol) != Symbols.DEFINED) {
      return address(symbol);
    }
    int atom = state.home(symbols.atom(symbol));
    if (atom == NONE) {
      return 0;
    }
    long address = layout.address(atom) + symbols.value(symbol);
    symbols.setAddress(symbol, address);
    return address;
  }

  private long importedAddress(int symbol) {
    int extra = symbols.extra(symbol);
    if (extra == NONE) {
      return 0;
    }
    int copy = state.extras.get(extra, Extras.COPY_ATOM);
    if (copy != NONE) {
      return layout.address(copy);
    }
    int slot = state.extras.get(extra, Extras.PLT_SLOT);
    boolean canonical = state.extras.get(extra, Extras.CANONICAL_USERS) > 0;
    return canonical && slot != NONE ? plt.address(slot) : 0;
  }

  /** The symbol's PLT slot, NONE when it has none. */
  int pltSlot(int symbol) {
    int extra = symbols.extra(symbol);
    return extra == NONE ? NONE : state.extras.get(extra, Extras.PLT_SLOT);
  }

  boolean copied(int symbol) {
    int extra = symbols.extra(symbol);
    return extra != NONE && state.extras.get(extra, Extras.COPY_ATOM) != NONE;
  }

  /** The output section that the symbol lies in, NONE for absolute and undefined ones. */
  int section(int symbol) {
    switch (symbols.state(symbol)) {
      case Symbols.DEFINED:
        int atom = state.home(symbols.atom(symbol));
        return atom == NONE ? NONE : state.atoms.section(atom);
      case Symbols.SECTION_START, Symbols.SECTION_END:
        return symbols.atom(symbol);
      case Symbols.IMPORTED:
        return copied(symbol)
            ? state.atoms.section(state.extras.get(symbols.extra(symbol), Extras.COPY_ATOM))
            : NONE;
      default:
        return NONE;
    }
  }
}
