package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.output.BoundarySymbols;
import dev.linkd.output.ExportRules;
import dev.linkd.output.OutputKind;
import dev.linkd.output.SymbolBinding;
import dev.linkd.symbol.Symbols;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** Which definitions other modules see, under which version, and which they can replace. */
final class ExportChoice {
  private static final String ARCHIVE_SUFFIX = ".a";
  private static final String EVERY_ARCHIVE = "ALL";

  private final LinkState state;
  private final Symbols symbols;
  private final Providers providers;
  private final boolean library;
  private final ExportRules rules;
  private final boolean bound;
  private final NamePatterns names;
  private final Set<String> hiddenArchives;
  final VersionNodes versions;

  ExportChoice(LinkState state, Providers providers) {
    this.state = state;
    this.symbols = state.symbols;
    this.providers = providers;
    this.library = state.spec.kind() == OutputKind.SHARED_LIBRARY;
    this.rules = state.spec.dynamic().exports();
    this.bound = rules.listed() || rules.binding() != SymbolBinding.NONE;
    this.names = new NamePatterns(state, rules.names());
    this.hiddenArchives = new HashSet<>(rules.hiddenArchives());
    this.versions = new VersionNodes(state);
  }

  /** The visibility that remains of a definition's own. */
  int narrowed(int symbol, int definition, int visibility) {
    boolean open = visibility == STV_DEFAULT || visibility == STV_PROTECTED;
    return open && hides(symbol, definition) ? STV_HIDDEN | SymbolView.DEMOTED : visibility;
  }

  /** A version that the definition itself names comes before what the script says. */
  private boolean hides(int symbol, int definition) {
    return inHiddenArchive(state.inputs.get(state.definitions.input(definition)))
        || (!symbols.flag(symbol, Symbols.VERSIONED)
            && state.defaultVersions.of(definition) == DefaultVersions.NONE
            && hides(symbols.name(symbol)));
  }

  /** A version that a symbol {@code name@VERSION} has already is not given to {@code name} too. */
  private boolean hides(int name) {
    int version = versions.of(name);
    return version == VersionNodes.LOCAL
        || (version >= VersionNodes.FIRST && versions.taken(name, version));
  }

  /** What becomes of a name depends on the symbol that names a version of it. */
  void queueUnversioned(int symbol) {
    int other = unversioned(symbol);
    if (other != VersionNodes.NONE
        && (symbols.flag(other, Symbols.HAS_ALIASES)
            || versions.of(symbols.name(other)) >= VersionNodes.FIRST)) {
      state.queueSymbol(other);
    }
  }

  /** The symbol {@code name} of a symbol {@code name@VERSION}; NONE when there is none. */
  int unversioned(int symbol) {
    if (!symbols.flag(symbol, Symbols.VERSIONED)) {
      return VersionNodes.NONE;
    }
    int id = symbols.name(symbol);
    int name =
        state.names.find(state.names.bytes(), state.names.offset(id), state.nameLength(symbol));
    return name == VersionNodes.NONE ? VersionNodes.NONE : state.global(name);
  }

  private boolean inHiddenArchive(Input input) {
    ArchiveInput archive = input instanceof ObjectInput object ? object.archive : null;
    if (hiddenArchives.isEmpty() || archive == null) {
      return false;
    }
    Path file = Path.of(archive.name).getFileName();
    String name = file == null ? archive.name : file.toString();
    boolean suffixed = name.endsWith(ARCHIVE_SUFFIX);
    return hiddenArchives.contains(EVERY_ARCHIVE)
        || hiddenArchives.contains(name)
        || (suffixed
            && hiddenArchives.contains(name.substring(0, name.length() - ARCHIVE_SUFFIX.length())));
  }

  /** st_info and visibility as the output has them. */
  int published(int info) {
    boolean unique = SymbolView.binding(info) == STB_GNU_UNIQUE;
    return unique && !rules.unique() ? info & ~0xf0 | STB_GLOBAL << 4 : info;
  }

  /** Whether a definition of default or protected visibility is in the dynamic symbol table. */
  boolean exports(int symbol) {
    return library
        || state.spec.dynamic().exportDynamic()
        || listed(symbol)
        || exportedBoundary(symbol)
        || providers.mentioned(symbol);
  }

  private boolean listed(int symbol) {
    return (rules.data() && object(symbol)) || names.contain(symbols.name(symbol));
  }

  private boolean exportedBoundary(int symbol) {
    int resolution = symbols.state(symbol);
    return rules.boundaries() == BoundarySymbols.EXPORTED
        && (resolution == Symbols.SECTION_START || resolution == Symbols.SECTION_END)
        && LinkerSymbols.START_STOP.stream().anyMatch(state.name(symbol)::startsWith);
  }

  private boolean object(int symbol) {
    return SymbolView.type(symbols.info(symbol)) == STT_OBJECT;
  }

  /** Whether references of a library to its own exported definition may mean another one. */
  boolean replaceable(int symbol) {
    return !bound || listed(symbol) || !(rules.listed() || bindsAll(symbol));
  }

  private boolean bindsAll(int symbol) {
    int info = symbols.info(symbol);
    int type = SymbolView.type(info);
    boolean function = type == STT_FUNC || type == STT_GNU_IFUNC;
    boolean strong = SymbolView.binding(info) != STB_WEAK;
    return switch (rules.binding()) {
      case NONE -> false;
      case FUNCTIONS -> function;
      case NON_WEAK_FUNCTIONS -> function && strong;
      case NON_WEAK -> strong;
      case ALL -> true;
    };
  }

  /** Visibility of a boundary of a section that is called like an identifier of C. */
  int boundary(int symbol, int visibility) {
    boolean hidden =
        rules.boundaries() == BoundarySymbols.HIDDEN
            || versions.of(symbols.name(symbol)) == VersionNodes.LOCAL;
    int open = visibility == STV_DEFAULT ? STV_PROTECTED : visibility;
    return hidden ? STV_HIDDEN : open;
  }

  /** Name of the version that a definition itself has; empty for none. */
  String stated(int symbol) {
    if (symbols.flag(symbol, Symbols.VERSIONED)) {
      return VersionedNames.version(state, symbol);
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
