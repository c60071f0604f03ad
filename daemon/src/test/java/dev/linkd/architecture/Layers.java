package dev.linkd.architecture;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which package may use which: the table of {@code docs/design.md}. A package may use its own
 * subpackages and everything outside of the project that {@link Rules} does not reserve.
 */
final class Layers {

  /** Lowest first. A package that is not a key here is not part of the design. */
  static final Map<String, Set<String>> MAY_USE = table();

  private Layers() {}

  private static Map<String, Set<String>> table() {
    Map<String, Set<String>> uses = new LinkedHashMap<>();
    uses.put("rendezvous", Set.of());
    uses.put("diag", Set.of());
    uses.put("os", Set.of("diag"));
    uses.put("table", union("os", "diag"));
    uses.put("mapped", union("table", "os", "diag"));
    uses.put("object", union("table", "os", "diag"));
    uses.put("store", union("object", "table", "os", "diag"));
    uses.put("symbol", union("mapped", "table", "os", "diag"));
    uses.put("reloc", union("symbol", "mapped", "table", "os", "diag"));
    uses.put("publish", union("mapped", "table", "os", "diag"));
    uses.put(
        "output",
        union("publish", "store", "object", "symbol", "reloc", "mapped", "table", "os", "diag"));
    uses.put("elf", plus(uses.get("output"), "output"));
    uses.put("driver", plus(uses.get("output"), "output"));
    uses.put("session", plus(uses.get("elf"), "elf", "v1", "rendezvous"));
    uses.put("server", plus(uses.get("session"), "session", "driver"));
    return uses;
  }

  private static Set<String> union(String... names) {
    return Set.of(names);
  }

  private static Set<String> plus(Set<String> lower, String... names) {
    Set<String> all = new LinkedHashSet<>(lower);
    all.addAll(List.of(names));
    return all;
  }
}
