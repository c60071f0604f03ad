package dev.linkd.elf;

import java.util.List;

/** Names that undefined references use instead of the ones in the input ({@code --wrap}). */
final class Wrapping {

  private static final String WRAPPER = "__wrap_";
  private static final String ORIGINAL = "__real_";

  private final IntMap replacements = new IntMap();

  Wrapping(LinkState state) {
    List<String> wrapped = state.spec.names().wrapped();
    for (String name : wrapped) {
      replace(state, name, WRAPPER + name);
    }
    for (String name : wrapped) {
      replace(state, ORIGINAL + name, name);
    }
  }

  private void replace(LinkState state, String name, String replacement) {
    int from = state.names.intern(name);
    int to = state.names.intern(replacement);
    state.names.retain(from);
    state.names.retain(to);
    replacements.put(from, to);
  }

  /** Whether references mean what they say. */
  boolean none() {
    return replacements.size() == 0;
  }

  /** The name that an undefined reference to a name means. */
  int of(int name) {
    if (none()) {
      return name;
    }
    int replacement = replacements.get(name);
    return replacement == LinkState.NONE ? name : replacement;
  }
}
