package dev.linkd.driver;

/** Whether an option has a value, and how it is written. */
enum Arity {
  /** No value: {@code --shared}. */
  NONE,
  /** {@code --name value} or {@code --name=value}; for a single letter also {@code -nvalue}. */
  REQUIRED,
  /** {@code --name} or {@code --name=value}; the next word is never the value. */
  OPTIONAL
}
