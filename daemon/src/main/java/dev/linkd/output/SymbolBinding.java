package dev.linkd.output;

/** Which exported definitions of a library its own references mean, whatever others define. */
public enum SymbolBinding {
  /** None: other modules may come first. */
  NONE,
  FUNCTIONS,
  NON_WEAK_FUNCTIONS,
  NON_WEAK,
  ALL
}
