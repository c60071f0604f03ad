package dev.linkd.object;

import dev.linkd.diag.Code;
import dev.linkd.diag.LinkException;
import dev.linkd.object.LayoutCommand.Assertion;
import dev.linkd.object.LayoutCommand.Assign;
import dev.linkd.object.LayoutCommand.Header;
import dev.linkd.object.LayoutCommand.Insert;
import dev.linkd.object.LayoutCommand.NoCrossReferences;
import dev.linkd.object.LayoutCommand.Region;
import dev.linkd.object.LayoutCommand.Scope;
import dev.linkd.object.LayoutExpression.Binary;
import dev.linkd.object.LayoutExpression.Name;
import dev.linkd.object.LayoutExpression.Number;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the commands of a linker script that lay out an image; files are read by others. */
final class LayoutParser {
  private static final int COMMANDS_MAX = 100_000;

  private static final Set<String> ASSIGNMENTS =
      Set.of("=", "+=", "-=", "*=", "/=", "<<=", ">>=", "&=", "|=", "^=");

  private final LinkerScriptLexer lexer;
  private final ExpressionParser expressions;
  private final SectionParser sections;
  private final List<LayoutCommand> commands = new ArrayList<>();
  private final Map<String, String> aliases = new HashMap<>();
  private final Set<String> regions = new HashSet<>();
  private String entry = "";
  private boolean places;

  LayoutParser(LinkerScriptLexer lexer) {
    this.lexer = lexer;
    this.expressions = new ExpressionParser(lexer, aliases);
    this.sections = new SectionParser(lexer, expressions, this);
  }

  List<LayoutCommand> commands() {
    return commands;
  }

  boolean places() {
    return places;
  }

  /** Reads the command whose first word is the token; returns false when it is none. */
  boolean command() throws LinkException {
    switch (lexer.quotedToken() ? "" : lexer.token()) {
      case "SECTIONS" -> sections();
      case "MEMORY" -> memory();
      case "PHDRS" -> headers();
      case "REGION_ALIAS" -> alias();
      case "NOCROSSREFS", "NOCROSSREFS_TO" -> {
        int at = lexer.tokenStart();
        boolean toFirst = lexer.is("NOCROSSREFS_TO");
        add(new NoCrossReferences(at, names(), toFirst));
      }
      default -> {
        LayoutCommand simple = simple();
        if (simple == null) {
          return false;
        }
        add(simple);
      }
    }
    return true;
  }

  private void add(LayoutCommand command) throws LinkException {
    if (commands.size() == COMMANDS_MAX) {
      throw lexer.fault(Code.LIMIT_EXCEEDED, "more than " + COMMANDS_MAX + " commands");
    }
    commands.add(command);
  }

  private void sections() throws LinkException {
    places = true;
    expect("{");
    while (lexer.nextWord() && !lexer.is("}")) {
      if (lexer.is(";")) {
        continue;
      }
      if (lexer.is("ENTRY")) {
        entry = name();
      } else if (lexer.is("OVERLAY")) {
        for (LayoutCommand command : new OverlayParser(lexer, expressions, sections, this).read()) {
          add(command);
        }
      } else {
        LayoutCommand simple = simple();
        add(simple == null ? sections.section() : simple);
      }
    }
    requireEnd("SECTIONS");
    insertion();
  }

  /** {@code INSERT AFTER section} or {@code BEFORE}, behind the brace. */
  private void insertion() throws LinkException {
    int before = lexer.position();
    if (!lexer.nextWord() || !lexer.is("INSERT")) {
      lexer.reset(before);
      return;
    }
    int at = lexer.tokenStart();
    lexer.nextWord();
    boolean after = lexer.is("AFTER");
    if (!after && !lexer.is("BEFORE")) {
      throw lexer.fault(Code.MALFORMED_INPUT, "expected AFTER or BEFORE behind INSERT");
    }
    lexer.nextWord();
    if (!lexer.named()) {
      throw lexer.fault(Code.MALFORMED_INPUT, "expected the name of a section");
    }
    add(new Insert(at, after, lexer.token()));
    end();
  }

  /** The symbol of an ENTRY inside SECTIONS, or empty. */
  String entry() {
    return entry;
  }

  /** A name in parentheses. */
  private String name() throws LinkException {
    return names().getFirst();
  }

  /** Names in parentheses, at least one. */
  private List<String> names() throws LinkException {
    expect("(");
    List<String> names = new ArrayList<>();
    while (lexer.nextWord() && !lexer.is(")")) {
      if (lexer.named()) {
        names.add(lexer.token());
      } else if (!lexer.is(",")) {
        break;
      }
    }
    requireToken(")");
    if (names.isEmpty()) {
      throw lexer.fault(Code.MALFORMED_INPUT, "expected a name");
    }
    return names;
  }

  /** {@code REGION_ALIAS("alias", "region")}: both names mean the region. */
  private void alias() throws LinkException {
    List<String> names = names();
    if (names.size() != 2) {
      throw lexer.fault(Code.MALFORMED_INPUT, "REGION_ALIAS takes two names");
    }
    String alias = names.get(0);
    String region = region(names.get(1));
    if (!regions.contains(region)) {
      throw lexer.fault(
          Code.MALFORMED_INPUT,
          "memory region `" + names.get(1) + "' for alias `" + alias + "' does not exist");
    }
    if (regions.contains(alias) || aliases.putIfAbsent(alias, region) != null) {
      throw lexer.fault(
          Code.MALFORMED_INPUT, "redefinition of memory region alias `" + alias + "'");
    }
  }

  /** The region that a name means. */
  String region(String name) {
    return aliases.getOrDefault(name, name);
  }

