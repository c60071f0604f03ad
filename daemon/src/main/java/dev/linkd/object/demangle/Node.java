package dev.linkd.object.demangle;

import java.util.List;

/**
 * A part of a C++ name. Declarators stand around what they declare, so each part is printed in two
 * halves: {@code int (*} and {@code )(char)}.
 */
sealed interface Node {

  void left(Printer out) throws MangledNameException;

  default void right(Printer out) throws MangledNameException {}

  /** Whether something is printed behind a declared name, so that pointers need parentheses. */
  default boolean declarator() {
    return false;
  }

  /** A word or any other text. */
  record Text(String text) implements Node {
    @Override
    public void left(Printer out) throws MangledNameException {
      out.add(text);
    }
  }

  /** A type that each call of a lambda chooses; elsewhere the same letters mean an argument. */
  record Auto(int index) implements Node {
    @Override
    public void left(Printer out) throws MangledNameException {
      out.add("auto:" + (index + 1));
    }
  }

  /** Parts one after the other. */
  record Sequence(List<Node> parts) implements Node {
    static Sequence of(Node... parts) {
      return new Sequence(List.of(parts));
    }

    @Override
    public void left(Printer out) throws MangledNameException {
      for (Node part : parts) {
        out.add(part);
      }
    }
  }

  /** {@code scope::name}. */
  record Nested(Node scope, Node name) implements Node {
    @Override
    public void left(Printer out) throws MangledNameException {
      out.add(scope).add("::").add(name);
    }
  }

  /** {@code name<arguments>}. */
  record Template(Node name, Arguments arguments) implements Node {
    @Override
    public void left(Printer out) throws MangledNameException {
      out.add(name).add(arguments);
    }
  }

  /** {@code <a, b>}. */
  record Arguments(List<Node> list) implements Node {
    @Override
    public void left(Printer out) throws MangledNameException {
      boolean operator = out.endsWith('<');
      out.add(operator ? " <" : "<").list(list).add(out.endsWith('>') ? " >" : ">");
    }
  }

  /** Elements of a parameter pack. */
  record Pack(List<Node> list) implements Node {
    @Override
    public void left(Printer out) throws MangledNameException {
      out.list(list);
    }
  }

  /** {@code inner const}. */
  record Qualified(Node inner, String words) implements Node {
    @Override
    public void left(Printer out) throws MangledNameException {
      out.left(inner);
      out.add(words);
    }

    @Override
    public void right(Printer out) throws MangledNameException {
      out.right(inner);
    }

    @Override
    public boolean declarator() {
      return inner.declarator();
    }
  }

  /** Pointers and references; {@code mark} is *, & or &&. */
  record Pointer(Node inner, String mark) implements Node {
    @Override
    public void left(Printer out) throws MangledNameException {
      out.left(inner);
      out.add(opens(inner) ? (inner instanceof Array ? " (" : "(") : "").add(mark);
    }

    @Override
    public void right(Printer out) throws MangledNameException {
      out.add(opens(inner) ? ")" : "");
      out.right(inner);
    }

    @Override
    public boolean declarator() {
      return inner.declarator();
    }

    static boolean opens(Node inner) {
      return inner instanceof Function || inner instanceof Array;
    }
  }

  /** {@code int Class::*} and {@code int (Class::*)(char)}. */
  record MemberPointer(Node owner, Node member) implements Node {
    @Override
    public void left(Printer out) throws MangledNameException {
      out.left(member);
      out.add(Pointer.opens(member) ? "(" : " ").add(owner).add("::*");
    }

    @Override
    public void right(Printer out) throws MangledNameException {
      out.add(Pointer.opens(member) ? ")" : "");
      out.right(member);
    }

    @Override
    public boolean declarator() {
      return member.declarator();
    }
  }

  /** The type of a function. */
  record Function(Node result, List<Node> parameters, String qualifiers) implements Node {
    @Override
    public void left(Printer out) throws MangledNameException {
      out.left(result);
      out.add(result.declarator() ? "" : " ");
    }

    @Override
    public void right(Printer out) throws MangledNameException {
      out.add("(").list(parameters).add(")").add(qualifiers);
      out.right(result);
    }

    @Override
    public boolean declarator() {
      return true;
    }
  }

  /** {@code int [3]}. */
  record Array(Node element, Node bound) implements Node {
    @Override
    public void left(Printer out) throws MangledNameException {
      out.left(element);
    }

    @Override
    public void right(Printer out) throws MangledNameException {
      out.add(out.endsWith(']') ? "[" : " [").add(bound).add("]");
      out.right(element);
    }

    @Override
    public boolean declarator() {
      return true;
    }
  }

  /** A function with its parameters; the result is empty text unless it is part of the name. */
  record Signature(Node result, Node name, List<Node> parameters, String qualifiers)
      implements Node {
    @Override
    public void left(Printer out) throws MangledNameException {
      boolean named = !result.equals(ItaniumParser.EMPTY);
      out.left(result);
      out.add(named && !result.declarator() ? " " : "").add(name);
      out.add("(").list(parameters).add(")").add(qualifiers);
      out.right(result);
    }
  }
}
