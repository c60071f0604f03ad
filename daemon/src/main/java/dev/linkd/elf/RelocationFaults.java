package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.diag.Code;
import dev.linkd.diag.Diagnostic;
import dev.linkd.diag.Diagnostic.Severity;
import dev.linkd.diag.Place;
import dev.linkd.elf.x86_64.Expression;
import dev.linkd.elf.x86_64.Relaxation;
import dev.linkd.elf.x86_64.RelocationKinds;
import dev.linkd.output.Atoms;
import dev.linkd.output.OutputKind;
import dev.linkd.reloc.Relocations;
import dev.linkd.symbol.Symbols;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What keeps a relocation from being applied in this kind of output, and what to say about it. */
final class RelocationFaults {

  private static final int NONE = -1;

  private final LinkState state;
  private final Layout layout;
  private final SymbolView view;
  private final RelaxationChoice relaxations;
  private final SourcePlaces places;
  private final UndefinedSymbols undefined;
  private final Relocations relocations;
  private final OutputKind output;

  private final UndefinedPolicy policy;
  private final Providers providers;

  RelocationFaults(
      LinkState state,
      Layout layout,
      SymbolView view,
      RelaxationChoice relaxations,
      Providers providers,
      SourcePlaces places,
      UndefinedSymbols undefined) {
    this.providers = providers;
    this.policy = new UndefinedPolicy(state);
    this.state = state;
    this.layout = layout;
    this.view = view;
    this.relaxations = relaxations;
    this.places = places;
    this.undefined = undefined;
    this.relocations = state.relocations;
    this.output = state.spec.kind();
  }

  /** Whether the relocation can be applied; otherwise a diagnostic says why not. */
  boolean allowed(int row, int kind) {
    Code problem = check(row, kind);
    if (problem == Code.UNDEFINED_SYMBOL) {
      undefined.add(row, Severity.ERROR);
      return false;
    }
    return problem == null
        || fail(row, problem, explain(row, kind, problem), advice(row, kind, problem));
  }

  private @Nullable Code check(int row, int kind) {
    int symbol = relocations.symbol(row);
    OutputSection section = layout.section(state.atoms.section(relocations.atom(row)));
    if (view.undefined(symbol)) {
      if (section.allocated() && policy.of(row) == UndefinedPolicy.ERROR) {
        return Code.UNDEFINED_SYMBOL;
      }
      if (output != OutputKind.SHARED_LIBRARY || !view.dynamic(symbol)) {
        return null; // it is 0; other modules may define what a library leaves open
      }
    }
    if (!section.allocated()) {
      return null;
    }
    if (copiesBound(row) || mixed(symbol, kind)) {
      return Code.RELOCATION_NOT_ALLOWED;
    }
    boolean allowed =
        switch (RelocationKinds.expression(kind)) {
          case S_A -> address(row, symbol);
          case S_A_P -> distance(row, symbol);
          case TP_OFFSET -> threadOffset(row, symbol);
          case DTP_OFFSET -> !view.imported(symbol) || relocations.dynamicSlot(row) != NONE;
          default -> true;
        };
    if (!allowed) {
      return Code.RELOCATION_NOT_ALLOWED;
    }
    return knownSequence(row, kind) ? null : Code.UNKNOWN_RELOCATION;
  }

  /** Warns of what is undefined; such relocations are applied at every settle for the warning. */
  boolean warned(int row) {
    int symbol = relocations.symbol(row);
    if (!view.undefined(symbol)
        || policy.of(row) != UndefinedPolicy.WARNED
        || !layout.section(state.atoms.section(relocations.atom(row))).allocated()) {
      return false;
    }
    undefined.add(row, Severity.WARNING);
    return true;
  }

  /** Whether the reference is to a variable of each thread and the definition is not, or so. */
  private boolean mixed(int symbol, int kind) {
    Symbols symbols = state.symbols;
    if (symbols.scope(symbol) != Symbols.GLOBAL || symbols.state(symbol) != Symbols.DEFINED) {
      return false;
    }
    return switch (RelocationKinds.expression(kind)) {
      case TP_OFFSET, DTP_OFFSET, GOTTP_A_P, TLSGD_A_P, TLSDESC_A_P -> !perThread(symbol);
      case S_A, S_A_P, L_A_P, L_A_GOT, G_GOT_A_P, G_A, S_A_GOT -> view.threadLocal(symbol);
      default -> false;
    };
  }

  private boolean perThread(int symbol) {
    int section = view.section(symbol);
    return section == NONE || (layout.section(section).flags & SHF_TLS) != 0;
  }

  /** Whether the program would use a copy of an object whose library goes on using its own. */
  private boolean copiesBound(int row) {
    int symbol = relocations.symbol(row);
    return (relocations.needs(row) & RelocationNeeds.COPY) != 0
        && view.imported(symbol)
        && library(symbol).symbols.bound((int) state.symbols.value(symbol));
  }

  private Library library(int symbol) {
    return providers.library(state.symbols.atom(symbol));
  }

  private boolean address(int row, int symbol) {
    if (relocations.dynamicSlot(row) != NONE) {
      return true;
    }
    boolean moves = output.positionIndependent() && !view.absolute(symbol);
    return !moves && placed(symbol);
  }

  /** What never moves is at no fixed distance from what does. */
  private boolean distance(int row, int symbol) {
    boolean constant =
        output.positionIndependent() && state.symbols.state(symbol) == Symbols.ABSOLUTE;
    return relocations.dynamicSlot(row) != NONE || (!constant && placed(symbol));
  }

