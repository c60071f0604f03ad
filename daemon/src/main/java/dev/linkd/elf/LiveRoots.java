package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.object.LayoutCommand;
import dev.linkd.object.LayoutCommand.Assign;
import dev.linkd.object.LayoutCommand.Section;
import dev.linkd.object.LayoutScript;
import dev.linkd.symbol.Symbols;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is part of the image although no relocation leads to it. */
final class LiveRoots {

  /** Code and tables that start files and the C library run through. */
  private static final String[] RUN_SECTIONS = {
    ".init",
    ".fini",
    ".init_array",
    ".fini_array",
    ".preinit_array",
    ".ctors",
    ".dtors",
    ".jcr",
    // Debuggers subtract its address from what the notes of probes say.
    ".stapsdt.base"
  };

  /** How far symbols that a script provides may be made of each other. */
  static final int DEPTH_MAX = 16;

  private final LinkState state;
  private final @Nullable DynamicSymbolTable dynamic;

  /** Names that the dynamic linker calls. */
  private final int init;

  private final int fini;

  /** Null unless a linker script lays the image out. */
  private final @Nullable ScriptLayout script;

  /** Names on which the values of a script's symbols depend. */
  private final IntSet inExpressions = new IntSet();

  /** By name, the symbols whose values depend on it when something refers to them. */
  private final Map<Integer, List<Integer>> provided = new HashMap<>();

  /** Wanted by the assignments that replace them. */
  final ReplacedDefinitions replaced;

  LiveRoots(LinkState state, Layout layout, @Nullable DynamicSymbolTable dynamic) {
    this.state = state;
    this.script = layout.script();
    this.dynamic = dynamic;
    this.init = name(state.spec.dynamic().tags().init());
    this.fini = name(state.spec.dynamic().tags().fini());
    LayoutScript commands = layout.commands();
    this.replaced = new ReplacedDefinitions(state, commands);
    if (commands != null) {
      commands.commands().forEach(this::collect);
    }
  }

  private void collect(LayoutCommand command) {
    if (command instanceof Section section && !section.discards()) {
      section.body().forEach(this::collect);
    } else if (command instanceof Assign assign) {
      int target = assign.scope().onDemand() ? name(assign.symbol()) : -1;
      assign.value().symbols(symbol -> depends(target, name(symbol)));
    }
  }

  private void depends(int target, int name) {
    if (target < 0) {
      inExpressions.add(name);
    } else {
      provided.computeIfAbsent(name, key -> new ArrayList<>()).add(target);
    }
  }

  /** Whether the value of a symbol that is there depends on a name. */
  private boolean needed(int name, int depth) {
    if (inExpressions.contains(name)) {
      return true;
    }
    for (int target : provided.getOrDefault(name, List.of())) {
      int symbol = state.global(target);
      boolean there =
          symbol >= 0 && state.symbols.winner(symbol) < 0 && state.symbols.mentioned(symbol);
      if (there || (depth < DEPTH_MAX && needed(target, depth + 1))) {
        return true;
      }
    }
    return false;
  }

  private int name(String text) {
    int name = state.names.intern(text);
    state.names.retain(name);
    return name;
  }

  /** Whether the section of an atom is always wanted. */
  boolean section(int atom) {
    return section(
        state.inputs.get(state.atoms.input(atom)),
        state.atoms.sectionName(atom),
        state.atoms.sectionType(atom),
        state.atoms.sectionFlags(atom));
  }

  boolean section(Input input, int name, int type, long flags) {
    if ((flags & SHF_GNU_RETAIN) != 0 || keptByScript(input, name, flags)) {
      return true;
    }
    if ((flags & SHF_LINK_ORDER) != 0) {
      return false;
    }
    boolean grouped = (flags & SHF_GROUP) != 0;
    if ((flags & SHF_ALLOC) == 0) {
      return !grouped;
    }
    return switch (type) {
      case SHT_INIT_ARRAY, SHT_FINI_ARRAY, SHT_PREINIT_ARRAY -> true;
      case SHT_NOTE -> !grouped;
      default -> runs(name);
    };
  }

  private boolean keptByScript(Input input, int name, long flags) {
    ScriptLayout places = script;
    return places != null
        && (flags & SHF_ALLOC) != 0
        && places.keeps(input.name, state.names.string(name), flags);
  }

  private boolean runs(int sectionName) {
    if (state.names.length(sectionName) > LONGEST_NAME) {
      return false;
    }
    String name = state.names.string(sectionName);
    for (String section : RUN_SECTIONS) {
      if (name.startsWith(section)
          && (name.length() == section.length() || name.charAt(section.length()) == '.')) {
        return true;
      }
    }
    return false;
  }

  /** {@code .preinit_array.65535} and a little more. */
  private static final int LONGEST_NAME = 32;

  /** Whether the definition of a symbol is wanted by whoever loads the image. */
  boolean symbol(int symbol) {
    Symbols symbols = state.symbols;
    if (!symbols.global(symbol) || symbols.state(symbol) != Symbols.DEFINED) {
      return false;
    }
    int name = symbols.name(symbol);
    if (symbols.flag(symbol, Symbols.PINNED) || name == init || name == fini || needed(name, 0)) {
      return true;
    }
    DynamicSymbolTable table = dynamic;
    return (table != null && table.exported(symbol)) || couldBeExported(symbol);
  }

  private boolean couldBeExported(int symbol) {
    int visibility = SymbolView.visibility(state.symbols.info(symbol));
    return state.spec.sections().keepExported()
        && (visibility == STV_DEFAULT || visibility == STV_PROTECTED);
  }
}
