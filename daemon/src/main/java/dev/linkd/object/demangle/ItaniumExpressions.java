package dev.linkd.object.demangle;

import static dev.linkd.object.demangle.ItaniumNames.sequence;
import static dev.linkd.object.demangle.ItaniumNames.text;

import java.util.ArrayList;
import java.util.List;

/** Expressions in template arguments and decltype (Itanium C++ ABI, 5.1.6). */
final class ItaniumExpressions {
  private final ItaniumParser in;

  ItaniumExpressions(ItaniumParser in) {
    this.in = in;
  }

  Node expression() throws MangledNameException {
    in.enter();
    Node node = parse();
    in.leave();
    return node;
  }

  private Node parse() throws MangledNameException {
    if (in.peek() == 'L') return literal();
    if (in.peek() == 'T') {
      in.next();
      return in.templateParameter();
    }
    if (in.peek() == 'f' && (in.peek(1) == 'p' || in.peek(1) == 'L')) return functionParameter();
    if (in.accept("gs")) return sequence(text("::"), expression());
    if (in.accept("nw")) return allocation("new ");
    if (in.accept("na")) return allocation("new[] ");
    if (in.accept("sp")) return expression();
    if (in.accept("cl")) return call();
    if (in.accept("cv")) return conversion();
    if (in.accept("tl")) return list(in.types.type());
    if (in.accept("il")) return list(ItaniumParser.EMPTY);
    if (in.accept("dt")) return sequence(expression(), text("."), member());
    if (in.accept("pt")) return sequence(expression(), text("->"), member());
    if (in.accept("ds")) return sequence(expression(), text(".*"), expression());
    if (in.accept("st")) return function("sizeof (", in.types.type());
    if (in.accept("sz")) return function("sizeof (", expression());
    if (in.accept("at")) return function("alignof (", in.types.type());
    if (in.accept("az")) return function("alignof (", expression());
    if (in.accept("nx")) return function("noexcept (", expression());
    if (in.accept("ti")) return function("typeid (", in.types.type());
    if (in.accept("te")) return function("typeid (", expression());
    if (in.accept("sZ")) return sizeOfPack();
    if (in.accept("sc")) return cast("static_cast<");
    if (in.accept("dc")) return cast("dynamic_cast<");
    if (in.accept("rc")) return cast("reinterpret_cast<");
    if (in.accept("cc")) return cast("const_cast<");
    if (in.accept("sr")) return scoped();
    if (in.accept("qu")) {
      return sequence(operand(), text("?"), operand(), text(" : "), operand());
    }
    if (in.accept("ix")) {
      return sequence(operand(), text("["), expression(), text("]"));
    }
    if (in.accept("pp_") || in.accept("mm_")) throw new MangledNameException();
    if (in.digit() || in.peek() == 'o') return unresolved();
    return operation();
  }

  private Node operation() throws MangledNameException {
    String code = in.take(2);
    String symbol = Operators.symbol(code);
    if (symbol.isEmpty() || Character.isLetter(symbol.charAt(0))) {
      throw new MangledNameException();
    }
    if (code.equals("ad") && external()) {
      return sequence(text("&"), functionName());
    }
    if (Operators.prefix(code)) {
      return sequence(text(symbol), operand());
    }
    Node left = operand();
    Node right = operand();
    // A > would end the list of arguments.
    Node whole = sequence(left, text(symbol), right);
    return code.equals("gt") ? sequence(text("("), whole, text(")")) : whole;
  }

  private Node operand() throws MangledNameException {
    boolean simple = in.digit() || in.peek() == 'f' && in.peek(1) == 'p';
    Node inner = expression();
    return simple ? inner : sequence(text("("), inner, text(")"));
  }

  private Node function(String words, Node operand) {
    return sequence(text(words), operand, text(")"));
  }

  private Node call() throws MangledNameException {
    boolean named = external();
    Node callee = named ? functionName() : expression();
    List<Node> arguments = new ArrayList<>();
    while (!in.accept("E")) {
      arguments.add(expression());
    }
    boolean plain = named || callee instanceof Node.Text || callee instanceof Node.Nested;
    Node function = plain ? callee : sequence(text("("), callee, text(")"));
    return sequence(function, text("("), new Node.Pack(arguments), text(")"));
  }

  private Node conversion() throws MangledNameException {
    Node type = in.types.type();
    if (!in.accept("_")) {
      return sequence(text("("), type, text(")"), operand());
    }
    List<Node> arguments = new ArrayList<>();
    while (!in.accept("E")) {
      arguments.add(expression());
    }
    return sequence(text("("), type, text(")("), new Node.Pack(arguments), text(")"));
  }

