package dev.linkd.object.cpp;

import java.util.ArrayList;
import java.util.List;

/** Reads types, template arguments and back references. */
final class TypeReader {
  private final Cursor in;
  private final NameReader names;

  /** Template arguments inside of types do not belong to the name as a whole. */
  private int inside;

  TypeReader(Cursor in, NameReader names) {
    this.in = in;
    this.names = names;
  }

  Type type() throws UnknownNameException {
    in.enter();
    inside++;
    try {
      return read();
    } finally {
      inside--;
      in.leave();
    }
  }

  private Type read() throws UnknownNameException {
    char c = in.peek();
    String builtin = Operators.builtin(c);
    if (builtin != null) {
      in.next();
      return Type.of(builtin);
    }
    switch (c) {
      case 'P':
        in.next();
        return in.remember(type().pointer("*"));
      case 'R':
        in.next();
        return in.remember(type().pointer("&"));
      case 'O':
        in.next();
        return in.remember(type().pointer("&&"));
      case 'r', 'V', 'K':
        String qualifiers = names.qualifiers();
        return in.remember(type().qualified(qualifiers));
      case 'F':
        return in.remember(function());
      case 'A':
        return in.remember(array());
      case 'M':
        in.next();
        String owner = type().toString();
        return in.remember(type().member(owner));
      case 'T':
        return templated(in.remember(templateParameter()));
      case 'S':
        return in.peek(1) == 't' ? in.remember(name()) : substituted();
      case 'D':
        return extended();
      case 'u':
        in.next();
        return in.remember(Type.of(in.take(in.number())));
      default:
        return in.remember(name());
    }
  }

  private Type name() throws UnknownNameException {
    return Type.of(names.name().text());
  }

  /** A back reference counts once more when it is given arguments. */
  private Type substituted() throws UnknownNameException {
    return templated(substitution(false));
  }

  private Type templated(Type template) throws UnknownNameException {
    return in.peek() == 'I' ? in.remember(Type.of(template + arguments())) : template;
  }

  /**
   * A back reference, or one of the abbreviations for std.
   *
   * @param whole a constructor follows, whose name is that of the template
   */
  Type substitution(boolean whole) throws UnknownNameException {
    in.expect('S');
    String args =
        "<char, std::char_traits<char>" + (in.peek() == 's' ? ", std::allocator<char> >" : " >");
    switch (in.peek()) {
      case 'a':
        in.next();
        return Type.of("std::allocator");
      case 'b':
        in.next();
        return Type.of("std::basic_string");
      case 's':
        in.next();
        return Type.of(whole ? "std::basic_string" + args : "std::string");
      case 'i':
        in.next();
        return Type.of(whole ? "std::basic_istream" + args : "std::istream");
      case 'o':
        in.next();
        return Type.of(whole ? "std::basic_ostream" + args : "std::ostream");
      case 'd':
        in.next();
        return Type.of(whole ? "std::basic_iostream" + args : "std::iostream");
      default:
        return in.substitution(in.sequence());
    }
  }

  Type templateParameter() throws UnknownNameException {
    in.expect('T');
    int index = 0;
    if (in.peek() != '_') {
      index = in.number() + 1;
    }
    in.expect('_');
    return in.argument(index);
  }

  private Type extended() throws UnknownNameException {
    in.expect('D');
    char c = in.next();
    if (c == 'p') {
      Type type = type();
      return in.remember(type.isPack() ? type : Type.of(type + "..."));
    }
    if (c == 'o') {
      Type function = function();
      return in.remember(function.qualified(" noexcept"));
    }
    String builtin = Operators.extended(c);
    if (builtin == null) {
      throw new UnknownNameException();
    }
    return Type.of(builtin);
  }

  private Type function() throws UnknownNameException {
    in.expect('F');
    in.take("Y");
    Type result = type();
    String parameters = parameters();
    String reference = in.take("R") ? " &" : in.take("O") ? " &&" : "";
    in.expect('E');
    return Type.of(result.left(), " (" + parameters + ")" + reference + result.right());
  }

  private Type array() throws UnknownNameException {
    in.expect('A');
    String size = in.digit() ? String.valueOf(in.number()) : "";
    in.expect('_');
    Type element = type();
    String inner =
        element.right().startsWith(" [") ? element.right().substring(1) : element.right();
    return Type.of(element.left(), " [" + size + "]" + inner);
  }

  /** The parameters of a function, up to its end. */
  String parameters() throws UnknownNameException {
    List<Type> types = new ArrayList<>();
    while (!in.atEnd() && in.peek() != 'E' && in.peek() != '.' && !reference()) {
      types.add(type());
    }
    if (types.isEmpty()) {
      throw new UnknownNameException();
    }
    boolean none = types.size() == 1 && types.getFirst().toString().equals("void");
    return none ? "" : Type.pack(types).toString();
  }

  /** The mark of a member function at the end of a function type. */
  private boolean reference() {
    return (in.peek() == 'R' || in.peek() == 'O') && in.peek(1) == 'E';
  }

  /** Template arguments in angle brackets. */
  String arguments() throws UnknownNameException {
    in.expect('I');
    List<Type> list = new ArrayList<>();
    boolean outermost = inside == 0;
    inside++;
    while (in.peek() != 'E') {
      list.add(argument());
    }
    inside--;
    in.expect('E');
    if (outermost) {
      in.arguments = List.copyOf(list);
    }
    String text = Type.pack(list).toString();
    boolean emptyPack = !list.isEmpty() && list.getLast().toString().isEmpty();
    return "<" + text + (text.endsWith(">") && !emptyPack ? " >" : ">");
  }

  private Type argument() throws UnknownNameException {
    switch (in.peek()) {
      case 'L':
        return literal();
      case 'J':
        in.next();
        List<Type> pack = new ArrayList<>();
        while (in.peek() != 'E') {
          pack.add(argument());
        }
        in.next();
        return Type.pack(pack);
      case 'X':
        in.next();
        Type value = in.peek() == 'T' ? templateParameter() : literal();
        in.expect('E');
        return value;
      default:
        return type();
    }
  }

  private Type literal() throws UnknownNameException {
    in.expect('L');
    if (in.take("_Z")) {
      String name = names.encoding();
      in.expect('E');
      return Type.of(name);
    }
    char code = in.peek();
    String type = type().toString();
    String value = in.signedNumber();
    in.expect('E');
    return Type.of(
        switch (code) {
          case 'b' -> value.equals("0") ? "false" : "true";
          case 'i' -> value;
          case 'j' -> value + "u";
          case 'l' -> value + "l";
          case 'm' -> value + "ul";
          case 'x' -> value + "ll";
          case 'y' -> value + "ull";
          default -> "(" + type + ")" + value;
        });
  }
}
