package dev.linkd.object.cpp;

import java.util.ArrayList;
import java.util.List;

/** Where the reading of a name is, and what later parts of it can refer back to. */
final class Cursor {
  private static final int DEPTH_MAX = 200;
  private static final int TEXT_MAX = 1 << 16;
  private static final int BASE_36 = 36;

  private final String text;
  private int at;
  private int depth;
  private final List<Type> substitutions = new ArrayList<>();

  /** Arguments of the template that the name as a whole belongs to. */
  List<Type> arguments = List.of();

  Cursor(String text, int at) {
    this.text = text;
    this.at = at;
  }

  boolean atEnd() {
    return at == text.length();
  }

  /** The next character, NUL at the end. */
  char peek() {
    return peek(0);
  }

  char peek(int ahead) {
    return at + ahead < text.length() ? text.charAt(at + ahead) : 0;
  }

  char next() throws UnknownNameException {
    if (atEnd()) {
      throw new UnknownNameException();
    }
    return text.charAt(at++);
  }

  /** Steps over a word if it comes next. */
  boolean take(String word) {
    boolean there = text.startsWith(word, at);
    if (there) {
      at += word.length();
    }
    return there;
  }

  void expect(char c) throws UnknownNameException {
    if (next() != c) {
      throw new UnknownNameException();
    }
  }

  String rest() {
    String rest = text.substring(at);
    at = text.length();
    return rest;
  }

  String take(int length) throws UnknownNameException {
    if (length < 0 || length > text.length() - at) {
      throw new UnknownNameException();
    }
    at += length;
    return text.substring(at - length, at);
  }

  boolean digit() {
    return peek() >= '0' && peek() <= '9';
  }

  int number() throws UnknownNameException {
    long value = 0;
    if (!digit()) {
      throw new UnknownNameException();
    }
    while (digit()) {
      value = value * 10 + next() - '0';
      if (value > Integer.MAX_VALUE) {
        throw new UnknownNameException();
      }
    }
    return (int) value;
  }

  /** A number that may be negative, as text. */
  String signedNumber() throws UnknownNameException {
    StringBuilder number = new StringBuilder(take("n") ? "-" : "");
    do {
      if (!digit()) {
        throw new UnknownNameException();
      }
      number.append(next());
    } while (digit());
    return number.toString();
  }

  /** A number in base 36 behind which an underscore follows; nothing at all is 0. */
  int sequence() throws UnknownNameException {
    int value = 0;
    boolean any = false;
    while (peek() != '_') {
      int digit = Character.digit(next(), BASE_36);
      if (digit < 0 || value > TEXT_MAX) {
        throw new UnknownNameException();
      }
      value = value * BASE_36 + digit;
      any = true;
    }
    expect('_');
    return any ? value + 1 : 0;
  }

  Type substitution(int index) throws UnknownNameException {
    return element(substitutions, index);
  }

  Type argument(int index) throws UnknownNameException {
    return element(arguments, index);
  }

  private static Type element(List<Type> list, int index) throws UnknownNameException {
    if (index < 0 || index >= list.size()) {
      throw new UnknownNameException();
    }
    return list.get(index);
  }

  /** Remembers a part that later ones can refer to. */
  Type remember(Type type) throws UnknownNameException {
    if (type.length() > TEXT_MAX) {
      throw new UnknownNameException();
    }
    substitutions.add(type);
    return type;
  }

  void enter() throws UnknownNameException {
    if (++depth > DEPTH_MAX) {
      throw new UnknownNameException();
    }
  }

  void leave() {
    depth--;
  }
}
