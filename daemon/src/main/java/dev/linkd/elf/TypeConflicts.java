package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.diag.Code;
import dev.linkd.diag.Diagnostic;
import dev.linkd.diag.Place;
import dev.linkd.symbol.Symbols;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Definitions of an input that stand before one of another type in a shared library: the library's
 * callers would call an object, or read code.
 */
final class TypeConflicts {
  private final LinkState state;
  private final Providers providers;

  /** Null when the output uses no libraries. */
  private final @Nullable DynamicSymbolTable dynamic;

  private final TreeSet<Integer> conflicts = new TreeSet<>();

  TypeConflicts(LinkState state, Providers providers, @Nullable DynamicSymbolTable dynamic) {
    this.state = state;
    this.providers = providers;
    this.dynamic = dynamic;
  }

  void forget(int symbol) {
    if (!conflicts.isEmpty()) {
      conflicts.remove(symbol);
    }
  }

  /** Judges a global symbol that was resolved. */
  void consider(int symbol) {
    if (conflict(symbol).isPresent()) {
      conflicts.add(symbol);
    } else {
      forget(symbol);
    }
  }

  /** A library that is not needed after all is not there when the program runs. */
  void report() {
    DynamicSymbolTable table = dynamic;
    if (table == null || conflicts.isEmpty()) {
      return;
    }
    for (int symbol : conflicts) {
      conflict(symbol).filter(table::needs).ifPresent(library -> report(symbol, library));
    }
  }

  private void report(int symbol, Library library) {
    String name = state.name(symbol);
    String input = state.inputs.get(state.definitions.input(state.symbols.winner(symbol))).name;
    state.problems.add(
        Diagnostic.warning(
            Code.DUPLICATE_SYMBOL,
            Place.symbol(input, name),
            "symbol type mismatch: " + name,
            "defined in " + input + " as " + noun(state.symbols.info(symbol)),
            "defined in " + library.soname + " as " + noun(providers.info(library, symbol))));
  }

  /** The first library that defines the name, if its definition is of another type. */
  private Optional<Library> conflict(int symbol) {
    Symbols symbols = state.symbols;
    int info = symbols.info(symbol);
    boolean seen =
        symbols.state(symbol) == Symbols.DEFINED
            && symbols.winner(symbol) >= 0
            && SymbolView.visibility(info) == STV_DEFAULT
            && !noun(info).isEmpty();
    return seen
        ? providers
            .definer(symbol)
            .filter(library -> differ(noun(info), noun(providers.info(library, symbol))))
        : Optional.empty();
  }

  private static boolean differ(String own, String other) {
    return !other.isEmpty() && !other.equals(own);
  }

  /** Empty for types that say nothing. */
  private static String noun(int info) {
    return switch (SymbolView.type(info)) {
      case STT_FUNC, STT_GNU_IFUNC -> "a function";
      case STT_OBJECT -> "an object";
      case STT_TLS -> "a thread-local object";
      default -> "";
    };
  }
}
