package dev.linkd.oracle;

import dev.linkd.oracle.image.Elf;
import dev.linkd.oracle.image.ElfSymbol;
import dev.linkd.oracle.image.Problems;
import dev.linkd.oracle.model.Definition;
import dev.linkd.oracle.naive.NaiveLink;
import dev.linkd.oracle.naive.Target;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/** The symbol table holds the symbols of the model and no others. */
final class SymbolCheck {
  /** Symbols that a linker adds of its own accord. */
  private static final Set<String> LINKER_DEFINED =
      Set.of(
          "_GLOBAL_OFFSET_TABLE_",
          "_DYNAMIC",
          "_end",
          "end",
          "_edata",
          "edata",
          "__bss_start",
          "_etext",
          "etext",
          "__etext",
          "__init_array_start",
          "__init_array_end",
          "__fini_array_start",
          "__fini_array_end",
          "__preinit_array_start",
          "__preinit_array_end",
          "__executable_start",
          "__ehdr_start",
          "__rela_iplt_start",
          "__rela_iplt_end",
          "__GNU_EH_FRAME_HDR",
          "__dso_handle",
          "_TLS_MODULE_BASE_");

  private final Placement placement;
  private final Problems problems;
  private final Map<String, List<ElfSymbol>> unexplained = new HashMap<>();

  private SymbolCheck(List<ElfSymbol> symbols, Placement placement, Problems problems) {
    this.placement = placement;
    this.problems = problems;
    for (ElfSymbol symbol : symbols) {
      unexplained.computeIfAbsent(symbol.name(), n -> new ArrayList<>()).add(symbol);
    }
  }

  static void check(
      NaiveLink link, List<ElfSymbol> symbols, Placement placement, Problems problems) {
    SymbolCheck check = new SymbolCheck(symbols, placement, problems);
    link.locals().forEach(l -> check.expect(l.definition(), l.target()));
    link.globals().forEach((name, g) -> check.expect(g.definition(), g.target()));
    check.nothingElse(link);
  }

  private void expect(Definition definition, Target target) {
    OptionalLong address = placement.address(target);
    if (address.isEmpty()) {
      problems.add("symbol '%s': its atom of %s was not found", definition.name(), target);
      return;
    }
    List<ElfSymbol> rows = unexplained.getOrDefault(definition.name(), List.of());
    for (ElfSymbol row : rows) {
      if (row.value() == address.getAsLong() && fits(row, definition, target)) {
        rows.remove(row);
        return;
      }
    }
    problems.add(
        "symbol '%s' is missing: expected value %x and %s, found %s",
        definition.name(), address.getAsLong(), definition, rows);
  }

  private static boolean fits(ElfSymbol row, Definition definition, Target target) {
    boolean hidden = definition.visibility() == Elf.STV_HIDDEN;
    boolean binding = row.binding() == definition.binding() || (hidden && row.local());
    boolean visibility = row.visibility() == definition.visibility() || (hidden && row.local());
    return binding
        && visibility
        && row.type() == definition.type()
        && row.size() == definition.size()
        && row.absolute() == (target.atom() == null);
  }

  private void nothingElse(NaiveLink link) {
    unexplained.forEach(
        (name, rows) -> {
          for (ElfSymbol row : rows) {
            boolean added = LINKER_DEFINED.contains(name) && !link.globals().containsKey(name);
            boolean reference = !row.defined() && !link.globals().containsKey(name);
            boolean weakReference = reference && row.binding() == Elf.STB_WEAK;
            problems.require(added || weakReference, "%s does not exist in the model", row);
          }
        });
  }
}
