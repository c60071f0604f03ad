package dev.linkd.driver;

/** What linkd does about an option. */
enum Support {
  /** It has the effect that ld documents. */
  IMPLEMENTED,
  /** It is accepted without effect, and the output is still what was asked for. */
  NO_OP,
  /** It is an error: without it the output would be another one. */
  REFUSED
}
