package dev.linkd.object;

import dev.linkd.diag.Code;
import dev.linkd.diag.LinkException;
import dev.linkd.object.LayoutExpression.Binary;
import dev.linkd.object.LayoutExpression.Call;
import dev.linkd.object.LayoutExpression.Conditional;
import dev.linkd.object.LayoutExpression.Name;
import dev.linkd.object.LayoutExpression.Number;
import dev.linkd.object.LayoutExpression.Unary;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads expressions of linker scripts: those of C with functions for addresses and sizes. */
final class ExpressionParser {
  private static final int DEPTH_MAX = 200;
  private static final int TERNARY = 1;

  private static final Map<String, Integer> PRECEDENCE =
      Map.ofEntries(
          Map.entry("||", 2),
          Map.entry("&&", 3),
          Map.entry("|", 4),
          Map.entry("^", 5),
          Map.entry("&", 6),
          Map.entry("==", 7),
          Map.entry("!=", 7),
          Map.entry("<", 8),
          Map.entry(">", 8),
          Map.entry("<=", 8),
          Map.entry(">=", 8),
          Map.entry("<<", 9),
          Map.entry(">>", 9),
          Map.entry("+", 10),
          Map.entry("-", 10),
          Map.entry("*", 11),
          Map.entry("/", 11),
          Map.entry("%", 11));

  /** Functions whose first argument is a name. */
  private static final Set<String> NAMED =
      Set.of(
          "ADDR",
          "ALIGNOF",
          "CONSTANT",
          "DEFINED",
          "LENGTH",
          "LOADADDR",
          "ORIGIN",
          "SEGMENT_START",
          "SIZEOF");

  private static final Set<String> FUNCTIONS =
      Set.of(
          "ABSOLUTE",
          "ALIGN",
          "BLOCK",
          "DATA_SEGMENT_ALIGN",
          "DATA_SEGMENT_END",
          "DATA_SEGMENT_RELRO_END",
          "LOG2CEIL",
          "MAX",
          "MIN",
          "NEXT");

  private final LinkerScriptLexer lexer;
  private final Map<String, String> aliases;
  private int depth;

  /**
   * @param aliases other names of regions
   */
  ExpressionParser(LinkerScriptLexer lexer, Map<String, String> aliases) {
    this.lexer = lexer;
    this.aliases = aliases;
  }

  /** Reads an expression and leaves the lexer before the token that ends it. */
  LayoutExpression parse() throws LinkException {
    return binary(TERNARY);
  }

  private LayoutExpression binary(int least) throws LinkException {
    if (++depth > DEPTH_MAX) {
      throw lexer.fault(Code.LIMIT_EXCEEDED, "expression is nested too deeply");
    }
    LayoutExpression left = unary();
    while (true) {
      int before = lexer.position();
      boolean more = lexer.nextOperator();
      String operator = lexer.token();
      int at = lexer.tokenStart();
      if (more && lexer.is("?") && least <= TERNARY) {
        left = conditional(left);
        continue;
      }
      Integer precedence = more && lexer.is(operator) ? PRECEDENCE.get(operator) : null;
      if (precedence == null || precedence < least) {
        lexer.reset(before);
        depth--;
        return left;
      }
      left = new Binary(at, operator, left, binary(precedence + 1));
    }
  }

  private LayoutExpression conditional(LayoutExpression condition) throws LinkException {
    LayoutExpression yes = binary(TERNARY);
    lexer.nextOperator();
    expect(":");
    return new Conditional(condition, yes, binary(TERNARY));
  }

  private LayoutExpression unary() throws LinkException {
    if (!lexer.nextOperator()) {
      throw lexer.fault(Code.MALFORMED_INPUT, "expression expected at the end of the script");
    }
    if (lexer.is("(")) {
      LayoutExpression inner = binary(TERNARY);
      lexer.nextOperator();
      expect(")");
      return inner;
    }
    for (String operator : new String[] {"-", "~", "!", "+"}) {
      if (lexer.is(operator)) {
        if (++depth > DEPTH_MAX) {
          throw lexer.fault(Code.LIMIT_EXCEEDED, "expression is nested too deeply");
        }
        LayoutExpression operand = unary();
        depth--;
        return operator.equals("+") ? operand : new Unary(operator, operand);
      }
    }
    return primary();
  }

