package dev.linkd.driver;

import dev.linkd.output.Stripping;
import dev.linkd.output.Stripping.Locals;
import dev.linkd.output.Stripping.Strip;
import java.util.Optional;
import java.util.Set;

/** What a command line leaves out of the symbol table. */
final class StrippingChoices {
  private Strip strip = Strip.NOTHING;
  Locals locals = Locals.KEPT;

  /** Path of the file that lists the names to keep; empty for none. */
  String retainedFile = "";

  /** The greater of contradicting options counts. */
  void strip(Strip more) {
    if (more.compareTo(strip) > 0) {
      strip = more;
    }
  }

  Stripping rules(Optional<Set<String>> retained) {
    return new Stripping(strip, locals, retained);
  }
}
