package dev.linkd.elf.relocatable;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What undefined references mean under {@code --wrap}. */
final class WrappedNames {
  private WrappedNames() {}

  static Map<String, String> replacements(List<String> wrapped) {
    Map<String, String> map = new HashMap<>();
    wrapped.forEach(name -> map.put(name, "__wrap_" + name));
    wrapped.forEach(name -> map.put("__real_" + name, name));
    return map;
  }
}
