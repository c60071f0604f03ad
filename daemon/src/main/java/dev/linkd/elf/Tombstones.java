package dev.linkd.elf;

import dev.linkd.output.ContentRules.DeadValue;
import dev.linkd.symbol.Symbols;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What debug information says of code that is not linked. 0 is no address of code; in the lists of
 * DWARF 4 a pair of zeros would end the list, so there it is 1; in {@code .debug_names} 0 is an
 * offset like any other.
 */
final class Tombstones {

  /** Name of a symbol that nothing can define: it contains a NUL. */
  static final String ABSENT = "\0absent";

  private static final String DEBUG = ".debug_";

  private final LinkState state;
  private final int absent;

  /** What the command line says. */
  private final List<DeadValue> given;

  Tombstones(LinkState state) {
    this.state = state;
    this.absent = state.names.intern(ABSENT);
    state.names.retain(absent);
    this.given = state.spec.content().dead().reversed();
  }

  /** Whether a field in a section holds a tombstone instead of the address of a symbol. */
  boolean marks(OutputSection section, int symbol) {
    return !section.allocated()
        && (section.name.startsWith(DEBUG) || given(section) != null)
        && gone(symbol);
  }

  private boolean gone(int symbol) {
    return state.symbols.state(symbol) == Symbols.UNDEFINED
        ? state.symbols.name(symbol) == absent
        : state.buried(symbol);
  }

  private @Nullable DeadValue given(OutputSection section) {
    for (DeadValue value : given) {
      if (Glob.matches(value.sections(), section.name)) {
        return value;
      }
    }
    return null;
  }

  long value(OutputSection section) {
    DeadValue value = given(section);
    return value == null ? usual(section) : value.value();
  }

  private static long usual(OutputSection section) {
    return switch (section.name) {
      case ".debug_loc", ".debug_ranges" -> 1;
      case ".debug_names" -> -1;
      default -> 0;
    };
  }
}
