package dev.linkd.object.cpp;

/** Reads encodings: names with the parameters of functions, and what is said about types. */
final class NameReader {
  private static final String ANONYMOUS = "_GLOBAL__N";

  /**
   * A name.
   *
   * @param template it ends with template arguments
   * @param resultless functions of that name have no result: constructors and conversions
   * @param suffix what follows the parameters
   */
  record Name(String text, boolean template, boolean resultless, String suffix) {}

  private final Cursor in;
  private final TypeReader types;

  /** The last plain name, which constructors repeat. */
  private String last = "";

  private boolean resultless;

  NameReader(Cursor in) {
    this.in = in;
    this.types = new TypeReader(in, this);
  }

  /** All of the name, with the suffix that the compiler gives to copies of functions. */
  String whole() throws UnknownNameException {
    String text = encoding();
    if (in.peek() == '.') {
      return text + " [clone " + in.rest() + "]";
    }
    if (!in.atEnd() || text.isEmpty()) {
      throw new UnknownNameException();
    }
    return text;
  }

  String encoding() throws UnknownNameException {
    in.enter();
    try {
      if (in.peek() == 'T' || in.peek() == 'G') {
        return new SpecialNameReader(in, types, this).read();
      }
      Name name = name();
      if (in.atEnd() || in.peek() == 'E' || in.peek() == '.') {
        return name.text();
      }
      Type result = name.template() && !name.resultless() ? types.type() : Type.of("");
      String start = result.left().isEmpty() ? "" : result.left() + " ";
      String parameters = "(" + types.parameters() + ")";
      return start + name.text() + parameters + name.suffix() + result.right();
    } finally {
      in.leave();
    }
  }

  Name name() throws UnknownNameException {
    in.enter();
    try {
      switch (in.peek()) {
        case 'N':
          return nested();
        case 'Z':
          return local();
        case 'S':
          if (in.peek(1) != 't') {
            return templated(types.substitution(false).toString(), false);
          }
          in.take("St");
          return templated("std::" + unqualified(), true);
        default:
          return templated(unqualified(), true);
      }
    } finally {
      in.leave();
    }
  }

  private Name templated(String text, boolean fresh) throws UnknownNameException {
    boolean none = resultless;
    if (in.peek() != 'I') {
      return new Name(text, false, none, "");
    }
    if (fresh) {
      in.remember(Type.of(text));
    }
    return new Name(text + gap(text) + types.arguments(), true, none, "");
  }

  /** Keeps the arguments apart from {@code operator<}. */
  private static String gap(String text) {
    return text.endsWith("<") ? " " : "";
  }

  /** {@code const} and the like, each with a blank before it. */
  String qualifiers() {
    String restrict = in.take("r") ? " restrict" : "";
    String isVolatile = in.take("V") ? " volatile" : "";
    return (in.take("K") ? " const" : "") + isVolatile + restrict;
  }

  private Name nested() throws UnknownNameException {
    in.expect('N');
    String suffix = qualifiers();
    suffix += in.take("R") ? " &" : in.take("O") ? " &&" : "";
    String text = "";
    boolean template = false;
    resultless = false;
    while (in.peek() != 'E') {
      boolean reference = in.peek() == 'S' && in.peek(1) != 't';
      if (reference && text.isEmpty()) {
        text = abbreviated();
        continue;
      }
      template = in.peek() == 'I';
      if (in.take("St")) {
        text = "std";
        continue;
      }
      if (template) {
        String base = last;
        boolean none = resultless;
        text += gap(text) + types.arguments();
        last = base;
        resultless = none;
      } else if (in.peek() == 'T') {
        text = types.templateParameter().toString();
      } else {
        String part = unqualified();
        text = text.isEmpty() ? part : text + "::" + part;
      }
      if (in.peek() != 'E') {
        in.remember(Type.of(text));
      }
    }
    in.expect('E');
    if (text.isEmpty()) {
      throw new UnknownNameException();
    }
    return new Name(text, template, resultless, suffix);
  }

  /** A back reference at the start; a constructor repeats its last part without arguments. */
  private String abbreviated() throws UnknownNameException {
    boolean single = "siod".indexOf(in.peek(1)) >= 0;
    char next = in.peek(2);
    String text = types.substitution(single && (next == 'C' || next == 'D')).toString();
    last = lastPart(text);
    return text;
  }

  private static String lastPart(String text) {
    int depth = 0;
    int end = text.length();
    for (int i = text.length() - 1; i >= 0; i--) {
      char c = text.charAt(i);
      if (c == '>') {
        depth++;
      } else if (c == '<') {
        depth--;
        end = depth == 0 ? i : end;
      } else if (c == ':' && depth == 0) {
        return text.substring(i + 1, end);
      }
    }
    return text.substring(0, end);
  }

  private Name local() throws UnknownNameException {
    in.expect('Z');
    String function = encoding();
    in.expect('E');
    if (in.take("s")) {
      discriminator();
      return new Name(function + "::string literal", false, false, "");
    }
    if (in.take("d")) {
      in.sequence();
    }
    Name entity = name();
    discriminator();
    return new Name(
        function + "::" + entity.text(), entity.template(), entity.resultless(), entity.suffix());
  }

  private void discriminator() throws UnknownNameException {
    if (!in.take("_")) {
      return;
    }
    if (in.take("_")) {
      in.number();
      in.expect('_');
    } else {
      in.next();
    }
  }

  private String unqualified() throws UnknownNameException {
    in.take("L");
    StringBuilder text = new StringBuilder(plain());
    while (in.take("B")) {
      text.append("[abi:").append(in.take(in.number())).append(']');
    }
    return text.toString();
  }

  private String plain() throws UnknownNameException {
    resultless = false;
    if (in.digit()) {
      String source = in.take(in.number());
      last = source.startsWith(ANONYMOUS) ? "(anonymous namespace)" : source;
      return last;
    }
    if (in.peek() == 'C' || (in.peek() == 'D' && Character.isDigit(in.peek(1)))) {
      boolean constructor = in.next() == 'C';
      in.next();
      resultless = true;
      return constructor ? last : "~" + last;
    }
    if (in.take("Ul")) {
      String parameters = types.parameters();
      in.expect('E');
      return "{lambda(" + parameters + ")#" + ordinal() + "}";
    }
    if (in.take("Ut")) {
      return "{unnamed type#" + ordinal() + "}";
    }
    return operator();
  }

  private int ordinal() throws UnknownNameException {
    int ordinal = in.digit() ? in.number() + 2 : 1;
    in.expect('_');
    return ordinal;
  }

  private String operator() throws UnknownNameException {
    if (in.take("cv")) {
      String target = types.type().toString();
      resultless = true;
      return "operator " + target;
    }
    if (in.take("li")) {
      return "operator\"\" " + in.take(in.number());
    }
    String name = Operators.name(in.take(2));
    if (name == null) {
      throw new UnknownNameException();
    }
    return name;
  }
}
