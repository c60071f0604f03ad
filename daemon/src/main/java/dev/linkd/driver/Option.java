package dev.linkd.driver;

import java.util.List;

/**
 * One row of the option table: all spellings of one option.
 *
 * @param names without dashes; single letters first. One dash or two lead to the same option,
 *     except that a single letter has one
 * @param arity whether it has a value
 * @param support what linkd does about it
 * @param text IMPLEMENTED: what it does; NO_OP: why the output is still right; REFUSED: what is
 *     missing
 * @param proof IMPLEMENTED: the test that fails without it, {@code Class#method}; else empty
 * @param action takes effect on the plan; does nothing unless IMPLEMENTED
 */
record Option(
    List<String> names, Arity arity, Support support, String text, String proof, Action action) {

  /** The effect of an option. */
  @FunctionalInterface
  interface Action {
    /**
     * @param value empty for an option without one
     */
    void apply(Plan plan, String value) throws UsageException;
  }

  Option {
    names = List.copyOf(names);
  }

  static Option implemented(
      Arity arity, String text, String proof, Action action, String... names) {
    return new Option(List.of(names), arity, Support.IMPLEMENTED, text, proof, action);
  }

  static Option noOp(Arity arity, String why, String... names) {
    return new Option(List.of(names), arity, Support.NO_OP, why, "", (plan, value) -> {});
  }

  static Option refused(Arity arity, String missing, String... names) {
    return new Option(List.of(names), arity, Support.REFUSED, missing, "", (plan, value) -> {});
  }

  /** How the user writes a name. */
  static String spelled(String name) {
    return name.length() == 1 || isOneDash(name) ? "-" + name : "--" + name;
  }

  /** Long names that everybody writes with one dash. */
  private static boolean isOneDash(String name) {
    return Character.isUpperCase(name.charAt(0)) || name.length() == 2 || name.startsWith("z ");
  }
}
