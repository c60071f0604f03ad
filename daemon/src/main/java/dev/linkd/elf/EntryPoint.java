package dev.linkd.elf;

import dev.linkd.diag.Code;
import dev.linkd.diag.Diagnostic;
import dev.linkd.diag.Place;
import dev.linkd.symbol.Symbols;
import java.util.regex.Pattern;

/**
 * Where the image starts: at the symbol that has the name of the entry. When nothing defines it and
 * the name is a number as C writes it, that number is the address.
 */
final class EntryPoint {
  private static final Pattern NUMBER = Pattern.compile("0[xX][0-9a-fA-F]{1,16}|[0-9]{1,19}");

  private final LinkState state;
  private final SymbolView view;
  private final String name;
  private final boolean number;

  /** NONE when there is none. */
  private final int symbol;

  /**
   * @param symbol that of the entry's name, NONE when the image has no entry
   */
  EntryPoint(LinkState state, SymbolView view, int symbol) {
    this.state = state;
    this.view = view;
    this.symbol = symbol;
    name = state.spec.entry();
    number = NUMBER.matcher(name).matches();
  }

  /** 0 when there is none. */
  long address() {
    if (symbol == Symbols.NONE) {
      return 0;
    }
    return number && !defined() ? value() : view.address(symbol);
  }

  private boolean defined() {
    return state.symbols.state(symbol) != Symbols.UNDEFINED;
  }

  private long value() {
    if (name.startsWith("0x") || name.startsWith("0X")) {
      return Long.parseUnsignedLong(name.substring(2), 16);
    }
    boolean octal = name.startsWith("0") && name.matches("[0-7]+");
    return Long.parseUnsignedLong(name, octal ? 8 : 10);
  }

  /** Warns when it leads nowhere. */
  void check() {
    boolean expected = symbol != Symbols.NONE && !state.spec.names().entryOptional();
    if (expected && !number && !defined()) {
      state.problems.add(
          Diagnostic.warning(
              Code.NO_ENTRY,
              Place.symbol("", name),
              "cannot find entry symbol " + name + "; not setting start address"));
    }
  }
}
