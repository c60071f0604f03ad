package dev.linkd.object.demangle;

import java.util.ArrayList;
import java.util.List;

/** Names of functions and objects (Itanium C++ ABI, 5.1.2 to 5.1.4). */
final class ItaniumNames {
  private final ItaniumParser in;

  /** Of the name that was read last: whether a signature with a result type follows. */
  private boolean endsWithArguments;

  private boolean noResult;

  /** Whether the arguments that are read are those that template parameters stand for. */
  private boolean tagging;

  /** {@code const}, {@code &} of a member function. */
  private String qualifiers = "";

  ItaniumNames(ItaniumParser in) {
    this.in = in;
  }

  Node encoding() throws MangledNameException {
    in.enter();
    Node result = special();
    in.leave();
    return result;
  }

  private Node special() throws MangledNameException {
    if (in.accept("TV")) return prefixed("vtable for ", in.types.type());
    if (in.accept("TT")) return prefixed("VTT for ", in.types.type());
    if (in.accept("TI")) return prefixed("typeinfo for ", in.types.type());
    if (in.accept("TS")) return prefixed("typeinfo name for ", in.types.type());
    if (in.accept("TW")) return prefixed("TLS wrapper function for ", name());
    if (in.accept("TH")) return prefixed("TLS init function for ", name());
    if (in.accept("TA")) return prefixed("template parameter object for ", in.types.argument());
    if (in.accept("TC")) {
      Node derived = in.types.type();
      in.number();
      in.expect('_');
      Node base = in.types.type();
      return sequence(text("construction vtable for "), base, text("-in-"), derived);
    }
    if (in.accept("Tc")) {
      offset();
      offset();
      return prefixed("covariant return thunk to ", encoding());
    }
    if (in.peek() == 'T' && (in.peek(1) == 'h' || in.peek(1) == 'v')) {
      in.next();
      String kind = in.peek() == 'h' ? "non-virtual thunk to " : "virtual thunk to ";
      offset();
      return prefixed(kind, encoding());
    }
    if (in.accept("GV")) return prefixed("guard variable for ", name());
    if (in.accept("GR")) {
      Node name = name();
      int number = in.peek() == '_' || in.digit() ? in.index() : 0;
      return sequence(text("reference temporary #" + number + " for "), name);
    }
    if (in.accept("GTt")) return prefixed("transaction clone for ", encoding());
    return function();
  }

  private void offset() throws MangledNameException {
    boolean virtual = in.next() == 'v';
    in.digits();
    in.expect('_');
    if (virtual) {
      in.digits();
      in.expect('_');
    }
  }

  private Node function() throws MangledNameException {
    List<Node> outer = in.templateArguments;
    Node name = name(true);
    boolean withResult = endsWithArguments && !noResult;
    String suffix = qualifiers;
    if (in.end() || in.peek() == 'E' || in.peek() == '.') {
      return name;
    }
    Node result = withResult ? in.types.type() : ItaniumParser.EMPTY;
    List<Node> parameters = in.types.parameters();
    in.templateArguments = outer;
    return new Node.Signature(result, name, parameters, suffix);
  }

  /** A name in a type or expression. */
  Node name() throws MangledNameException {
    return name(false);
  }

  /**
   * @param function whether template parameters behind the name stand for its own arguments
   */
  private Node name(boolean function) throws MangledNameException {
    in.enter();
    boolean outer = tagging;
    tagging = function;
    qualifiers = "";
    endsWithArguments = false;
    noResult = false;
    Node name =
        switch (in.peek()) {
          case 'N' -> nested();
          case 'Z' -> local();
          default -> unscoped();
        };
    tagging = outer;
    in.leave();
    return name;
  }

  private Node unscoped() throws MangledNameException {
    Node name;
    if (in.peek() == 'S' && in.peek(1) != 't') {
      in.next();
      name = standard();
      if (name.equals(ItaniumParser.EMPTY)) {
        name = in.substitution();
      }
      return in.peek() == 'I' ? template(name) : name;
    }
    name =
        in.accept("St")
            ? new Node.Nested(text("std"), unqualified(text("std")))
            : unqualified(ItaniumParser.EMPTY);
    return in.peek() == 'I' ? template(in.remember(name)) : name;
  }

