package dev.linkd.object;

import dev.linkd.diag.LinkException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads version scripts and dynamic lists.
 *
 * <pre>
 * script   = { version }
 * version  = [ NAME ] "{" { section } "}" { PARENT } ";"
 * section  = [ ( "global" | "local" ) ":" ] { pattern ";" }
 * pattern  = NAME | "\"" TEXT "\"" | "extern" LANGUAGE "{" { pattern ";" } "}"
 * list     = "{" { pattern ";" } "}" ";"
 * </pre>
 */
final class VersionScriptParser {
  private static final String NO_END = "expected ';' or '}'";

  private final VersionScriptLexer lexer;
  private final Set<String> names = new HashSet<>();

  VersionScriptParser(String name, String text) {
    lexer = new VersionScriptLexer(name, text);
  }

  VersionScript script() throws LinkException {
    List<VersionScript.Node> nodes = new ArrayList<>();
    lexer.next();
    while (!lexer.token().isEmpty() || lexer.quoted()) {
      nodes.add(node());
      if (nodes.size() > 1 && names.contains("")) {
        throw lexer.fault("anonymous version tag cannot be combined with other version tags");
      }
    }
    return new VersionScript(lexer.name(), nodes);
  }

  /** Begins at the first token of a version, and ends behind its semicolon. */
  private VersionScript.Node node() throws LinkException {
    String name = "";
    if (lexer.named()) {
      name = lexer.token();
      lexer.next();
    }
    if (!names.add(name)) {
      throw lexer.fault("duplicate version tag '" + name + "'");
    }
    expect("{");
    List<SymbolPattern> globals = new ArrayList<>();
    List<SymbolPattern> locals = new ArrayList<>();
    List<SymbolPattern> current = globals;
    while (!lexer.is("}")) {
      boolean global = lexer.is("global");
      boolean keyword = global || lexer.is("local");
      String word = word();
      if (keyword && lexer.is(":")) {
        current = global ? globals : locals;
        lexer.next();
      } else {
        pattern(word, current, false);
      }
    }
    lexer.next();
    return new VersionScript.Node(name, globals, locals, parents());
  }

  private boolean wordQuoted;

  /** The token, which must be a name; goes on to the next one. */
  private String word() throws LinkException {
    if (!lexer.named()) {
      throw lexer.fault("expected the name of a symbol");
    }
    String word = lexer.token();
    wordQuoted = lexer.quoted();
    lexer.next();
    return word;
  }

  /** Behind the first word of a pattern. */
  private void pattern(String word, List<SymbolPattern> to, boolean cpp) throws LinkException {
    boolean quoted = wordQuoted;
    if (!quoted && word.equals("extern") && lexer.named()) {
      extern(to);
    } else {
      if (!quoted && word.indexOf('[') >= 0 && word.indexOf(']', word.indexOf('[')) < 0) {
        throw lexer.fault("invalid version pattern '" + word + "'");
      }
      to.add(new SymbolPattern(word, quoted || !Glob.special(word), cpp));
    }
    if (lexer.is(";")) {
      lexer.next();
    } else if (!lexer.is("}")) {
      throw lexer.fault(NO_END);
    }
  }

  private void extern(List<SymbolPattern> to) throws LinkException {
    String language = lexer.token();
    boolean cpp = language.equals("C++");
    if (!cpp && !language.equals("C")) {
      throw lexer.fault("unknown language '" + language + "' in version information");
    }
    lexer.next();
    expect("{");
    while (!lexer.is("}")) {
      pattern(word(), to, cpp);
    }
    lexer.next();
  }

  /** The names of versions that one extends, which come before it. */
  private List<String> parents() throws LinkException {
    List<String> parents = new ArrayList<>();
    while (!lexer.is(";")) {
      if (!lexer.named()) {
        throw lexer.fault("expected ';' behind a version");
      }
      if (!names.contains(lexer.token()) || lexer.token().isEmpty()) {
        throw lexer.fault("unable to find version dependency '" + lexer.token() + "'");
      }
      parents.add(lexer.token());
      lexer.next();
    }
    lexer.next();
    return parents;
  }

  private void expect(String punctuation) throws LinkException {
    if (!lexer.is(punctuation)) {
      throw lexer.fault("expected '" + punctuation + "'");
    }
    lexer.next();
  }

  List<SymbolPattern> list() throws LinkException {
    List<SymbolPattern> patterns = new ArrayList<>();
    lexer.next();
    while (!lexer.token().isEmpty()) {
      expect("{");
      while (!lexer.is("}")) {
        pattern(word(), patterns, false);
      }
      lexer.next();
      expect(";");
    }
    return List.copyOf(patterns);
  }
}
