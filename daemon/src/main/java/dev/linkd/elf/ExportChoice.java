package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.STV_DEFAULT;
import static dev.linkd.object.ElfConstants.STV_HIDDEN;
import static dev.linkd.object.ElfConstants.STV_PROTECTED;
import static dev.linkd.object.ElfConstants.VERSYM_HIDDEN;
import static dev.linkd.object.ElfConstants.VER_NDX_GLOBAL;

import dev.linkd.output.OutputKind;
import dev.linkd.symbol.Symbols;

/** Which definitions other modules see, and under which version. */
final class ExportChoice {

  private final LinkState state;
  private final Symbols symbols;
  private final Providers providers;
  private final boolean library;
  final VersionNodes versions;

  ExportChoice(LinkState state, Providers providers) {
    this.state = state;
    this.symbols = state.symbols;
    this.providers = providers;
    this.library = state.spec.kind() == OutputKind.SHARED_LIBRARY;
    this.versions = new VersionNodes(state);
  }

  /** The visibility that remains of a definition's own. */
  int narrowed(int symbol, int definition, int visibility) {
    boolean open = visibility == STV_DEFAULT || visibility == STV_PROTECTED;
    return open && hides(symbol, definition) ? STV_HIDDEN | SymbolView.DEMOTED : visibility;
  }

  /** A version that the definition itself names comes before what the script says. */
  private boolean hides(int symbol, int definition) {
    return !symbols.flag(symbol, Symbols.VERSIONED)
        && state.defaultVersions.of(definition) == DefaultVersions.NONE
        && versions.of(symbols.name(symbol)) == VersionNodes.LOCAL;
  }

  /** Whether a definition of default or protected visibility is in the dynamic symbol table. */
  boolean exports(int symbol) {
    return library || state.spec.dynamic().exportDynamic() || providers.mentioned(symbol);
  }

  /** Name of the version that a definition itself has; empty for none. */
  String stated(int symbol) {
    if (symbols.flag(symbol, Symbols.VERSIONED)) {
      return state.version(symbol);
    }
    int version = state.defaultVersions.of(symbols.winner(symbol));
    return version == DefaultVersions.NONE ? "" : state.names.string(version);
  }

  /** Entry of {@code .gnu.version} for a definition; {@link VersionNodes#NONE} when it is wrong. */
  int version(int symbol) {
    String stated = stated(symbol);
    if (stated.isEmpty()) {
      return Math.max(VER_NDX_GLOBAL, versions.of(symbols.name(symbol)));
    }
    int index = library ? versions.named(stated) : versions.require(stated);
    return index != VersionNodes.NONE && symbols.flag(symbol, Symbols.VERSIONED)
        ? index | VERSYM_HIDDEN
        : index;
  }
}
