package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.output.DynamicRules;
import dev.linkd.output.ModuleTags;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Entries of {@code .dynamic} whose value is the offset of a text in {@code .dynstr}. */
final class DynamicTexts {

  /** One entry. */
  record Entry(long tag, int offset) {}

  private final DynamicRules rules;
  private final List<Entry> entries = new ArrayList<>();

  DynamicTexts(DynamicRules rules) {
    this.rules = rules;
  }

  /**
   * Adds the texts to the table of names.
   *
   * @param audits what needed libraries say of those that watch the dynamic linker for them
   */
  void write(ByteBuilder names, Collection<String> audits) {
    ModuleTags tags = rules.tags();
    entries.clear();
    tags.filters().forEach(name -> add(DT_FILTER, name, names));
    tags.auxiliaryFilters().forEach(name -> add(DT_AUXILIARY, name, names));
    add(DT_SONAME, rules.soname(), names);
    add(tags.oldRunPath() ? DT_RPATH : DT_RUNPATH, String.join(":", rules.runPaths()), names);
    add(DT_AUDIT, tags.audit(), names);
    Set<String> neededAudits = new LinkedHashSet<>();
    split(tags.neededAudit(), neededAudits);
    audits.forEach(audit -> split(audit, neededAudits));
    add(DT_DEPAUDIT, String.join(":", neededAudits), names);
  }

  private static void split(String list, Set<String> names) {
    for (String name : list.split(":", -1)) {
      if (!name.isEmpty()) {
        names.add(name);
      }
    }
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
