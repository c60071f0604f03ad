package dev.linkd.elf.relocatable;

import dev.linkd.diag.LinkException;
import dev.linkd.elf.JoinedSections;
import dev.linkd.elf.JoinedStatements;
import dev.linkd.elf.JoinedStatements.Position;
import dev.linkd.object.ElfObject;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Sections and symbols of the output as the statements of a linker script make them. */
final class ScriptedSections implements JoinedStatements.Contents {
  private final SymbolMerger symbols;

  /** Addresses that options give, by name. */
  private final Map<String, Long> chosen;

  /** By key of the script; those that it does not name have other keys. */
  private final Map<String, MergedSection> sections = new HashMap<>();

  private final Map<MergedSection, String> keys = new IdentityHashMap<>();

  /** The first section with each name. */
  private final Map<String, MergedSection> names = new HashMap<>();

  ScriptedSections(List<MergedSection> sections, SymbolMerger symbols, Map<String, Long> chosen) {
    this.symbols = symbols;
    this.chosen = chosen;
    for (MergedSection section : sections) {
      String key = section.key.isEmpty() ? "\1" + keys.size() : section.key;
      this.sections.put(key, section);
      keys.put(section, key);
      names.putIfAbsent(section.name, section);
    }
  }

  /** Follows the script and defines its symbols. */
  void follow(JoinedSections script) throws LinkException {
    Map<String, Position> assigned = script.statements(this).follow();
    for (Map.Entry<String, Position> each : assigned.entrySet()) {
      Position position = each.getValue();
      GlobalSymbol like = symbols.find(position.like());
      MergedSection home = sections.getOrDefault(position.key(), names.get(position.key()));
      symbols.global(each.getKey()).assign(home, position, like == null ? 0 : like.info);
    }
  }

  private MergedSection section(String key) {
    MergedSection section = sections.get(key);
    if (section == null) {
      throw new IllegalStateException("no section " + key);
    }
    return section;
  }

  @Override
  public boolean has(String key) {
    return sections.containsKey(key);
  }

  @Override
  public void begin(String key) {
    section(key).begin();
  }

  @Override
  public JoinedStatements.Shape shape(String key) {
    MergedSection section = section(key);
    return new JoinedStatements.Shape(section.flags, section.hasContent(), section.alignment());
  }

  @Override
  public @Nullable Long chosen(String name) {
    return chosen.get(name);
  }

  @Override
  public void enter(String key, long address, long alignment, long step) {
    section(key).enter(address, alignment, step);
  }

  @Override
  public long add(String key, int statement) {
    section(key).place(statement);
    return section(key).size;
  }

  @Override
  public void pad(String key, long to, byte[] pattern) {
    section(key).mix();
    section(key).pad(to, pattern);
  }

  @Override
  public void number(String key, int bytes, long value) {
    section(key).mix();
    section(key).number(bytes, value);
  }

  @Override
  public void fill(String key, byte[] pattern) {
    section(key).filler = pattern;
  }

  @Override
  public long size(String name) {
    MergedSection section = names.get(name);
    return section == null ? 0 : section.size;
  }

  @Override
  public long alignment(String name) {
    MergedSection section = names.get(name);
    return section == null ? 1 : section.alignment();
  }

  @Override
  public @Nullable Position symbol(String name) {
    GlobalSymbol symbol = symbols.find(name);
    if (symbol == null) {
      return null;
    }
    InputObject definer = symbol.definer;
    if (definer == null) {
      return symbol.absolute ? new Position("", symbol.value, false, name) : null;
    }
    int s = definer.object.symbolSection(symbol.symbol);
    long value = definer.object.symbolValue(symbol.symbol);
    MergedSection home = definer.home(s);
    if (home == null) {
      return s == ElfObject.ABS ? new Position("", value, false, name) : null;
    }
    String key = keys.getOrDefault(home, "");
    return new Position(key, definer.offset(s) + value, false, name);
  }

  @Override
  public boolean wanted(String name) {
    GlobalSymbol symbol = symbols.find(name);
    return symbol != null && !symbol.defined();
  }
}
