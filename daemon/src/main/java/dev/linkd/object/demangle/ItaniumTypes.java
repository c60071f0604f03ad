package dev.linkd.object.demangle;

import static dev.linkd.object.demangle.ItaniumNames.sequence;
import static dev.linkd.object.demangle.ItaniumNames.text;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Types and template arguments (Itanium C++ ABI, 5.1.5 and 5.1.7). */
final class ItaniumTypes {
  private static final int ARGUMENTS_MAX = 4096;

  private final ItaniumParser in;

  /** Lambdas have parameters of their own: {@code auto:1}. */
  private boolean inLambda;

  ItaniumTypes(ItaniumParser in) {
    this.in = in;
  }

  /** {@code r}, {@code V}, {@code K}: what they mean, each with a blank in front. */
  String qualifiers() {
    StringBuilder words = new StringBuilder();
    boolean restrict = in.accept("r");
    boolean volatileToo = in.accept("V");
    if (in.accept("K")) {
      words.append(" const");
    }
    words.append(volatileToo ? " volatile" : "").append(restrict ? " __restrict" : "");
    return words.toString();
  }

  Node type() throws MangledNameException {
    in.enter();
    Node type = parse();
    in.leave();
    return type;
  }

  private Node parse() throws MangledNameException {
    char c = in.peek();
    switch (c) {
      case 'r', 'V', 'K':
        return in.remember(qualified());
      case 'P':
        in.next();
        return in.remember(each(type(), t -> new Node.Pointer(t, "*")));
      case 'R':
        in.next();
        return in.remember(each(type(), t -> reference(t, "&")));
      case 'O':
        in.next();
        return in.remember(each(type(), t -> reference(t, "&&")));
      case 'C':
        in.next();
        return in.remember(new Node.Qualified(type(), " _Complex"));
      case 'G':
        in.next();
        return in.remember(new Node.Qualified(type(), " _Imaginary"));
      case 'F':
        return in.remember(function(""));
      case 'A':
        return in.remember(array());
      case 'M':
        return in.remember(member());
      case 'U':
        return in.peek(1) == 't' || in.peek(1) == 'l' ? in.remember(in.names.name()) : vendor();
      case 'u':
        in.next();
        return in.remember(text(in.names.sourceName()));
      case 'T':
        return parameter();
      case 'S':
        return substituted();
      case 'D':
        return extended();
      default:
        String builtin = BuiltinTypes.of(c);
        if (builtin.isEmpty()) {
          return in.remember(in.names.name());
        }
        in.next();
        return text(builtin);
    }
  }

  private Node qualified() throws MangledNameException {
    String words = qualifiers();
    if (in.peek() == 'F') {
      return function(words);
    }
    return each(type(), inner -> qualified(inner, words));
  }

  private static Node qualified(Node inner, String words) {
    if (inner instanceof Node.Array array) {
      return new Node.Array(new Node.Qualified(array.element(), words), array.bound());
    }
    // A type that is const twice, through a template parameter, is const once.
    boolean twice = inner instanceof Node.Qualified q && q.words().equals(words);
    return twice ? inner : new Node.Qualified(inner, words);
  }

  /** A pattern over a parameter pack stands for one type for each element. */
  private static Node each(Node inner, UnaryOperator<Node> pattern) {
    return inner instanceof Node.Pack pack
        ? new Node.Pack(pack.list().stream().map(pattern).toList())
        : pattern.apply(inner);
  }

  /** What a component that was read among a lambda's parameters means at this place. */
  Node here(Node known) throws MangledNameException {
    if (inLambda) {
      return known;
    }
    return switch (known) {
      case Node.Auto auto -> in.argument(auto.index());
      case Node.Pointer p when p.inner() instanceof Node.Auto auto ->
          each(in.argument(auto.index()), t -> pointer(t, p.mark()));
      case Node.Pointer p
          when p.inner() instanceof Node.Qualified q && q.inner() instanceof Node.Auto auto ->
          each(in.argument(auto.index()), t -> pointer(qualified(t, q.words()), p.mark()));
      default -> known;
    };
  }

  private static Node pointer(Node inner, String mark) {
    return mark.equals("*") ? new Node.Pointer(inner, mark) : reference(inner, mark);
  }

  /** References to references are one: & wins. */
  private static Node reference(Node inner, String mark) {
    if (inner instanceof Node.Pointer pointer && pointer.mark().startsWith("&")) {
      return mark.equals("&") ? new Node.Pointer(pointer.inner(), "&") : pointer;
    }
    return new Node.Pointer(inner, mark);
  }

