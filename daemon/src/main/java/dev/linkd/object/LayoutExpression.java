package dev.linkd.object;

import java.util.List;
import java.util.function.Consumer;

/** An expression of a linker script; {@code at} is the offset of its first token in the script. */
public sealed interface LayoutExpression {

  /** Names the symbols of which the expression takes the value. */
  default void symbols(Consumer<String> to) {
    switch (this) {
      case Number _ -> {}
      case Name name -> {
        if (!name.name().equals(Name.DOT)) {
          to.accept(name.name());
        }
      }
      case Unary unary -> unary.operand().symbols(to);
      case Binary binary -> {
        binary.left().symbols(to);
        binary.right().symbols(to);
      }
      case Conditional conditional -> {
        conditional.condition().symbols(to);
        conditional.yes().symbols(to);
        conditional.no().symbols(to);
      }
      case Call call -> call.arguments().forEach(argument -> argument.symbols(to));
    }
  }

  /** A constant. */
  record Number(long value) implements LayoutExpression {}

  /** A symbol, or the location counter. */
  record Name(int at, String name) implements LayoutExpression {

    /** The location counter. */
    public static final String DOT = ".";
  }

  /** {@code -}, {@code ~} or {@code !}. */
  record Unary(String operator, LayoutExpression operand) implements LayoutExpression {}

  /** An operator of C with two operands. */
  record Binary(int at, String operator, LayoutExpression left, LayoutExpression right)
      implements LayoutExpression {}

  /** {@code condition ? yes : no}. */
  record Conditional(LayoutExpression condition, LayoutExpression yes, LayoutExpression no)
      implements LayoutExpression {}

  /**
   * A built-in function.
   *
   * @param name of a section, region, symbol or constant when the function takes one, the message
   *     of an assertion; else empty
   */
  record Call(int at, String function, String name, List<LayoutExpression> arguments)
      implements LayoutExpression {
    public Call {
      arguments = List.copyOf(arguments);
    }
  }
}
