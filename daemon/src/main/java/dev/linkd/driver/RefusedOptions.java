package dev.linkd.driver;

import static dev.linkd.driver.Arity.NONE;
import static dev.linkd.driver.Option.refused;

import java.util.List;

/** Options that ask for an output which linkd does not make. */
final class RefusedOptions {
  private RefusedOptions() {}

  static List<Option> rows() {
    return List.of(refused(NONE, "x86-64 has one byte order.", "EB"));
  }
}