  private Node function(String words) throws MangledNameException {
    in.expect('F');
    in.accept("Y");
    Node result = type();
    List<Node> parameters = new ArrayList<>();
    String suffix = words;
    while (!in.accept("E")) {
      if (in.accept("RE")) {
        return function(result, parameters, suffix + " &");
      }
      if (in.accept("OE")) {
        return function(result, parameters, suffix + " &&");
      }
      parameters.add(type());
    }
    return function(result, parameters, suffix);
  }

  private static Node function(Node result, List<Node> parameters, String suffix) {
    return new Node.Function(result, withoutVoid(parameters), suffix);
  }

  private static List<Node> withoutVoid(List<Node> parameters) {
    boolean none = parameters.size() == 1 && parameters.getFirst().equals(text("void"));
    return none ? List.of() : parameters;
  }

  /** The parameters of a function, up to the end of its encoding. */
  List<Node> parameters() throws MangledNameException {
    List<Node> parameters = new ArrayList<>();
    while (!in.end() && in.peek() != 'E' && in.peek() != '.') {
      parameters.add(type());
      limit(parameters);
    }
    return withoutVoid(parameters);
  }

  List<Node> lambdaParameters() throws MangledNameException {
    boolean outer = inLambda;
    inLambda = true;
    List<Node> parameters = new ArrayList<>();
    while (in.peek() != 'E') {
      parameters.add(type());
      limit(parameters);
    }
    inLambda = outer;
    return withoutVoid(parameters);
  }

  private static void limit(List<Node> list) throws MangledNameException {
    if (list.size() > ARGUMENTS_MAX) {
      throw new MangledNameException();
    }
  }

  private Node array() throws MangledNameException {
    in.expect('A');
    Node bound = ItaniumParser.EMPTY;
    if (in.digit()) {
      bound = text(in.digits());
    } else if (in.peek() != '_') {
      bound = in.expressions.expression();
    }
    in.expect('_');
    return new Node.Array(type(), bound);
  }

  private Node member() throws MangledNameException {
    in.expect('M');
    Node owner = type();
    return new Node.MemberPointer(owner, type());
  }

  private Node vendor() throws MangledNameException {
    in.expect('U');
    String word = in.names.sourceName();
    String list = in.peek() == 'I' ? new Printer().add(arguments(false)).toString() : "";
    return in.remember(new Node.Qualified(type(), " " + word + list));
  }

  private Node parameter() throws MangledNameException {
    if (in.accept("Ts") || in.accept("Tu") || in.accept("Te")) {
      return in.remember(in.names.name());
    }
    in.expect('T');
    if (inLambda) {
      return in.remember(new Node.Auto(in.index()));
    }
    Node argument = in.remember(in.templateParameter());
    return in.peek() == 'I' ? in.remember(new Node.Template(argument, arguments(false))) : argument;
  }

  private Node substituted() throws MangledNameException {
    if (in.peek(1) == 't') {
      return in.remember(in.names.name());
    }
    in.expect('S');
    Node known = in.names.standard();
    if (known.equals(ItaniumParser.EMPTY)) {
      known = in.substitution();
    }
    return in.peek() == 'I' ? in.remember(new Node.Template(known, arguments(false))) : known;
  }

  private Node extended() throws MangledNameException {
    in.expect('D');
    char c = in.next();
    switch (c) {
      case 't', 'T':
        Node expression = in.expressions.expression();
        in.expect('E');
        return in.remember(sequence(text("decltype ("), expression, text(")")));
      case 'p':
        return in.remember(type());
      case 'o':
        return in.remember(function(" noexcept"));
      case 'v':
        Node bound = in.digit() ? text(in.digits()) : in.expressions.expression();
        in.expect('_');
        return in.remember(sequence(type(), text(" __vector("), bound, text(")")));
      case 'F':
        String bits = in.digits();
        String standard = in.accept("x") ? "x" : "";
        in.accept("_");
        in.accept("b");
        return text("_Float" + bits + standard);
      default:
        String builtin = BuiltinTypes.ofD(c);
        if (builtin.isEmpty()) {
          throw new MangledNameException();
        }
        return text(builtin);
    }
  }

  /**
   * @param tagging whether template parameters stand for these from now on
   */
  Node.Arguments arguments(boolean tagging) throws MangledNameException {
    in.expect('I');
    List<Node> list = new ArrayList<>();
    if (tagging) {
      in.templateArguments = list;
    }
    while (!in.accept("E")) {
      list.add(argument());
      limit(list);
    }
    return new Node.Arguments(list);
  }

  Node argument() throws MangledNameException {
    if (in.peek() == 'L') {
      return in.expressions.literal();
    }
    if (in.accept("X")) {
      Node expression = in.expressions.expression();
      in.expect('E');
      return expression;
    }
    if (in.accept("J")) {
      List<Node> pack = new ArrayList<>();
      while (!in.accept("E")) {
        pack.add(argument());
        limit(pack);
      }
      return new Node.Pack(pack);
    }
    return type();
  }
}
