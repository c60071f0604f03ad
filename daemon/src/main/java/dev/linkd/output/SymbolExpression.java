package dev.linkd.output;

import java.util.function.Consumer;
import java.util.function.LongBinaryOperator;

/** A value made of numbers and symbols, in unsigned 64-bit arithmetic. */
public sealed interface SymbolExpression {

  /** Addresses of symbols. */
  @FunctionalInterface
  interface Values {
    /** Address of a symbol, or its absolute value. */
    long of(String name);
  }

  /**
   * Computes the value.
   *
   * @throws ArithmeticException for a division by zero
   */
  long value(Values values);

  /** Visits the symbols that the value depends on. */
  void names(Consumer<String> visitor);

  /** A constant. */
  record Constant(long value) implements SymbolExpression {
    @Override
    public long value(Values values) {
      return value;
    }

    @Override
    public void names(Consumer<String> visitor) {}
  }

  /** The address of a symbol. */
  record Address(String name) implements SymbolExpression {
    @Override
    public long value(Values values) {
      return values.of(name);
    }

    @Override
    public void names(Consumer<String> visitor) {
      visitor.accept(name);
    }
  }

  /** An operator with two operands; unary operators have a constant on the left. */
  record Binary(Operator operator, SymbolExpression left, SymbolExpression right)
      implements SymbolExpression {
    @Override
    public long value(Values values) {
      return operator.apply(left.value(values), right.value(values));
    }

    @Override
    public void names(Consumer<String> visitor) {
      left.names(visitor);
      right.names(visitor);
    }
  }

  /** {@code condition ? yes : no}. */
  record Choice(SymbolExpression condition, SymbolExpression yes, SymbolExpression no)
      implements SymbolExpression {
    @Override
    public long value(Values values) {
      return condition.value(values) != 0 ? yes.value(values) : no.value(values);
    }

    @Override
    public void names(Consumer<String> visitor) {
      condition.names(visitor);
      yes.names(visitor);
      no.names(visitor);
    }
  }

  /**
   * Operators with the precedence that they have in C; signs that begin others come behind them.
   */
  enum Operator {
    OR_ELSE("||", 1, (a, b) -> truth(a != 0 || b != 0)),
    AND_ALSO("&&", 2, (a, b) -> truth(a != 0 && b != 0)),
    OR("|", 3, (a, b) -> a | b),
    XOR("^", 4, (a, b) -> a ^ b),
    AND("&", 5, (a, b) -> a & b),
    EQUAL("==", 6, (a, b) -> truth(a == b)),
    DIFFERENT("!=", 6, (a, b) -> truth(a != b)),
    SHIFT_LEFT("<<", 8, (a, b) -> inWord(b) ? a << b : 0),
    SHIFT_RIGHT(">>", 8, (a, b) -> inWord(b) ? a >>> b : 0),
    AT_MOST("<=", 7, (a, b) -> truth(Long.compareUnsigned(a, b) <= 0)),
    AT_LEAST(">=", 7, (a, b) -> truth(Long.compareUnsigned(a, b) >= 0)),
    LESS("<", 7, (a, b) -> truth(Long.compareUnsigned(a, b) < 0)),
    GREATER(">", 7, (a, b) -> truth(Long.compareUnsigned(a, b) > 0)),
    PLUS("+", 9, (a, b) -> a + b),
    MINUS("-", 9, (a, b) -> a - b),
    TIMES("*", 10, (a, b) -> a * b),
    DIVIDED_BY("/", 10, Long::divideUnsigned),
    REMAINDER("%", 10, Long::remainderUnsigned);

    private final String sign;
    private final int precedence;
    private final LongBinaryOperator function;

    Operator(String sign, int precedence, LongBinaryOperator function) {
      this.sign = sign;
      this.precedence = precedence;
      this.function = function;
    }

    /** How it is written. */
    public String sign() {
      return sign;
    }

    /** The higher, the tighter it binds. */
    public int precedence() {
      return precedence;
    }

    /**
     * Applies it.
     *
     * @throws ArithmeticException for a division by zero
     */
    public long apply(long a, long b) {
      return function.applyAsLong(a, b);
    }

    private static long truth(boolean is) {
      return is ? 1 : 0;
    }

    private static boolean inWord(long bits) {
      return Long.compareUnsigned(bits, Long.SIZE) < 0;
    }
  }
}
