package dev.linkd.elf;

import dev.linkd.diag.LinkException;
import dev.linkd.object.LayoutExpression;
import dev.linkd.object.LayoutExpression.Binary;
import dev.linkd.object.LayoutExpression.Call;
import dev.linkd.object.LayoutExpression.Conditional;
import dev.linkd.object.LayoutExpression.Name;
import dev.linkd.object.LayoutExpression.Number;
import dev.linkd.object.LayoutExpression.Unary;

/** Computes expressions of linker scripts in the arithmetic of 64 bits. */
final class ScriptExpressions {

  /**
   * A result.
   *
   * @param address it moves with the image; else it is a plain number
   */
  record Value(long number, boolean address) {
    static final Value ZERO = new Value(0, false);

    static Value of(boolean truth) {
      return new Value(truth ? 1 : 0, false);
    }

    boolean truth() {
      return number != 0;
    }
  }

  /** What names and functions stand for. */
  interface Context {
    long dot();

    Value symbol(int at, String name) throws LinkException;

    boolean defined(String name);

    /** ADDR, LOADADDR, SIZEOF, ALIGNOF, ORIGIN, LENGTH, CONSTANT, SIZEOF_HEADERS. */
    Value named(Call call) throws LinkException;

    /** The data segment begins behind an address that DATA_SEGMENT_ALIGN gave. */
    void relroBegins(long address);

    void relroEnds(long address);

    LinkException fault(int at, String message);
  }

  private final Context context;

  ScriptExpressions(Context context) {
    this.context = context;
  }

  Value value(LayoutExpression expression) throws LinkException {
    return switch (expression) {
      case Number number -> new Value(number.value(), false);
      case Name name ->
          name.name().equals(Name.DOT)
              ? new Value(context.dot(), true)
              : context.symbol(name.at(), name.name());
      case Unary unary -> unary(unary);
      case Binary binary -> binary(binary);
      case Conditional c -> value(value(c.condition()).truth() ? c.yes() : c.no());
      case Call call -> call(call);
    };
  }

  long number(LayoutExpression expression) throws LinkException {
    return value(expression).number();
  }

  private Value unary(Unary unary) throws LinkException {
    Value operand = value(unary.operand());
    return switch (unary.operator()) {
      case "-" -> new Value(-operand.number(), false);
      case "~" -> new Value(~operand.number(), false);
      default -> Value.of(!operand.truth());
    };
  }

  private Value binary(Binary binary) throws LinkException {
    Value left = value(binary.left());
    String operator = binary.operator();
    if (operator.equals("&&")) {
      return Value.of(left.truth() && value(binary.right()).truth());
    }
    if (operator.equals("||")) {
      return Value.of(left.truth() || value(binary.right()).truth());
    }
    Value right = value(binary.right());
    long a = left.number();
    long b = right.number();
    int order = Long.compareUnsigned(a, b);
    return switch (operator) {
      case "==" -> Value.of(a == b);
      case "!=" -> Value.of(a != b);
      case "<" -> Value.of(order < 0);
      case ">" -> Value.of(order > 0);
      case "<=" -> Value.of(order <= 0);
      case ">=" -> Value.of(order >= 0);
      case "-" -> new Value(a - b, left.address() && !right.address());
      default -> new Value(arithmetic(binary, a, b), left.address() || right.address());
    };
  }

  private long arithmetic(Binary binary, long a, long b) throws LinkException {
    boolean division = binary.operator().equals("/") || binary.operator().equals("%");
    if (division && b == 0) {
      throw context.fault(binary.at(), binary.operator() + " by zero");
    }
    return switch (binary.operator()) {
      case "+" -> a + b;
      case "*" -> a * b;
      case "/" -> Long.divideUnsigned(a, b);
      case "%" -> Long.remainderUnsigned(a, b);
      case "&" -> a & b;
      case "|" -> a | b;
      case "^" -> a ^ b;
      case "<<" -> b >= 64 || b < 0 ? 0 : a << b;
      case ">>" -> b >= 64 || b < 0 ? 0 : a >>> b;
      default -> throw context.fault(binary.at(), "unknown operator " + binary.operator());
    };
  }

  private Value call(Call call) throws LinkException {
    return switch (call.function()) {
      case "ABSOLUTE" -> new Value(number(call.arguments().getFirst()), false);
      case "ALIGN", "BLOCK", "NEXT" -> align(call);
      case "MAX", "MIN" -> extreme(call);
      case "DEFINED" -> Value.of(context.defined(call.name()));
      case "SEGMENT_START" -> new Value(number(call.arguments().getFirst()), true);
      case "LOG2CEIL" -> {
        long value = number(call.arguments().getFirst());
        yield new Value(
            value == 0 || value == 1 ? 0 : 64 - Long.numberOfLeadingZeros(value - 1), false);
      }
      case "DATA_SEGMENT_ALIGN" -> dataSegment(call);
      case "DATA_SEGMENT_RELRO_END" -> relroEnd(call);
      case "DATA_SEGMENT_END" -> value(call.arguments().getFirst());
      default -> context.named(call);
    };
  }

  private Value align(Call call) throws LinkException {
    boolean dot = call.arguments().size() == 1;
    Value base = dot ? new Value(context.dot(), true) : value(call.arguments().getFirst());
    long alignment = number(call.arguments().getLast());
    return new Value(alignUp(call, base.number(), alignment), base.address());
  }

  private long alignUp(Call call, long value, long alignment) throws LinkException {
    if (alignment <= 1) {
      return value;
    }
    long rest = Long.remainderUnsigned(value, alignment);
    if (Long.bitCount(alignment) != 1) {
      throw context.fault(call.at(), "alignment " + alignment + " is no power of two");
    }
    return rest == 0 ? value : value - rest + alignment;
  }

  private Value extreme(Call call) throws LinkException {
    Value a = value(call.arguments().getFirst());
    Value b = value(call.arguments().getLast());
    boolean first = Long.compareUnsigned(a.number(), b.number()) >= 0;
    return first == call.function().equals("MAX") ? a : b;
  }

  /** The next page at the same place inside of it, so that the file needs no padding. */
  private Value dataSegment(Call call) throws LinkException {
    long page = number(call.arguments().getFirst());
    long dot = context.dot();
    long address = alignUp(call, dot, page) + (dot & (page - 1));
    context.relroBegins(address);
    return new Value(address, true);
  }

  private Value relroEnd(Call call) throws LinkException {
    long offset = number(call.arguments().getFirst());
    long end = alignUp(call, number(call.arguments().getLast()) + offset, Layout.PAGE);
    context.relroEnds(end);
    return new Value(end - offset, true);
  }
}