  /** {@code new (place) Type(arguments)}. */
  private Node allocation(String word) throws MangledNameException {
    List<Node> place = new ArrayList<>();
    while (!in.accept("_")) {
      place.add(expression());
    }
    Node type = in.types.type();
    Node placed = place.isEmpty() ? ItaniumParser.EMPTY : parenthesized("(", place, ") ");
    if (in.accept("E")) {
      return sequence(text(word), placed, type);
    }
    if (!in.accept("pi")) {
      throw new MangledNameException();
    }
    List<Node> arguments = new ArrayList<>();
    while (!in.accept("E")) {
      arguments.add(expression());
    }
    return sequence(text(word), placed, type, parenthesized("(", arguments, ")"));
  }

  private static Node parenthesized(String open, List<Node> list, String close) {
    return sequence(text(open), new Node.Pack(list), text(close));
  }

  private Node list(Node type) throws MangledNameException {
    List<Node> elements = new ArrayList<>();
    while (!in.accept("E")) {
      elements.add(expression());
    }
    return sequence(type, text("{"), new Node.Pack(elements), text("}"));
  }

  private Node cast(String words) throws MangledNameException {
    Node type = in.types.type();
    return sequence(text(words), type, text(">("), expression(), text(")"));
  }

  private Node sizeOfPack() throws MangledNameException {
    Node pack = expression();
    int size = pack instanceof Node.Pack elements ? elements.list().size() : 1;
    return text(Integer.toString(size));
  }

  private Node functionParameter() throws MangledNameException {
    in.expect('f');
    if (in.next() == 'L') {
      in.number();
      in.expect('p');
    }
    in.types.qualifiers();
    if (in.accept("T")) {
      return text("this");
    }
    return text("{parm#" + (in.index() + 1) + "}");
  }

  private Node member() throws MangledNameException {
    return in.peek() == 's' && in.peek(1) == 'r' ? expression() : unresolved();
  }

  private Node unresolved() throws MangledNameException {
    Node name =
        in.accept("on") ? in.names.unqualified(ItaniumParser.EMPTY) : text(in.names.sourceName());
    return in.peek() == 'I' ? new Node.Template(name, in.types.arguments(false)) : name;
  }

  private Node scoped() throws MangledNameException {
    if (in.accept("N")) {
      Node scope = in.types.type();
      while (!in.accept("E")) {
        scope = new Node.Nested(scope, unresolved());
      }
      return new Node.Nested(scope, unresolved());
    }
    if (in.digit()) {
      Node scope = unresolved();
      while (!in.accept("E")) {
        scope = new Node.Nested(scope, unresolved());
      }
      return new Node.Nested(scope, unresolved());
    }
    return new Node.Nested(in.types.type(), unresolved());
  }

  /** Whether a function of the program follows: {@code L_Z3foovE}. */
  private boolean external() {
    return in.peek() == 'L' && (in.peek(1) == '_' || in.peek(1) == 'Z');
  }

  /** A function that is called or whose address is taken goes without its parameters. */
  private Node functionName() throws MangledNameException {
    Node function = literal();
    if (!(function instanceof Node.Signature signature)) {
      return function;
    }
    return signature.result().equals(ItaniumParser.EMPTY)
        ? signature.name()
        : sequence(text("("), function, text(")"));
  }

  /** {@code Li5E}, {@code Lb1E}, {@code LZ3foovE}, {@code LN1n1eE2E}. */
  Node literal() throws MangledNameException {
    in.expect('L');
    if (in.accept("_Z") || in.accept("Z")) {
      Node name = in.names.encoding();
      in.expect('E');
      return name;
    }
    char letter = in.peek();
    if (in.accept("Dn0E") || in.accept("DnE")) {
      return text("(decltype(nullptr))0");
    }
    if (letter == 'b' && (in.peek(1) == '0' || in.peek(1) == '1')) {
      in.next();
      boolean value = in.next() == '1';
      in.expect('E');
      return text(value ? "true" : "false");
    }
    Node type = in.types.type();
    String value = letter == 'f' || letter == 'd' || letter == 'e' ? in.until('E') : in.digits();
    in.expect('E');
    String suffix = BuiltinTypes.literalSuffix(letter);
    if (suffix.equals("cast")) {
      boolean floating = letter == 'f' || letter == 'd' || letter == 'e';
      return sequence(text("("), type, text(")" + (floating ? "[" + value + "]" : value)));
    }
    return text(value + suffix);
  }
}
