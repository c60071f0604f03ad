package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.output.DynamicRules;
import dev.linkd.output.ModuleTags;
import java.util.ArrayList;
import java.util.List;

/** Entries of {@code .dynamic} whose value is the offset of a text in {@code .dynstr}. */
final class DynamicTexts {

  /** One entry. */
  record Entry(long tag, int offset) {}

  private final DynamicRules rules;
  private final List<Entry> entries = new ArrayList<>();

  DynamicTexts(DynamicRules rules) {
    this.rules = rules;
  }

  /** Adds the texts to the table of names. */
  void write(ByteBuilder names) {
    ModuleTags tags = rules.tags();
    entries.clear();
    tags.filters().forEach(name -> add(DT_FILTER, name, names));
    tags.auxiliaryFilters().forEach(name -> add(DT_AUXILIARY, name, names));
    add(DT_SONAME, rules.soname(), names);
    add(tags.oldRunPath() ? DT_RPATH : DT_RUNPATH, String.join(":", rules.runPaths()), names);
    add(DT_AUDIT, tags.audit(), names);
    add(DT_DEPAUDIT, tags.neededAudit(), names);
  }

  private void add(long tag, String text, ByteBuilder names) {
    if (!text.isEmpty()) {
      entries.add(new Entry(tag, names.putString(text)));
    }
  }

  List<Entry> entries() {
    return entries;
  }
}
