package dev.linkd.output;

/** Whether other modules see the {@code __start_} and {@code __stop_} symbols of sections. */
public enum BoundarySymbols {
  /** A library exports those that it refers to. */
  USUAL,
  /** They are not exported. */
  HIDDEN,
  /** Every section that is called like an identifier of C has them, and they are exported. */
  EXPORTED
}
