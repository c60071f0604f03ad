package dev.linkd.driver;

import dev.linkd.output.SymbolExpression;
import dev.linkd.output.SymbolExpression.Address;
import dev.linkd.output.SymbolExpression.Binary;
import dev.linkd.output.SymbolExpression.Choice;
import dev.linkd.output.SymbolExpression.Constant;
import dev.linkd.output.SymbolExpression.Operator;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the expressions of {@code --defsym} that need only symbols: those of linker scripts without
 * functions.
 */
final class ExpressionParser {
  private static final int DEPTH_MAX = 200;
  private static final String END = "";

  /** A function such as {@code ADDR(}, or the location counter, or a name in quotes. */
  private static final Pattern OF_SCRIPT =
      Pattern.compile(
          "\\b[A-Z][A-Z0-9_]+\\s*\\(|\\bSIZEOF_HEADERS\\b|\\bsizeof_headers\\b|\""
              + "|(?<![\\w.$])\\.(?![\\w.$])");

  private final String text;
  private int at;
  private int depth;

  private ExpressionParser(String text) {
    this.text = text;
  }

  /** Whether only a linker script has what the expression needs. */
  static boolean isOfScript(String text) {
    return OF_SCRIPT.matcher(text).find();
  }

  static SymbolExpression parse(String text) throws UsageException {
    ExpressionParser parser = new ExpressionParser(text);
    SymbolExpression value = parser.choice();
    if (!parser.peek().equals(END)) {
      throw parser.fault("unexpected '" + parser.peek() + "'");
    }
    return value;
  }

  private SymbolExpression choice() throws UsageException {
    if (++depth > DEPTH_MAX) {
      throw fault("nested more than " + DEPTH_MAX + " times");
    }
    SymbolExpression value = binary(0);
    if (peek().equals("?")) {
      next();
      SymbolExpression yes = choice();
      expect(":");
      value = new Choice(value, yes, choice());
    }
    depth--;
    return value;
  }

  private SymbolExpression binary(int above) throws UsageException {
    SymbolExpression left = operand();
    Operator operator = operator(peek());
    while (operator != null && operator.precedence() > above) {
      next();
      left = new Binary(operator, left, binary(operator.precedence()));
      operator = operator(peek());
    }
    return left;
  }

  private static @Nullable Operator operator(String sign) {
    for (Operator operator : Operator.values()) {
      if (operator.sign().equals(sign)) {
        return operator;
      }
    }
    return null;
  }

  private SymbolExpression operand() throws UsageException {
    if (++depth > DEPTH_MAX) {
      throw fault("nested more than " + DEPTH_MAX + " times");
    }
    SymbolExpression value = single(next());
    depth--;
    return value;
  }

  private SymbolExpression single(String word) throws UsageException {
    switch (word) {
      case END:
        throw fault("unexpected EOF");
      case "(":
        SymbolExpression inner = choice();
        expect(")");
        return inner;
      case "-":
        return new Binary(Operator.MINUS, new Constant(0), operand());
      case "~":
        return new Binary(Operator.XOR, new Constant(-1), operand());
      case "!":
        return new Binary(Operator.EQUAL, new Constant(0), operand());
      case "+":
        return operand();
      default:
        break;
    }
    if (Character.isDigit(word.charAt(0))) {
      return new Constant(number(word));
    }
    if (isNameStart(word.charAt(0))) {
      return new Address(word);
    }
    throw fault("unexpected '" + word + "'");
  }

  /** Hexadecimal with 0x, octal with 0, decimal; K and M stand for powers of 1024. */
  private long number(String word) throws UsageException {
    String digits = word.toLowerCase(Locale.ROOT);
    int shift = 0;
    boolean hexadecimal = digits.startsWith("0x");
    if (digits.endsWith("k") || digits.endsWith("m")) {
      shift = digits.endsWith("k") ? 10 : 20;
      digits = digits.substring(0, digits.length() - 1);
    }
    try {
      if (hexadecimal) {
        return Long.parseUnsignedLong(digits.substring(2), 16) << shift;
      }
      boolean octal = digits.startsWith("0") && digits.length() > 1;
      return Long.parseUnsignedLong(digits, octal ? 8 : 10) << shift;
    } catch (NumberFormatException e) {
      throw new UsageException("--defsym:1: syntax error in --defsym: not a number: " + word);
    }
  }

  private void expect(String word) throws UsageException {
    String found = next();
    if (!found.equals(word)) {
      String what = found.equals(END) ? "EOF" : "'" + found + "'";
      throw fault("unexpected " + what + ", expected '" + word + "'");
    }
  }

  private UsageException fault(String what) {
    return new UsageException("--defsym:1: syntax error: " + what + " in " + text);
  }

  private String peek() {
    int before = at;
    String word = next();
    at = before;
    return word;
  }

  private String next() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    if (at == text.length()) {
      return END;
    }
    int start = at;
    char first = text.charAt(at);
    if (isNameStart(first) || Character.isDigit(first)) {
      while (at < text.length() && isNamePart(text.charAt(at))) {
        at++;
      }
      return text.substring(start, at);
    }
    at++;
    if (at < text.length() && operator(text.substring(start, at + 1)) != null) {
      at++;
    }
    return text.substring(start, at);
  }

  private static boolean isNameStart(char c) {
    return Character.isLetter(c) || c == '_' || c == '.' || c == '$';
  }

  private static boolean isNamePart(char c) {
    return isNameStart(c) || Character.isDigit(c) || c == '@';
  }
}
