package dev.linkd.object;

import dev.linkd.diag.Code;
import dev.linkd.diag.LinkException;
import dev.linkd.diag.Place;
import java.util.List;

/**
 * Splits a linker script into names and the punctuation {@code ( ) , ;} and braces. Names are file
 * names, so nearly every character may be part of one; quotes take everything.
 */
final class LinkerScriptLexer {
  private static final String PUNCTUATION = "(),;{}";

  /** A name although it would be two divisions. */
  private static final String DISCARD = LayoutCommand.Section.DISCARD;

  private final String name;
  private final String text;
  private int at;
  private int tokenStart;
  private String token = "";
  private boolean quoted;

  LinkerScriptLexer(String name, String text) {
    this.name = name;
    this.text = text;
  }

  /** Goes to the next token; false at the end. */
  boolean next() throws LinkException {
    skipBlanks();
    tokenStart = at;
    quoted = false;
    if (at == text.length()) {
      token = "";
      return false;
    }
    char c = text.charAt(at);
    if (c == '"') {
      readQuoted();
    } else if (PUNCTUATION.indexOf(c) >= 0) {
      at++;
      token = String.valueOf(c);
    } else {
      while (at < text.length() && namePart(at)) {
        at++;
      }
      token = text.substring(tokenStart, at);
    }
    return true;
  }

  /** Goes to the next word of a layout, where a colon and an equals sign end names too. */
  boolean nextWord() throws LinkException {
    skipBlanks();
    if (at < text.length() && (text.charAt(at) == ':' || text.charAt(at) == '=')) {
      begin();
      at++;
      token = text.substring(tokenStart, at);
      return true;
    }
    if (!next() || quoted) {
      return !token.isEmpty() || quoted;
    }
    for (int i = 0; i < token.length(); i++) {
      if (token.charAt(i) == ':' || token.charAt(i) == '=') {
        at = tokenStart + i;
        token = text.substring(tokenStart, at);
        break;
      }
    }
    return true;
  }

  /** Goes to the next token of an expression: a name, a number or an operator. */
  boolean nextOperator() throws LinkException {
    skipBlanks();
    begin();
    if (at == text.length()) {
      token = "";
      return false;
    }
    char c = text.charAt(at);
    if (c == '"') {
      readQuoted();
      return true;
    }
    if (text.startsWith(DISCARD, at)) {
      at += DISCARD.length();
    } else if (expressionPart(c)) {
      while (at < text.length() && expressionPart(text.charAt(at))) {
        at++;
      }
    } else {
      at += operatorLength();
    }
    token = text.substring(tokenStart, at);
    return true;
  }

  private void begin() {
    tokenStart = at;
    quoted = false;
  }

  private static boolean expressionPart(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '.' || c == '$';
  }

  private int operatorLength() {
    for (String operator : OPERATORS) {
      if (text.startsWith(operator, at)) {
        return operator.length();
      }
    }
    return 1;
  }

  private static final List<String> OPERATORS =
      List.of(
          "<<=", ">>=", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||", "+=", "-=", "*=", "/=",
          "&=", "|=", "^=");

  /** Where the next token is looked for. */
  int position() {
    return at;
  }

  /** Goes back, or forward, to a position. */
  void reset(int position) {
    at = position;
  }

  int tokenStart() {
    return tokenStart;
  }

  /** Makes a token that was read before the present one again. */
  void restore(String word, int start) {
    token = word;
    tokenStart = start;
    quoted = false;
  }

  boolean quotedToken() {
    return quoted;
  }

  String text() {
    return text;
  }

  private boolean namePart(int i) {
    char c = text.charAt(i);
    return c > ' ' && c != '"' && PUNCTUATION.indexOf(c) < 0 && !text.startsWith("/*", i);
  }

  private void readQuoted() throws LinkException {
    int end = text.indexOf('"', at + 1);
    if (end < 0) {
      throw fault(Code.MALFORMED_INPUT, "a quoted name does not end");
    }
    token = text.substring(at + 1, end);
    quoted = true;
    at = end + 1;
  }

  private void skipBlanks() throws LinkException {
    while (at < text.length()) {
      if (text.charAt(at) <= ' ') {
        at++;
      } else if (text.startsWith("/*", at)) {
        tokenStart = at;
        int end = text.indexOf("*/", at + 2);
        if (end < 0) {
          throw fault(Code.MALFORMED_INPUT, "unclosed comment");
        }
        at = end + 2;
      } else {
        return;
      }
    }
  }

  String token() {
    return token;
  }

  boolean is(String punctuation) {
    return !quoted && token.equals(punctuation);
  }

  /** Whether the token can name something. */
  boolean named() {
    boolean punctuation = token.length() == 1 && PUNCTUATION.contains(token);
    return quoted || (!token.isEmpty() && !punctuation);
  }

  /** A fault at the token, with its line and column from 1. */
  LinkException fault(Code code, String message) {
    String where = ScriptPlaces.where(name, text, tokenStart);
    return new LinkException(code, Place.input(where), message);
  }
}
