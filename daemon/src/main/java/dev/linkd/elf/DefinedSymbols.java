package dev.linkd.elf;

import dev.linkd.diag.Code;
import dev.linkd.diag.Diagnostic;
import dev.linkd.diag.Place;
import dev.linkd.object.ElfConstants;
import dev.linkd.output.NameRules.DefinedSymbol;
import dev.linkd.output.SymbolExpression;
import dev.linkd.output.SymbolExpression.Address;
import dev.linkd.output.SymbolExpression.Binary;
import dev.linkd.output.SymbolExpression.Constant;
import dev.linkd.output.SymbolExpression.Operator;
import dev.linkd.symbol.Definitions;
import dev.linkd.symbol.Symbols;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Symbols that the command line defines. A symbol plus a constant is an alias, which follows its
 * target; every other expression gives an absolute value, computed again at each settle.
 */
final class DefinedSymbols {

  private static final int NONE = -1;
  private static final int INFO = ElfConstants.STB_GLOBAL << 4;

  /** A symbol whose value is computed, with the symbols that it depends on. */
  private record Computed(int symbol, SymbolExpression value, Set<String> names) {}

  private final LinkState state;
  private final SymbolView view;
  private final StreamSymbols definitions;
  private final Input owner;
  private final List<Computed> computed = new ArrayList<>();

  DefinedSymbols(
      LinkState state,
      SymbolView view,
      StreamSymbols definitions,
      DemandedSymbols demanded,
      Input owner) {
    this.state = state;
    this.view = view;
    this.definitions = definitions;
    this.owner = owner;
    for (DefinedSymbol defined : state.spec.names().defined()) {
      Set<String> names = new LinkedHashSet<>();
      defined.value().names(names::add);
      names.forEach(demanded::pin);
      define(defined, names);
    }
  }

  private void define(DefinedSymbol defined, Set<String> names) {
    int symbol = state.symbol(Symbols.GLOBAL, state.names.intern(defined.name()));
    SymbolExpression value = defined.value();
    Address base = base(value);
    if (base == null) {
      definitions.put(owner, symbol, Definitions.ABSOLUTE, NONE, 0, 0, INFO);
      computed.add(new Computed(symbol, value, names));
      return;
    }
    long offset = value.value(name -> 0);
    int target = state.symbol(Symbols.GLOBAL, state.names.intern(base.name()));
    definitions.put(owner, symbol, Definitions.ALIAS, target, offset, 0, INFO);
  }

  /** The symbol in an expression of the form symbol, symbol + constant or symbol - constant. */
  private static @Nullable Address base(SymbolExpression value) {
    if (value instanceof Address address) {
      return address;
    }
    if (value instanceof Binary(Operator operator, SymbolExpression left, SymbolExpression right)) {
      if (operator == Operator.PLUS && left instanceof Constant) {
        return base(right);
      }
      boolean shift = operator == Operator.PLUS || operator == Operator.MINUS;
      return shift && right instanceof Constant ? base(left) : null;
    }
    return null;
  }

  /**
   * Computes the values again.
   *
   * @return whether one changed
   */
  boolean settle() {
    if (computed.isEmpty()) {
      return false; // an iterator over nothing is garbage of every flush
    }
    boolean any = false;
    for (Computed symbol : computed) {
      int row = definitions.find(owner, symbol.symbol());
      long value = value(symbol);
      if (state.definitions.value(row) != value) {
        definitions.put(owner, symbol.symbol(), Definitions.ABSOLUTE, NONE, value, 0, INFO);
        any = true;
      }
    }
    return any;
  }

  /** 0 for a division by zero, which {@link #report} reports. */
  private long value(Computed symbol) {
    try {
      return symbol.value().value(this::address);
    } catch (ArithmeticException e) {
      return 0; // reported at the end of the settle, when all addresses are known
    }
  }

  private long address(String name) {
    return view.address(state.symbol(Symbols.GLOBAL, state.names.intern(name)));
  }

  /** Reports computed symbols without a value. */
  void report() {
    if (computed.isEmpty()) {
      return;
    }
    for (Computed symbol : computed) {
      for (String name : symbol.names()) {
        int used = state.symbol(Symbols.GLOBAL, state.names.intern(name));
        if (state.symbols.state(used) == Symbols.UNDEFINED) {
          problem(symbol, "undefined symbol: " + name, Code.UNDEFINED_SYMBOL);
        } else if (state.symbols.state(used) == Symbols.IMPORTED) {
          problem(symbol, unresolvable(name), Code.UNDEFINED_SYMBOL);
        }
      }
      try {
        symbol.value().value(this::address);
      } catch (ArithmeticException e) {
        problem(symbol, "division by zero", Code.INVALID_REQUEST);
      }
    }
  }

  /** What a shared library defines has no address before the program runs. */
  static String unresolvable(String name) {
    return "unresolvable symbol: " + name + " is defined in a shared library";
  }

  private void problem(Computed symbol, String message, Code code) {
    String name = state.name(symbol.symbol());
    state.problems.add(
        Diagnostic.error(code, Place.symbol("", name), message, "needed by --defsym " + name));
  }
}
