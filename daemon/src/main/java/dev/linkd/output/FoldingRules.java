package dev.linkd.output;

import java.util.List;

/**
 * Which sections with the same content become one.
 *
 * @param functions which functions may have one address
 * @param data constants may have one address, too
 * @param unique names that keep an address of their own
 */
public record FoldingRules(Functions functions, boolean data, List<String> unique) {

  /** Sets of functions. */
  public enum Functions {
    NONE,
    /** Functions whose address nobody can compare: all references are calls and jumps. */
    SAFE,
    ALL
  }

  /** What linkers do without options. */
  public static final FoldingRules USUAL = new FoldingRules(Functions.NONE, false, List.of());

  public FoldingRules {
    unique = List.copyOf(unique);
  }

  public boolean any() {
    return functions != Functions.NONE;
  }
}
