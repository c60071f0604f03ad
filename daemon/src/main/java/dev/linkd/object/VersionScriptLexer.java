package dev.linkd.object;

import dev.linkd.diag.Code;
import dev.linkd.diag.LinkException;
import dev.linkd.diag.Place;

/**
 * Splits a version script into names and the punctuation <code>{ } ; :</code>. A colon that is
 * doubled is part of a name of C++.
 */
final class VersionScriptLexer {
  private static final String PUNCTUATION = "{};:";

  private final String name;
  private final String text;
  private int at;
  private int tokenStart;
  private String token = "";
  private boolean quoted;

  VersionScriptLexer(String name, String text) {
    this.name = name;
    this.text = text;
  }

  /** Goes to the next token; false at the end, where the token is empty. */
  boolean next() throws LinkException {
    skipBlanks();
    tokenStart = at;
    quoted = false;
    if (at == text.length()) {
      token = "";
      return false;
    }
    if (text.charAt(at) == '"') {
      readQuoted();
    } else if (doubleColon(at) || PUNCTUATION.indexOf(text.charAt(at)) < 0) {
      while (at < text.length() && namePart(at)) {
        at += doubleColon(at) ? 2 : 1;
      }
      token = text.substring(tokenStart, at);
    } else {
      token = text.substring(at, ++at);
    }
    return true;
  }

  private boolean doubleColon(int i) {
    return text.startsWith("::", i);
  }

  private boolean namePart(int i) {
    char c = text.charAt(i);
    return doubleColon(i)
        || (c > ' '
            && c != '"'
            && c != '#'
            && PUNCTUATION.indexOf(c) < 0
            && !text.startsWith("/*", i));
  }

  private void readQuoted() throws LinkException {
    int end = text.indexOf('"', at + 1);
    if (end < 0) {
      throw fault("a quoted name does not end");
    }
    token = text.substring(at + 1, end);
    quoted = true;
    at = end + 1;
  }

  private void skipBlanks() throws LinkException {
    while (at < text.length()) {
      if (text.charAt(at) <= ' ') {
        at++;
      } else if (text.charAt(at) == '#') {
        int end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end;
      } else if (text.startsWith("/*", at)) {
        tokenStart = at;
        int end = text.indexOf("*/", at + 2);
        if (end < 0) {
          throw fault("unclosed comment");
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

  boolean quoted() {
    return quoted;
  }

  boolean is(String word) {
    return !quoted && token.equals(word);
  }

  /** What faults call the script. */
  String name() {
    return name;
  }

  /** Whether the token can name something. */
  boolean named() {
    boolean punctuation = token.length() == 1 && PUNCTUATION.contains(token);
    return quoted || (!token.isEmpty() && !punctuation);
  }

  /** A fault at the token, with its line and column from 1. */
  LinkException fault(String message) {
    int line = 1;
    int lineStart = 0;
    for (int i = 0; i < tokenStart; i++) {
      if (text.charAt(i) == '\n') {
        line++;
        lineStart = i + 1;
      }
    }
    String where = name + ":" + line + ":" + (tokenStart - lineStart + 1);
    return new LinkException(Code.MALFORMED_INPUT, Place.input(where), message);
  }
}