  /** Other modules may replace what a library exports, so its place is known at run time only. */
  private boolean placed(int symbol) {
    return !view.dynamic(symbol) || (output.executable() && view.address(symbol) != 0);
  }

  /** The distance from the thread pointer is a constant in executables only. */
  private boolean threadOffset(int row, int symbol) {
    return relocations.dynamicSlot(row) != NONE || (output.executable() && !view.dynamic(symbol));
  }

  /** In executables, both instructions that use a TLS descriptor are rewritten, or none. */
  private boolean knownSequence(int row, int kind) {
    boolean descriptor =
        RelocationKinds.expression(kind) == Expression.TLSDESC_A_P || kind == R_X86_64_TLSDESC_CALL;
    return !descriptor || !output.executable() || relaxations.of(row) != Relaxation.NONE;
  }

  private String explain(int row, int kind, Code problem) {
    int symbol = relocations.symbol(row);
    if (mixed(symbol, kind)) {
      return view.threadLocal(symbol)
          ? "non-TLS reference to " + quoted(symbol) + " mismatches its TLS definition"
          : "TLS reference to " + quoted(symbol) + " mismatches its non-TLS definition";
    }
    String start = "relocation " + RelocationKinds.name(kind) + " against " + quoted(symbol);
    if (problem == Code.UNKNOWN_RELOCATION) {
      return start
          + " is in a sequence of instructions that is not known; recompile with"
          + " -mtls-dialect=gnu";
    }
    if (copiesBound(row)) {
      return "cannot create a copy relocation for protected symbol '"
          + symbolName(symbol)
          + "', defined in "
          + library(symbol).soname
          + "; recompile with -fPIC";
    }
    if (!state.spec.dynamic().copies() && view.imported(symbol)) {
      return start + " needs a copy relocation, which -z nocopyreloc forbids; recompile with -fPIC";
    }
    return start + " can not be used when making a " + product();
  }

  /** Thread-local code of the local-exec model knows more of the program than a library can. */
  private String[] advice(int row, int kind, Code problem) {
    boolean localExec =
        problem == Code.RELOCATION_NOT_ALLOWED
            && output == OutputKind.SHARED_LIBRARY
            && RelocationKinds.expression(kind) == Expression.TP_OFFSET;
    if (!localExec) {
      return new String[0];
    }
    String name = plainName(relocations.symbol(row));
    String start = "relocation " + RelocationKinds.name(kind) + " against ";
    return new String[] {
      start + name + " cannot be used with -shared: the local-exec model is for executables",
      start + "`" + name + "` can not be used when making a " + product() + ", without -ftls-model"
    };
  }

  private String product() {
    return switch (output) {
      case SHARED_LIBRARY -> "shared object; recompile with -fPIC";
      case PIE, STATIC_PIE -> "PIE object; recompile with -fPIC";
      default -> "position-dependent executable; recompile with -fPIE";
    };
  }

  static String unknown(int kind) {
    return RelocationKinds.known(kind)
        ? "relocation " + RelocationKinds.name(kind) + " is for dynamic linkers only"
        : "unknown relocation kind " + kind;
  }

  /** Reports a value that the field cannot hold. */
  boolean overflow(int row, int kind, long value) {
    state.room.outOfReach = true;
    String text = RelocationKinds.outOfRange(kind, value, symbolName(relocations.symbol(row)));
    String reason =
        RelocationKinds.pcRelative(kind)
            ? "the target is too far away"
            : "the address needs more bits than the field has";
    return fail(row, Code.RELOCATION_OVERFLOW, text, reason);
  }

  boolean fail(int row, Code code, String message, String... notes) {
    if (relocations.flag(row, Relocations.FAILED)) {
      return false; // said before, in an earlier round of this settle
    }
    int atom = relocations.atom(row);
    Atoms atoms = state.atoms;
    Place place =
        new Place(
            state.inputs.get(atoms.input(atom)).name,
            state.names.string(atoms.sectionName(atom)),
            symbolName(relocations.symbol(row)),
            relocations.offset(row));
    List<String> all = new ArrayList<>(List.of(notes));
    if (state.problems.size() < Problems.LIMIT) {
      all.addAll(where(row, atom));
    }
    state.problems.add(new Diagnostic(Severity.ERROR, code, message, place, all));
    return false;
  }

  /** Who defines the symbol, and the source line that refers to it. */
  private List<String> where(int row, int atom) {
    List<String> notes = new ArrayList<>();
    int symbol = relocations.symbol(row);
    int definition = state.symbols.winner(symbol);
    if (definition >= 0) {
      int input = state.definitions.input(definition);
      notes.add("defined in " + state.inputs.get(input).name);
    }
    String name = state.name(symbol);
    notes.addAll(places.ofPlace("referenced by ", atom, relocations.offset(row), name));
    return notes;
  }

  /** As in GNU ld, what is global is called a symbol. */
  private String quoted(int symbol) {
    boolean local = state.symbols.scope(symbol) != Symbols.GLOBAL;
    return (local ? "`" : "symbol `") + plainName(symbol) + "'";
  }

  /** Up to the NUL behind which equal local names of one input differ. */
  private String plainName(int symbol) {
    String name = state.name(symbol);
    int end = name.indexOf('\0');
    return end <= 0 ? name.replace('\0', ' ') : name.substring(0, end);
  }

  private String symbolName(int symbol) {
    Symbols symbols = state.symbols;
    int scope = symbols.scope(symbol);
    String name = state.name(symbol);
    return Scopes.isAnchor(scope) ? "section " + name : name;
  }
}
