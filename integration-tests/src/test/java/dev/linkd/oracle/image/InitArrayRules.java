package dev.linkd.oracle.image;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Each pointer of an initialisation array is called: a null one would crash. */
final class InitArrayRules {
  private static final List<String> ARRAYS =
      List.of(".preinit_array", ".init_array", ".fini_array");

  private InitArrayRules() {}

  static void check(ElfImage image, Problems problems) {
    Set<Long> relocated = new HashSet<>();
    for (DynamicRelocation relocation : new Dynamic(image).allRelocations()) {
      relocated.add(relocation.address());
    }
    for (String name : ARRAYS) {
      Section section = image.section(name).orElse(null);
      if (section == null) {
        continue;
      }
      problems.require(section.size() % 8 == 0, "%s: odd size", section);
      for (long at = section.address(); at + 8 <= section.end(); at += 8) {
        boolean filled = relocated.contains(at) || image.wordAt(at) != 0;
        problems.require(filled, "%s has a null entry at %x", name, at);
      }
    }
  }
}
