package dev.linkd.oracle.image;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** .symtab and .dynsym: order, bounds, no name defined twice. */
final class SymbolRules {
  /** Names of places between sections, which must be given some section. */
  private static final Set<String> BOUNDARIES =
      Set.of("__ehdr_start", "__executable_start", "__bss_start", "_edata", "edata", "_end", "end");

  private SymbolRules() {}

  static void check(ElfImage image, Problems problems) {
    image
        .sectionOfType(Elf.SHT_SYMTAB)
        .ifPresent(table -> table(image, problems, table, image.symbols()));
    image
        .sectionOfType(Elf.SHT_DYNSYM)
        .ifPresent(table -> table(image, problems, table, image.dynamicSymbols()));
  }

  private static void table(
      ElfImage image, Problems problems, Section table, List<ElfSymbol> symbols) {
    problems.require(table.entrySize() == 24, "%s: sh_entsize %d", table, table.entrySize());
    Section strings = image.sections().get(table.link());
    problems.require(strings.type() == Elf.SHT_STRTAB, "%s: sh_link is %s", table, strings);
    problems.require(image.u8(strings.offset()) == 0, "%s does not start with NUL", strings);
    if (!problems.require(!symbols.isEmpty(), "%s is empty", table)) {
      return;
    }
    ElfSymbol first = symbols.getFirst();
    problems.require(
        first.info() == 0 && first.value() == 0 && first.section() == 0 && first.size() == 0,
        "%s: first row is not null",
        table);
    localsFirst(problems, table, symbols);
    Map<String, ElfSymbol> globals = new HashMap<>();
    for (ElfSymbol symbol : symbols.subList(1, symbols.size())) {
      single(image, problems, table, symbol);
      if (!symbol.local() && symbol.defined() && table.type() == Elf.SHT_SYMTAB) {
        ElfSymbol other = globals.put(symbol.name(), symbol);
        problems.require(other == null, "%s: %s and %s", table, symbol, other);
      }
    }
  }

  private static void localsFirst(Problems problems, Section table, List<ElfSymbol> symbols) {
    int locals = 0;
    while (locals < symbols.size() && symbols.get(locals).local()) {
      locals++;
    }
    problems.require(
        table.info() == locals, "%s: sh_info is %d, not %d", table, table.info(), locals);
    for (ElfSymbol symbol : symbols.subList(locals, symbols.size())) {
      problems.require(!symbol.local(), "%s: local %s after globals", table, symbol);
    }
  }

  private static void single(ElfImage image, Problems problems, Section table, ElfSymbol symbol) {
    problems.require(symbol.binding() <= 2 || symbol.binding() == 10, "%s: binding", symbol);
    if (!symbol.defined()) {
      boolean unused = symbol.local() && symbol.name().isEmpty() && symbol.value() == 0;
      problems.require(unused || !symbol.local(), "%s: undefined local", symbol);
      return;
    }
    if (symbol.section() >= Elf.SHN_LORESERVE) {
      problems.require(symbol.absolute(), "%s in %s: special section", symbol, table);
      return;
    }
    if (!problems.require(
        symbol.section() < image.sections().size(), "%s: no such section", symbol)) {
      return;
    }
    Section section = image.sections().get(symbol.section());
    problems.require(!section.inactive(), "%s is in an inactive section", symbol);
    if (symbol.type() == Elf.STT_TLS) {
      problems.require(section.threadLocal(), "%s is not in a TLS section", symbol);
      return;
    }
    if (BOUNDARIES.contains(symbol.name())) {
      return;
    }
    problems.require(
        symbol.value() >= section.address() && symbol.value() <= section.end(),
        "%s is outside of %s",
        symbol,
        section);
    problems.require(
        symbol.size() >= 0 && symbol.size() <= section.end() - symbol.value(),
        "%s ends after %s",
        symbol,
        section);
  }
}
