package dev.linkd.output;

import java.util.List;

/**
 * What happens to references to names that nothing defines, beside {@link
 * SymbolRules#allowUndefined}.
 *
 * @param warn they are warnings only
 * @param names these may stay undefined
 * @param ofLibraries those of shared libraries are errors too
 * @param weak whether the dynamic linker is asked for weak ones
 * @param faults which faults of the link keep the output from being made
 */
public record UndefinedRules(
    boolean warn, List<String> names, boolean ofLibraries, Weak weak, Faults faults) {

  /** What linkers do without options. */
  public static final UndefinedRules USUAL =
      new UndefinedRules(false, List.of(), false, Weak.USUAL, Faults.ERRORS);

  public UndefinedRules {
    names = List.copyOf(names);
  }

  /** Which faults keep the output from being made. */
  public enum Faults {
    ERRORS,
    /** None: they are warnings, and the output is made all the same. */
    NONE,
    /** Warnings are errors. */
    WARNINGS
  }

  /** How weak references that nothing defines are left to the dynamic linker. */
  public enum Weak {
    /** Always by a library; by an executable where code can deal with any address. */
    USUAL,
    ALWAYS,
    NEVER
  }
}
