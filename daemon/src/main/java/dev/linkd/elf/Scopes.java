package dev.linkd.elf;

import dev.linkd.symbol.Symbols;

/** Where names of symbols are unique: all of the link, one input, or the atoms of one input. */
final class Scopes {

  private Scopes() {}

  /** Scope of the symbols that are local to an input. */
  static int local(int input) {
    return input * 2 + 1;
  }

  /** Scope of the symbols that stand for the atoms of an input. */
  static int anchor(int input) {
    return input * 2 + 2;
  }

  static boolean isAnchor(int scope) {
    return scope != Symbols.GLOBAL && (scope & 1) == 0;
  }

  /** The input that a scope other than the global one belongs to. */
  static int input(int scope) {
    return (scope - 1) / 2;
  }
}