  private Node template(Node name) throws MangledNameException {
    boolean special = noResult;
    Node.Arguments arguments = in.types.arguments(tagging);
    endsWithArguments = true;
    noResult = special;
    return new Node.Template(name, arguments);
  }

  /** {@code Sa}, {@code Ss}, …; empty when a numbered substitution follows. */
  Node standard() throws MangledNameException {
    String word =
        switch (in.peek()) {
          case 'a' -> "std::allocator";
          case 'b' -> "std::basic_string";
          case 's' -> "std::string";
          case 'i' -> "std::istream";
          case 'o' -> "std::ostream";
          case 'd' -> "std::iostream";
          default -> "";
        };
    if (word.isEmpty()) {
      return ItaniumParser.EMPTY;
    }
    in.next();
    return tagged(text(word));
  }

  /** A constructor has the name of the template, not of the usual abbreviation. */
  private static Node spelledOut(Node scope) {
    if (!(scope instanceof Node.Text word)) {
      return scope;
    }
    return switch (word.text()) {
      case "std::string" -> ofCharacters("basic_string", ", std::allocator<char>");
      case "std::istream" -> ofCharacters("basic_istream", "");
      case "std::ostream" -> ofCharacters("basic_ostream", "");
      case "std::iostream" -> ofCharacters("basic_iostream", "");
      default -> scope;
    };
  }

  private static Node ofCharacters(String template, String more) {
    Node arguments = text("char, std::char_traits<char>" + more);
    return new Node.Template(text("std::" + template), new Node.Arguments(List.of(arguments)));
  }

  private Node nested() throws MangledNameException {
    in.expect('N');
    String suffix = in.types.qualifiers();
    suffix += in.accept("R") ? " &" : in.accept("O") ? " &&" : "";
    Node scope = ItaniumParser.EMPTY;
    boolean arguments = false;
    boolean special = false;
    boolean remembered = false;
    while (!in.accept("E")) {
      char c = in.peek();
      remembered = false;
      if (c == 'I') {
        Node.Arguments list = in.types.arguments(tagging);
        scope = in.remember(new Node.Template(scope, list));
        arguments = true;
        remembered = true;
        continue;
      }
      arguments = false;
      if (c == 'S' && in.peek(1) != 't') {
        in.next();
        Node known = standard();
        scope = known.equals(ItaniumParser.EMPTY) ? in.substitution() : known;
        continue;
      }
      if (in.accept("St")) {
        scope = text("std");
        continue;
      }
      if (c == 'T') {
        in.next();
        scope = in.remember(in.templateParameter());
        remembered = true;
        continue;
      }
      if (c == 'D' && (in.peek(1) == 't' || in.peek(1) == 'T')) {
        scope = in.types.type();
        continue;
      }
      if (in.accept("M")) {
        continue;
      }
      noResult = false;
      scope = c == 'C' || c == 'D' ? spelledOut(scope) : scope;
      Node name = unqualified(scope);
      special = noResult;
      scope = in.remember(scope.equals(ItaniumParser.EMPTY) ? name : new Node.Nested(scope, name));
      remembered = true;
    }
    if (remembered) {
      in.substitutions.removeLast(); // the whole name counts only as a type, which remembers it
    }
    qualifiers = suffix;
    endsWithArguments = arguments;
    noResult = special;
    return scope;
  }

  private Node local() throws MangledNameException {
    in.expect('Z');
    Node function = withoutResult(encoding());
    in.expect('E');
    Node entity;
    if (in.accept("s")) {
      entity = text("string literal");
    } else if (in.accept("d")) {
      int number = in.peek() == '_' ? 0 : in.number() + 1;
      in.expect('_');
      entity = sequence(text("{default arg#" + (number + 1) + "}::"), name());
      return new Node.Nested(function, entity);
    } else {
      entity = name(tagging);
    }
    boolean arguments = endsWithArguments;
    discriminator();
    endsWithArguments = arguments;
    return new Node.Nested(function, entity);
  }

