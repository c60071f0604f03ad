package dev.linkd.object.demangle;

import java.util.ArrayList;
import java.util.List;

/**
 * What the parts of the parser for Itanium names share: the text, and what back-references mean.
 *
 * <p>{@code S_}, {@code S0_}, … repeat a component that came before; {@code T_}, {@code T0_}, …
 * stand for arguments of the template around.
 */
final class ItaniumParser {
  static final Node EMPTY = new Node.Text("");

  private static final int DEPTH_MAX = 150;

  private final String text;
  private int at;
  private int depth;

  /** What can be repeated. */
  final List<Node> substitutions = new ArrayList<>();

  /** Arguments of the innermost template that is complete. */
  List<Node> templateArguments = new ArrayList<>();

  final ItaniumNames names = new ItaniumNames(this);
  final ItaniumTypes types = new ItaniumTypes(this);
  final ItaniumExpressions expressions = new ItaniumExpressions(this);

  ItaniumParser(String text) {
    this.text = text;
  }

  /** The readable form of the whole text. */
  String parse() throws MangledNameException {
    Node node = names.encoding();
    if (at != text.length()) {
      throw new MangledNameException();
    }
    return new Printer().add(node).toString();
  }

  void enter() throws MangledNameException {
    if (++depth > DEPTH_MAX) {
      throw new MangledNameException();
    }
  }

  void leave() {
    depth--;
  }

  boolean end() {
    return at == text.length();
  }

  char peek() {
    return peek(0);
  }

  /** NUL behind the end. */
  char peek(int ahead) {
    return at + ahead < text.length() ? text.charAt(at + ahead) : 0;
  }

  char next() throws MangledNameException {
    if (at == text.length()) {
      throw new MangledNameException();
    }
    return text.charAt(at++);
  }

  boolean accept(String word) {
    boolean present = text.startsWith(word, at);
    at += present ? word.length() : 0;
    return present;
  }

  void expect(char c) throws MangledNameException {
    if (next() != c) {
      throw new MangledNameException();
    }
  }

  boolean digit() {
    return peek() >= '0' && peek() <= '9';
  }

  /** A decimal number of at least one digit. */
  int number() throws MangledNameException {
    int value = 0;
    if (!digit()) {
      throw new MangledNameException();
    }
    while (digit()) {
      value = value * 10 + (next() - '0');
      if (value > 1 << 20) {
        throw new MangledNameException();
      }
    }
    return value;
  }

  /** Digits of any length, n for minus. */
  String digits() {
    int start = at;
    boolean minus = accept("n");
    int first = at;
    while (digit()) {
      at++;
    }
    return (minus ? "-" : "") + text.substring(minus ? first : start, at);
  }

  String take(int length) throws MangledNameException {
    if (length <= 0 || length > text.length() - at) {
      throw new MangledNameException();
    }
    at += length;
    return text.substring(at - length, at);
  }

  String until(char c) throws MangledNameException {
    int end = text.indexOf(c, at);
    if (end < 0) {
      throw new MangledNameException();
    }
    String part = text.substring(at, end);
    at = end;
    return part;
  }

  /** The rest of {@code T_}, {@code T0_}: its number. */
  int index() throws MangledNameException {
    if (accept("_")) {
      return 0;
    }
    int value = number() + 1;
    expect('_');
    return value;
  }

  /** {@code S_}, {@code S0_}: base 36. */
  Node substitution() throws MangledNameException {
    int value = 0;
    if (!accept("_")) {
      for (char c = next(); c != '_'; c = next()) {
        int digit = Character.digit(c, 36);
        if (digit < 0 || Character.isLowerCase(c) || value > 1 << 20) {
          throw new MangledNameException();
        }
        value = value * 36 + digit;
      }
      value++;
    }
    if (value >= substitutions.size()) {
      throw new MangledNameException();
    }
    return types.here(substitutions.get(value));
  }

  Node templateParameter() throws MangledNameException {
    return argument(index());
  }

  /** An argument of the template around. */
  Node argument(int index) throws MangledNameException {
    if (index >= templateArguments.size()) {
      throw new MangledNameException();
    }
    return templateArguments.get(index);
  }

  Node remember(Node node) {
    substitutions.add(node);
    return node;
  }
}
