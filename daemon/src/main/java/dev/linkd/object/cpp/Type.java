package dev.linkd.object.cpp;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * A type as its text around the name that it would declare: {@code void (*} and {@code )(int)}.
 *
 * @param right empty for most; begins with a blank for functions and arrays themselves
 * @param pack the types that a pack of template arguments stands for, which have one text each
 * @param isPack whether it is a pack
 */
record Type(String left, String right, List<Type> pack, boolean isPack) {

  Type {
    pack = List.copyOf(pack);
  }

  static Type of(String text) {
    return new Type(text, "", List.of(), false);
  }

  static Type of(String left, String right) {
    return new Type(left, right, List.of(), false);
  }

  static Type pack(List<Type> types) {
    return new Type("", "", types, true);
  }

  /** Applies a change to the type, or to each of a pack. */
  Type map(UnaryOperator<Type> change) {
    return isPack ? pack(pack.stream().map(type -> type.map(change)).toList()) : change.apply(this);
  }

  private boolean function() {
    return right.startsWith(" (");
  }

  private boolean array() {
    return right.startsWith(" [");
  }

  /** A pointer or reference to the type. */
  Type pointer(String sign) {
    return map(type -> type.pointed(sign));
  }

  private Type pointed(String sign) {
    if (sign.startsWith("&") && right.isEmpty() && left.endsWith("&")) {
      return of(
          sign.equals("&") && left.endsWith("&&") ? left.substring(0, left.length() - 1) : left);
    }
    if (function()) {
      return of(left + " (" + sign, ")" + right.stripLeading());
    }
    return array() ? of(left + " (" + sign, ")" + right) : of(left + sign, right);
  }

  /** A pointer to a member of a class. */
  Type member(String owner) {
    return function() || array() ? pointer(owner + "::*") : of(left + " " + owner + "::*", right);
  }

  Type qualified(String qualifiers) {
    return map(
        type ->
            type.function()
                ? of(type.left, type.right + qualifiers)
                : of(type.left + qualifiers, type.right));
  }

  int length() {
    return left.length() + right.length() + pack.stream().mapToInt(Type::length).sum();
  }

  @Override
  public String toString() {
    return isPack
        ? pack.stream()
            .map(Type::toString)
            .filter(text -> !text.isEmpty())
            .collect(Collectors.joining(", "))
        : left + right;
  }
}
