package dev.linkd.elf;

import dev.linkd.object.Glob;
import dev.linkd.object.SymbolPattern;
import java.util.ArrayList;
import java.util.List;

/** A set of names of symbols, some written out and some as patterns. */
final class NamePatterns {
  private final LinkState state;
  private final IntMap exact = new IntMap();
  private final List<Glob> globs = new ArrayList<>();

  NamePatterns(LinkState state, List<SymbolPattern> patterns) {
    this.state = state;
    for (SymbolPattern pattern : patterns) {
      if (pattern.exact()) {
        int name = state.names.intern(pattern.text());
        if (exact.get(name) == IntMap.NONE) {
          state.names.retain(name);
          exact.put(name, 0);
        }
      } else {
        globs.add(new Glob(pattern.text()));
      }
    }
  }

  /** Whether the set contains a name, given by its id. */
  boolean contain(int name) {
    if (exact.get(name) != IntMap.NONE) {
      return true;
    }
    for (Glob glob : globs) {
      if (glob.matches(state.names.bytes(), state.names.offset(name), state.names.length(name))) {
        return true;
      }
    }
    return false;
  }
}