  private void requireEnd(String what) throws LinkException {
    if (!lexer.is("}")) {
      throw lexer.fault(Code.MALFORMED_INPUT, what + " does not end with '}'");
    }
  }

  /** ASSERT, PROVIDE and assignments; null when the token begins something else. */
  @Nullable LayoutCommand simple() throws LinkException {
    int at = lexer.tokenStart();
    String word = lexer.token();
    if (!lexer.named()) {
      throw lexer.fault(Code.MALFORMED_INPUT, "unexpected '" + word + "'");
    }
    int before = lexer.position();
    switch (lexer.quotedToken() ? "" : word) {
      case "ASSERT":
        return assertion(at);
      case "PROVIDE":
        return provided(Scope.PROVIDE);
      case "PROVIDE_HIDDEN":
        return provided(Scope.PROVIDE_HIDDEN);
      case "HIDDEN":
        return provided(Scope.HIDDEN);
      default:
        break;
    }
    if (lexer.nextOperator() && !lexer.quotedToken() && ASSIGNMENTS.contains(lexer.token())) {
      LayoutCommand assignment = assignment(at, word, lexer.token(), Scope.ALWAYS);
      end();
      return assignment;
    }
    lexer.reset(before);
    lexer.restore(word, at);
    return null;
  }

  private Assign assignment(int at, String symbol, String operator, Scope scope)
      throws LinkException {
    LayoutExpression value = expressions.parse();
    if (operator.length() > 1) {
      String plain = operator.substring(0, operator.length() - 1);
      value = new Binary(at, plain, new Name(at, symbol), value);
    }
    return new Assign(at, symbol, value, scope);
  }

  private Assign provided(Scope scope) throws LinkException {
    expect("(");
    if (!lexer.nextWord() || !lexer.named()) {
      throw lexer.fault(Code.MALFORMED_INPUT, "expected the name of a symbol");
    }
    int at = lexer.tokenStart();
    String symbol = lexer.token();
    expectOperator("=");
    Assign assignment = assignment(at, symbol, "=", scope);
    expectOperator(")");
    end();
    return assignment;
  }

  private Assertion assertion(int at) throws LinkException {
    expect("(");
    LayoutExpression condition = expressions.parse();
    expectOperator(",");
    if (!lexer.nextWord() || !lexer.named()) {
      throw lexer.fault(Code.MALFORMED_INPUT, "expected a message");
    }
    String message = lexer.token();
    expectOperator(")");
    end();
    return new Assertion(at, condition, message);
  }

  /** A statement may end with a semicolon or a comma. */
  void end() throws LinkException {
    int before = lexer.position();
    if (!lexer.nextOperator() || !(lexer.is(";") || lexer.is(","))) {
      lexer.reset(before);
    }
  }

  private void memory() throws LinkException {
    expect("{");
    while (lexer.nextWord() && !lexer.is("}")) {
      if (!lexer.named()) {
        throw lexer.fault(Code.MALFORMED_INPUT, "expected the name of a memory region");
      }
      int at = lexer.tokenStart();
      String name = lexer.token();
      StringBuilder attributes = new StringBuilder();
      lexer.nextOperator();
      if (lexer.is("(")) {
        while (lexer.nextOperator() && !lexer.is(")")) {
          attributes.append(lexer.token());
        }
        lexer.nextOperator();
      }
      requireToken(":");
      LayoutExpression origin = attribute(Set.of("ORIGIN", "org", "o"));
      expectOperator(",");
      LayoutExpression length = attribute(Set.of("LENGTH", "len", "l"));
      end();
      regions.add(name);
      add(new Region(at, name, attributes.toString(), origin, length));
    }
    requireEnd("MEMORY");
  }

  private LayoutExpression attribute(Set<String> names) throws LinkException {
    if (!lexer.nextOperator() || !names.contains(lexer.token())) {
      throw lexer.fault(Code.MALFORMED_INPUT, "expected one of " + names);
    }
    expectOperator("=");
    return expressions.parse();
  }

  private void headers() throws LinkException {
    expect("{");
    while (lexer.nextWord() && !lexer.is("}")) {
      int at = lexer.tokenStart();
      String name = lexer.token();
      LayoutExpression type = expressions.parse();
      boolean file = false;
      boolean table = false;
      Optional<LayoutExpression> address = Optional.empty();
      Optional<LayoutExpression> flags = Optional.empty();
      while (lexer.nextOperator() && !lexer.is(";")) {
        switch (lexer.token()) {
          case "FILEHDR" -> file = true;
          case "PHDRS" -> table = true;
          case "AT" -> address = Optional.of(parenthesised());
          case "FLAGS" -> flags = Optional.of(parenthesised());
          default ->
              throw lexer.fault(
                  Code.MALFORMED_INPUT, "unexpected '" + lexer.token() + "' in PHDRS");
        }
      }
      requireToken(";");
      add(new Header(at, name, type, file, table, address, flags));
    }
    requireEnd("PHDRS");
  }

  LayoutExpression parenthesised() throws LinkException {
    expectOperator("(");
    LayoutExpression inner = expressions.parse();
    expectOperator(")");
    return inner;
  }

  void expect(String punctuation) throws LinkException {
    lexer.nextWord();
    requireToken(punctuation);
  }

  private void expectOperator(String punctuation) throws LinkException {
    lexer.nextOperator();
    requireToken(punctuation);
  }

  private void requireToken(String punctuation) throws LinkException {
    if (!lexer.is(punctuation)) {
      throw lexer.fault(
          Code.MALFORMED_INPUT,
          "expected '" + punctuation + "' instead of '" + lexer.token() + "'");
    }
  }

  static LayoutExpression zero() {
    return new Number(0);
  }
}
