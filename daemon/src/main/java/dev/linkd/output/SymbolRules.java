package dev.linkd.output;

import java.util.List;

/**
 * How names are resolved.
 *
 * @param required names that count as referred to, so that archive members which define them are
 *     taken
 * @param allowUndefined undefined symbols are left to the dynamic linker instead of reported
 */
public record SymbolRules(List<String> required, boolean allowUndefined) {

  public SymbolRules {
    required = List.copyOf(required);
  }

  /** What linkers do without options. */
  public static SymbolRules of(OutputKind kind) {
    return new SymbolRules(
        List.of(), kind == OutputKind.SHARED_LIBRARY || kind == OutputKind.RELOCATABLE);
  }
}
