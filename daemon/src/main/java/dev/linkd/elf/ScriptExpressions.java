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
 * Computes expressions of linker scripts in the arithmetic of 64 bits. Operators work on offsets:
 * on those of two addresses in one section, and on that of an address beside a plain number, which
 * between output sections only functions as SIZEOF give. Other addresses count whole, and what
 * becomes of them is in no section.
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
      case Number number ->
          outside() ? ScriptValue.absolute(number.value()) : ScriptValue.number(number.value());
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

  /** Whether an expression is not 0; an address in a section counts from the start of that. */
  boolean truth(LayoutExpression expression) throws LinkException {
    return truth(value(expression));
  }

  private static boolean truth(ScriptValue value) {
    return value.offset() != 0;
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
    if (outside()) {
      return value.home().loose() ? ScriptValue.address(value.number()) : value;
    }
    return value.address() ? value : ScriptValue.number(value.number());
  }

  private ScriptValue unary(Unary unary) throws LinkException {
    ScriptValue operand = value(unary.operand());
    long result =
        switch (unary.operator()) {
          case "!" -> truth(operand) ? 0 : 1;
          case "-" -> -operand.offset();
          default -> ~operand.offset();
        };
    return operand.placed() || operand.plain()
        ? operand.with(result)
        : ScriptValue.absolute(result);
  }

  private ScriptValue binary(Binary binary) throws LinkException {
    ScriptValue left = value(binary.left());
    String operator = binary.operator();
    boolean settles = operator.equals("||") ? truth(left) : operator.equals("&&") && !truth(left);
    if (settles && !left.placed()) {
      return ScriptValue.of(operator.equals("||"));
    }
    Operands of = operands(left, value(binary.right()));
    int order = Long.compareUnsigned(of.a, of.b);
    return switch (operator) {
      case "&&" -> ScriptValue.of(of.a != 0 && of.b != 0);
      case "||" -> ScriptValue.of(of.a != 0 || of.b != 0);
      case "==" -> ScriptValue.of(order == 0);
      case "!=" -> ScriptValue.of(order != 0);
      case "<" -> ScriptValue.of(order < 0);
      case ">" -> ScriptValue.of(order > 0);
      case "<=" -> ScriptValue.of(order <= 0);
      case ">=" -> ScriptValue.of(order >= 0);
      default -> computed(operator, of, arithmetic(binary, of.a, of.b));
    };
  }

  /**
   * Two operands as an operator takes them: whole when they are in two sections, or one in none.
   *
   * @param a the first one
   * @param b the other one
   * @param split they are not in one section, and neither is a plain number
   */
  private record Operands(ScriptValue left, ScriptValue right, long a, long b, boolean split) {
    /** Whether neither is a plain number beside something else. */
    boolean alike() {
      return left.plain() == right.plain();
    }

    /** That which gives the result its section. */
    ScriptValue frame() {
      return left.plain() ? right : left;
    }
  }

  private static Operands operands(ScriptValue left, ScriptValue right) {
    boolean split = !left.plain() && !right.plain() && !left.beside(right);
    return split
        ? new Operands(left, right, left.number(), right.number(), true)
        : new Operands(left, right, left.offset(), right.offset(), false);
  }

  /** A number beside an address moves that; what else becomes of addresses is in no section. */
  private ScriptValue computed(String operator, Operands of, long result) {
    if (!outside()) {
      return of.alike() ? ScriptValue.number(result) : of.frame().with(result);
    }
    if (!of.alike() && of.frame().placed()) {
      return of.frame().with(result);
    }
    boolean whole = of.split || !of.left.placed();
    return whole && moves(operator, of.left, of.right)
        ? ScriptValue.address(result)
        : ScriptValue.absolute(result);
  }

  /** A difference of addresses is a number wherever the image is. */
  private static boolean moves(String operator, ScriptValue left, ScriptValue right) {
    return operator.equals("-")
        ? left.address() && !right.address()
        : left.address() || right.address();
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
        long value = value(call.arguments().getFirst()).offset();
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
    Operands of = operands(first, value(call.arguments().getLast()));
    return chosen(of, first, alignUp(call, of.a, of.b));
  }

  /** What became of one of two operands, in the section that both have. */
  private static ScriptValue chosen(Operands of, ScriptValue one, long result) {
    if (!of.split && (of.frame().placed() || of.left.plain() || of.right.plain())) {
      return of.frame().with(result);
    }
    return one.address() ? ScriptValue.address(result) : ScriptValue.absolute(result);
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
    Operands of = operands(left, right);
    boolean first = Long.compareUnsigned(of.a, of.b) >= 0 == call.function().equals("MAX");
    return chosen(of, first ? left : right, first ? of.a : of.b);
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
