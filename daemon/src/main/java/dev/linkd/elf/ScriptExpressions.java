package dev.linkd.elf;

import dev.linkd.diag.LinkException;
import dev.linkd.elf.ScriptValue.Home;
import dev.linkd.object.LayoutExpression;
import dev.linkd.object.LayoutExpression.Binary;
import dev.linkd.object.LayoutExpression.Call;
import dev.linkd.object.LayoutExpression.Conditional;
import dev.linkd.object.LayoutExpression.Name;
import dev.linkd.object.LayoutExpression.Number;
import dev.linkd.object.LayoutExpression.Unary;

/**
 * Computes expressions of linker scripts in the arithmetic of 64 bits. Inside of an output section
 * operators work on offsets: on those of two addresses in one section, and on that of an address
 * beside a number. Other addresses count whole, and what becomes of them is a number.
 */
final class ScriptExpressions {

  /** What names and functions stand for. */
  interface Context {
    long dot();

    ScriptValue symbol(int at, String name) throws LinkException;

    boolean defined(String name);

    /** ADDR, LOADADDR, SIZEOF, ALIGNOF, ORIGIN, LENGTH, CONSTANT, SIZEOF_HEADERS. */
    ScriptValue named(Call call) throws LinkException;

    /** The data segment begins behind an address that DATA_SEGMENT_ALIGN gave. */
    void relroBegins(long address);

    void relroEnds(long address);

    LinkException fault(int at, String message);

    /** An assertion does not hold, so far. */
    void broken(LinkException fault);
  }

  private final Context context;

  /** The section whose statements are followed; NONE outside of sections. */
  private Home base = Home.NONE;

  ScriptExpressions(Context context) {
    this.context = context;
  }

  /** What is computed from here on stands inside of a section; {@link Home#NONE}: of none. */
  void inside(Home section) {
    base = section;
  }

  /** Whether what is computed stands inside of a section. */
  boolean inside() {
    return !outside();
  }

  private boolean outside() {
    return base == Home.NONE;
  }

  ScriptValue value(LayoutExpression expression) throws LinkException {
    return switch (expression) {
      case Number number -> ScriptValue.number(number.value());
      case Name name -> name.name().equals(Name.DOT) ? here(context.dot()) : symbol(name);
      case Unary unary -> unary(unary);
      case Binary binary -> binary(binary);
      case Conditional c -> value(truth(c.condition()) ? c.yes() : c.no());
      case Call call -> call(call);
    };
  }

  long number(LayoutExpression expression) throws LinkException {
    return value(expression).number();
  }

  /** Whether an expression is not 0; inside of a section an address counts from its start. */
  boolean truth(LayoutExpression expression) throws LinkException {
    return truth(value(expression));
  }

  private boolean truth(ScriptValue value) {
    return (outside() ? value.number() : value.offset()) != 0;
  }

  /** What a symbol has when it is assigned: inside of a section a number is a place in it. */
  ScriptValue assigned(LayoutExpression expression) throws LinkException {
    ScriptValue value = value(expression);
    return value.plain() && !outside() ? base.at(value.number()) : value;
  }

  /** Where the location counter is when it is assigned. */
  long counter(int at, LayoutExpression expression) throws LinkException {
    ScriptValue value = assigned(expression);
    if (!outside() && !value.address()) {
      throw context.fault(at, "invalid assignment to location counter");
    }
    return value.number();
  }

  private ScriptValue here(long address) {
    return ScriptValue.address(address, base);
  }

  /** Absolute symbols are numbers inside of a section. */
  private ScriptValue symbol(Name name) throws LinkException {
    ScriptValue value = context.symbol(name.at(), name.name());
    return value.address() || outside() ? value : ScriptValue.number(value.number());
  }

  private ScriptValue unary(Unary unary) throws LinkException {
    ScriptValue operand = value(unary.operand());
    if (unary.operator().equals("!")) {
      return ScriptValue.of(!truth(operand));
    }
    boolean negative = unary.operator().equals("-");
    if (outside()) {
      return ScriptValue.number(negative ? -operand.number() : ~operand.number());
    }
    return operand.with(negative ? -operand.offset() : ~operand.offset());
  }

  private ScriptValue binary(Binary binary) throws LinkException {
    ScriptValue left = value(binary.left());
    String operator = binary.operator();
    if (operator.equals("&&")) {
      return ScriptValue.of(truth(left) && truth(binary.right()));
    }
    if (operator.equals("||")) {
      return ScriptValue.of(truth(left) || truth(binary.right()));
    }
    ScriptValue right = value(binary.right());
    boolean offsets = offsets(left, right);
    long a = offsets ? left.offset() : left.number();
    long b = offsets ? right.offset() : right.number();
    int order = Long.compareUnsigned(a, b);
    return switch (operator) {
      case "==" -> ScriptValue.of(a == b);
      case "!=" -> ScriptValue.of(a != b);
      case "<" -> ScriptValue.of(order < 0);
      case ">" -> ScriptValue.of(order > 0);
      case "<=" -> ScriptValue.of(order <= 0);
      case ">=" -> ScriptValue.of(order >= 0);
      default -> {
        long result = arithmetic(binary, a, b);
        yield outside()
            ? computed(result, moves(operator, left, right))
            : inSection(result, left, right);
      }
    };
  }