  /** As a scope a function is shown without what it returns. */
  private static Node withoutResult(Node function) {
    return function instanceof Node.Signature s
        ? new Node.Signature(ItaniumParser.EMPTY, s.name(), s.parameters(), s.qualifiers())
        : function;
  }

  private void discriminator() throws MangledNameException {
    if (in.accept("__")) {
      in.number();
      in.expect('_');
    } else if (in.peek() == '_' && in.peek(1) >= '0' && in.peek(1) <= '9') {
      in.next();
      in.next();
    }
  }

  /**
   * @param scope names constructors and destructors
   */
  Node unqualified(Node scope) throws MangledNameException {
    in.accept("L");
    char c = in.peek();
    Node name;
    if (in.digit()) {
      name = text(sourceName());
    } else if (c == 'C' || (c == 'D' && in.peek(1) >= '0' && in.peek(1) <= '5')) {
      name = structor(scope);
    } else if (c == 'U' && (in.peek(1) == 't' || in.peek(1) == 'l')) {
      name = unnamed();
    } else if (in.accept("DC")) {
      name = binding();
    } else {
      name = operator();
    }
    return tagged(name);
  }

  String sourceName() throws MangledNameException {
    String name = in.take(in.number());
    boolean anonymous = name.startsWith("_GLOBAL_") && name.length() > 9 && name.charAt(9) == 'N';
    return anonymous ? "(anonymous namespace)" : name;
  }

  private Node tagged(Node name) throws MangledNameException {
    Node tagged = name;
    while (in.peek() == 'B' && in.peek(1) >= '0' && in.peek(1) <= '9') {
      in.next();
      tagged = sequence(tagged, text("[abi:" + sourceName() + "]"));
    }
    return tagged;
  }

  private Node structor(Node scope) throws MangledNameException {
    boolean destructor = in.next() == 'D';
    boolean inherited = in.accept("I");
    char kind = in.next();
    if (kind < '0' || kind > '9') {
      throw new MangledNameException();
    }
    Node named = inherited ? in.types.type() : scope;
    noResult = true;
    Node name = text(lastWord(named));
    return destructor ? sequence(text("~"), name) : name;
  }

  /** The class itself, without namespaces, arguments and tags. */
  private static String lastWord(Node scope) throws MangledNameException {
    return switch (scope) {
      case Node.Text word -> word.text().substring(word.text().lastIndexOf(':') + 1);
      case Node.Nested nested -> lastWord(nested.name());
      case Node.Template template -> lastWord(template.name());
      case Node.Sequence tagged -> lastWord(tagged.parts().getFirst());
      default -> throw new MangledNameException();
    };
  }

  private Node unnamed() throws MangledNameException {
    in.expect('U');
    if (in.accept("t")) {
      return text("{unnamed type#" + (in.index() + 1) + "}");
    }
    in.expect('l');
    List<Node> parameters = in.types.lambdaParameters();
    in.expect('E');
    String number = "#" + (in.index() + 1) + "}";
    return sequence(text("{lambda("), new Node.Pack(parameters), text(")" + number));
  }

  private Node binding() throws MangledNameException {
    List<Node> names = new ArrayList<>();
    while (!in.accept("E")) {
      names.add(text(sourceName()));
    }
    return sequence(text("["), new Node.Pack(names), text("]"));
  }

  private Node operator() throws MangledNameException {
    if (in.accept("cv")) {
      Node type = in.types.type();
      noResult = true;
      return sequence(text("operator "), type);
    }
    if (in.accept("li")) {
      return text("operator\"\" " + sourceName());
    }
    String code = in.take(2);
    String symbol = Operators.symbol(code);
    if (symbol.isEmpty()) {
      throw new MangledNameException();
    }
    boolean word = Character.isLetter(symbol.charAt(0));
    return text("operator" + (word ? " " : "") + symbol);
  }

  static Node text(String text) {
    return new Node.Text(text);
  }

  static Node sequence(Node... parts) {
    return Node.Sequence.of(parts);
  }

  private static Node prefixed(String words, Node node) {
    return sequence(text(words), node);
  }
}
