package dev.linkd.elf;

import dev.linkd.object.Glob;
import dev.linkd.object.SymbolPattern;
import dev.linkd.object.cpp.CppNames;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A set of names of symbols, some written out and some as patterns. */
final class NamePatterns {
  private final LinkState state;
  private final IntMap exact = new IntMap();
  private final List<Glob> globs = new ArrayList<>();
  private final Set<String> exactCpp = new HashSet<>();
  private final List<Glob> globsCpp = new ArrayList<>();

  NamePatterns(LinkState state, List<SymbolPattern> patterns) {
    this.state = state;
    for (SymbolPattern pattern : patterns) {
      if (pattern.cpp() && pattern.exact()) {
        exactCpp.add(pattern.text());
      } else if (pattern.cpp()) {
        globsCpp.add(new Glob(pattern.text()));
      } else if (pattern.exact()) {
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
    return containCpp(name);
  }

  private boolean containCpp(int name) {
    if (exactCpp.isEmpty() && globsCpp.isEmpty()) {
      return false;
    }
    String readable = CppNames.demangle(state.names.string(name));
    return exactCpp.contains(readable) || globsCpp.stream().anyMatch(g -> g.matches(readable));
  }
}