  private LayoutExpression primary() throws LinkException {
    String token = lexer.token();
    int at = lexer.tokenStart();
    if (!lexer.named()) {
      throw lexer.fault(Code.MALFORMED_INPUT, "expression expected before '" + token + "'");
    }
    if (!token.isEmpty() && Character.isDigit(token.charAt(0))) {
      return new Number(number(token));
    }
    if (token.equals("SIZEOF_HEADERS") || token.equals("sizeof_headers")) {
      return new Call(at, "SIZEOF_HEADERS", "", List.of());
    }
    int before = lexer.position();
    boolean call = lexer.nextOperator() && lexer.is("(");
    if (call && token.equals("ASSERT")) {
      return assertion(at);
    }
    if (call && (NAMED.contains(token) || FUNCTIONS.contains(token))) {
      return call(at, token);
    }
    lexer.reset(before);
    return new Name(at, token);
  }

  /** An assertion has the value of what is to hold. */
  private LayoutExpression assertion(int at) throws LinkException {
    LayoutExpression condition = binary(TERNARY);
    lexer.nextOperator();
    expect(",");
    if (!lexer.nextWord() || !lexer.named()) {
      throw lexer.fault(Code.MALFORMED_INPUT, "expected a message");
    }
    String message = lexer.token();
    lexer.nextOperator();
    expect(")");
    return new Call(at, "ASSERT", message, List.of(condition));
  }

  private LayoutExpression call(int at, String function) throws LinkException {
    String name = "";
    List<LayoutExpression> arguments = new ArrayList<>();
    if (NAMED.contains(function)) {
      if (!lexer.nextWord() || !lexer.named()) {
        throw lexer.fault(Code.MALFORMED_INPUT, "a name is expected in " + function);
      }
      boolean region = function.equals("ORIGIN") || function.equals("LENGTH");
      name = region ? aliases.getOrDefault(lexer.token(), lexer.token()) : lexer.token();
      lexer.nextOperator();
    } else {
      arguments.add(binary(TERNARY));
      lexer.nextOperator();
    }
    while (lexer.is(",")) {
      arguments.add(binary(TERNARY));
      lexer.nextOperator();
    }
    expect(")");
    int wanted =
        switch (function) {
          case "MAX", "MIN", "DATA_SEGMENT_ALIGN", "DATA_SEGMENT_RELRO_END" -> 2;
          case "ALIGN" -> Math.max(1, Math.min(2, arguments.size()));
          case "SEGMENT_START", "ABSOLUTE", "BLOCK", "DATA_SEGMENT_END", "LOG2CEIL", "NEXT" -> 1;
          default -> 0;
        };
    if (arguments.size() != wanted) {
      throw lexer.fault(Code.MALFORMED_INPUT, "invalid number of arguments of " + function);
    }
    return new Call(at, function, name, arguments);
  }

  private void expect(String punctuation) throws LinkException {
    if (!lexer.is(punctuation)) {
      throw lexer.fault(
          Code.MALFORMED_INPUT,
          "expected '" + punctuation + "' instead of '" + lexer.token() + "'");
    }
  }

  /** As in C, with K and M for binary multiples. */
  private long number(String token) throws LinkException {
    String digits = token;
    int shift = 0;
    char last = Character.toUpperCase(token.charAt(token.length() - 1));
    if (last == 'K' || last == 'M') {
      shift = last == 'K' ? 10 : 20;
      digits = token.substring(0, token.length() - 1);
    }
    boolean hexadecimal = digits.startsWith("0x") || digits.startsWith("0X");
    boolean octal = !hexadecimal && digits.length() > 1 && digits.startsWith("0");
    try {
      long value =
          hexadecimal
              ? Long.parseUnsignedLong(digits.substring(2), 16)
              : Long.parseUnsignedLong(digits, octal ? 8 : 10);
      return value << shift;
    } catch (NumberFormatException e) {
      throw lexer.fault(Code.MALFORMED_INPUT, "invalid number '" + token + "'");
    }
  }
}
