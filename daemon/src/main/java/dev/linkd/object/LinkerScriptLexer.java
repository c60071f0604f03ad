package dev.linkd.object;

import dev.linkd.diag.Code;
import dev.linkd.diag.LinkException;
import dev.linkd.diag.Place;

/**
 * Splits a linker script into names and the punctuation {@code ( ) , ;} and braces. Names are file
 * names, so nearly every character may be part of one; quotes take everything.
 */
final class LinkerScriptLexer {
  private static final String PUNCTUATION = "(),;{}";

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
          throw fault(Code.MALFORMED_INPUT, "a comment does not end");
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
    int line = 1;
    int lineStart = 0;
    for (int i = 0; i < tokenStart; i++) {
      if (text.charAt(i) == '\n') {
        line++;
        lineStart = i + 1;
      }
    }
    String where = name + ":" + line + ":" + (tokenStart - lineStart + 1);
    return new LinkException(code, Place.input(where), message);
  }
}
