package dev.linkd.elf.relocatable;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.object.ElfObject;
import dev.linkd.output.NameRules;
import dev.linkd.output.NameRules.DefinedSymbol;
import dev.linkd.output.Stripping;
import dev.linkd.output.Stripping.Locals;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The symbol table of the output: symbols of the sections, locals by file, globals. Relocations may
 * keep symbols that stripping would leave out.
 */
final class SymbolMerger {

  private final NameRules names;
  private final Stripping stripping;
  private final Map<String, String> replacements;
  private final Map<String, GlobalSymbol> globals = new LinkedHashMap<>();
  final SymbolTableBytes table = new SymbolTableBytes();

  SymbolMerger(NameRules names, Stripping stripping) {
    this.names = names;
    this.stripping = stripping;
    this.replacements = WrappedNames.replacements(names.wrapped());
    for (DefinedSymbol defined : names.defined()) {
      GlobalSymbol symbol = global(defined.name());
      symbol.absolute = true;
      symbol.value = defined.value().value(name -> 0);
    }
  }

  GlobalSymbol global(String name) {
    return globals.computeIfAbsent(name, GlobalSymbol::new);
  }

  /** The symbol with a name that something mentions; null for other names. */
  @Nullable GlobalSymbol find(String name) {
    return globals.get(name);
  }

  Collection<GlobalSymbol> globals() {
    return globals.values();
  }

  /** The global that a symbol of an object means; null for a local. */
  @Nullable GlobalSymbol of(InputObject input, int y) {
    ElfObject object = input.object;
    if (y < object.firstGlobal()) {
      return null;
    }
    String name = object.symbolName(y);
    boolean mention = object.symbolSection(y) == ElfObject.UNDEF;
    return global(mention ? replacements.getOrDefault(name, name) : name);
  }

  /** Takes in the globals of an object. */
  void add(InputObject input) {
    for (int y = Math.max(1, input.object.firstGlobal()); y < input.object.symbols(); y++) {
      GlobalSymbol symbol = of(input, y);
      if (symbol != null) {
        symbol.add(input, y);
      }
    }
  }

  /** Marks the symbol as needed whatever is stripped. */
  void use(InputObject input, int y) {
    GlobalSymbol symbol = of(input, y);
    if (symbol != null) {
      symbol.used = true;
    }
    input.used[y] = true;
  }

  /** Makes the table; afterwards every symbol that is in it has an index. */
  void number(List<MergedSection> sections, List<InputObject> inputs) {
    for (MergedSection section : sections) {
      section.symbol = table.add("", STB_LOCAL << 4 | STT_SECTION, 0, section::index, 0, 0);
    }
    for (InputObject input : inputs) {
      for (int y = 1; y < input.object.symbols(); y++) {
        input.symbols[y] = y < input.object.firstGlobal() ? local(input, y) : InputObject.NONE;
      }
    }
    table.endLocals();
    for (GlobalSymbol symbol : globals.values()) {
      symbol.index = kept(symbol) ? add(symbol) : InputObject.NONE;
    }
    for (InputObject input : inputs) {
      for (int y = Math.max(1, input.object.firstGlobal()); y < input.object.symbols(); y++) {
        GlobalSymbol symbol = of(input, y);
        input.symbols[y] = symbol == null ? InputObject.NONE : symbol.index;
      }
    }
  }

  private int local(InputObject input, int y) {
    ElfObject object = input.object;
    int type = type(object.symbolInfo(y));
    int s = object.symbolSection(y);
    if (type == STT_SECTION) {
      MergedSection home = input.home(s);
      return home == null ? InputObject.NONE : home.symbol;
    }
    MergedGroup group = input.group(s);
    if (group != null && input.used[y]) {
      return table.add(object.symbolName(y), object.symbolInfo(y), 0, group::index, 0, 0);
    }
    boolean gone = s == ElfObject.UNDEF || (s > 0 && input.home(s) == null);
    if (gone || !keptLocal(input, y, type)) {
      return InputObject.NONE;
    }
    int other = object.symbolOther(y);
    int info = object.symbolInfo(y);
    MergedSection home = input.home(s);
    if (home == null) {
      return table.addAbsolute(
          object.symbolName(y), info, other, object.symbolValue(y), object.symbolSize(y));
    }
    long value = input.map(s, object.symbolValue(y));
    long place = value == InputObject.NONE ? input.offset(s) + object.symbolValue(y) : value;
    return table.add(object.symbolName(y), info, other, home::index, place, object.symbolSize(y));
  }

  /** In sections whose pieces are merged, a symbol plus an offset is not the section plus one. */
  private boolean keptLocal(InputObject input, int y, int type) {
    MergedSection home = input.home(input.object.symbolSection(y));
    boolean merged = home != null && (home.flags & SHF_MERGE) != 0;
    if (input.used[y] && (merged || home == null)) {
      return true;
    }
    if (stripping.all() || stripping.retained().isPresent()) {
      return input.used[y] && type == STT_TLS;
    }
    return switch (stripping.locals()) {
      case KEPT -> true;
      case TEMPORARY_DISCARDED -> !input.object.symbolName(y).startsWith(".L");
      case DISCARDED -> false;
    };
  }

  private boolean kept(GlobalSymbol symbol) {
    if (symbol.used || !symbol.defined()) {
      return symbol.used || !stripping.all();
    }
    boolean listed =
        stripping.retained().isEmpty() || stripping.retained().get().contains(symbol.name);
    return !stripping.all() && listed;
  }

  private int add(GlobalSymbol symbol) {
    InputObject definer = symbol.definer;
    int info = symbol.outputInfo();
    int other = symbol.visibility;
    if (symbol.absolute) {
      return table.addAbsolute(symbol.name, info, other, symbol.value, 0);
    }
    MergedSection room = symbol.room;
    if (room != null) {
      return table.add(symbol.name, info, other, room::index, symbol.value, symbol.size);
    }
    if (symbol.common) {
      return table.addSpecial(symbol.name, info, other, SHN_COMMON, symbol.value, symbol.size);
    }
    if (definer == null) {
      return table.addSpecial(symbol.name, info, other, SHN_UNDEF, 0, 0);
    }
    int s = definer.object.symbolSection(symbol.symbol);
    long value = definer.object.symbolValue(symbol.symbol);
    MergedSection home = definer.home(s);
    if (home == null) {
      return s == ElfObject.ABS
          ? table.addAbsolute(symbol.name, info, other, value, symbol.size)
          : table.addSpecial(symbol.name, info, other, SHN_UNDEF, 0, 0);
    }
    return table.add(symbol.name, info, other, home::index, definer.offset(s) + value, symbol.size);
  }

  /** Whether several strong definitions are no fault. */
  boolean firstWins() {
    return names.firstWins();
  }

  /** Whether locals may have been left out that relocations refer to. */
  boolean discardsLocals() {
    return stripping.all() || stripping.retained().isPresent() || stripping.locals() != Locals.KEPT;
  }
}