  /** Whether an operator takes offsets of its operands. */
  private boolean offsets(ScriptValue left, ScriptValue right) {
    return outside()
        ? left.address() && left.beside(right)
        : left.plain() || right.plain() || left.beside(right);
  }

  /** A difference of addresses is a number wherever the image is. */
  private boolean moves(String operator, ScriptValue left, ScriptValue right) {
    return operator.equals("-")
        ? left.address() && !right.address()
        : !offsets(left, right) && (left.address() || right.address());
  }

  private static ScriptValue computed(long result, boolean moves) {
    return moves ? ScriptValue.address(result) : ScriptValue.number(result);
  }

  /** What became of two operands inside of a section: a number beside an address moves that. */
  private static ScriptValue inSection(long result, ScriptValue left, ScriptValue right) {
    if (left.plain()) {
      return right.with(result);
    }
    return right.plain() ? left.with(result) : ScriptValue.number(result);
  }

  private long arithmetic(Binary binary, long a, long b) throws LinkException {
    boolean division = binary.operator().equals("/") || binary.operator().equals("%");
    if (division && b == 0) {
      throw context.fault(binary.at(), binary.operator() + " by zero");
    }
    return switch (binary.operator()) {
      case "+" -> a + b;
      case "*" -> a * b;
      case "-" -> a - b;
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

  private ScriptValue call(Call call) throws LinkException {
    return switch (call.function()) {
      case "ABSOLUTE" -> ScriptValue.absolute(number(call.arguments().getFirst()));
      case "ALIGN" -> align(call);
      case "ASSERT" -> asserted(call);
      case "BLOCK" -> here(aligned(call));
      case "NEXT" -> outside() ? here(aligned(call)) : ScriptValue.absolute(aligned(call));
      case "MAX", "MIN" -> extreme(call);
      case "DEFINED" -> ScriptValue.of(context.defined(call.name()));
      case "SEGMENT_START" -> here(number(call.arguments().getFirst()));
      case "LOG2CEIL" -> {
        long value = number(call.arguments().getFirst());
        yield ScriptValue.number(
            value == 0 || value == 1 ? 0 : 64 - Long.numberOfLeadingZeros(value - 1));
      }
      case "DATA_SEGMENT_ALIGN" -> dataSegment(call);
      case "DATA_SEGMENT_RELRO_END" -> relroEnd(call);
      case "DATA_SEGMENT_END" -> value(call.arguments().getFirst());
      case "ORIGIN" -> origin(context.named(call));
      default -> context.named(call);
    };
  }

  private ScriptValue asserted(Call call) throws LinkException {
    ScriptValue value = value(call.arguments().getFirst());
    if (!truth(value)) {
      context.broken(context.fault(call.at(), call.name()));
    }
    return value;
  }

  /** Inside of a section the start of a region is an address in it. */
  private ScriptValue origin(ScriptValue start) {
    return outside() ? start : here(start.number());
  }

  /** The location counter, moved up. */
  private long aligned(Call call) throws LinkException {
    return alignUp(call, context.dot(), number(call.arguments().getLast()));
  }

  private ScriptValue align(Call call) throws LinkException {
    if (call.arguments().size() == 1) {
      return here(aligned(call));
    }
    ScriptValue first = value(call.arguments().getFirst());
    ScriptValue alignment = value(call.arguments().getLast());
    if (outside()) {
      return computed(alignUp(call, first.number(), alignment.number()), first.address());
    }
    boolean offsets = offsets(first, alignment);
    long result =
        alignUp(
            call,
            offsets ? first.offset() : first.number(),
            offsets ? alignment.offset() : alignment.number());
    return inSection(result, first, alignment);
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

  private ScriptValue extreme(Call call) throws LinkException {
    ScriptValue left = value(call.arguments().getFirst());
    ScriptValue right = value(call.arguments().getLast());
    boolean offsets = offsets(left, right);
    long a = offsets ? left.offset() : left.number();
    long b = offsets ? right.offset() : right.number();
    boolean first = Long.compareUnsigned(a, b) >= 0 == call.function().equals("MAX");
    if (outside()) {
      return first ? left : right;
    }
    long result = first ? a : b;
    if (!offsets) {
      return ScriptValue.absolute(result);
    }
    return left.plain() ? right.with(result) : left.with(result);
  }

  /** The next page at the same place inside of it, so that the file needs no padding. */
  private ScriptValue dataSegment(Call call) throws LinkException {
    long page = number(call.arguments().getFirst());
    long dot = context.dot();
    long address = alignUp(call, dot, page) + (dot & (page - 1));
    context.relroBegins(address);
    return here(address);
  }

  private ScriptValue relroEnd(Call call) throws LinkException {
    long offset = number(call.arguments().getFirst());
    long end = alignUp(call, number(call.arguments().getLast()) + offset, Layout.PAGE);
    context.relroEnds(end);
    return here(end - offset);
  }
}
