package dev.linkd.elf;

import dev.linkd.output.PlacementRules;
import dev.linkd.table.Names;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Remembers where input sections go. With a section for each function there are as many names as
 * functions, so that what a {@linkplain SectionRule#usual usual} prefix decides is kept once for
 * all names that begin with it.
 */
final class SectionRules {

  private static final int NONE = -1;
  private static final int FIRST_USUAL = -2;

  /** The name id of an input section, or a number below it for all that go to one usual section. */
  private record Key(int name, int type, long flags) {}

  private final Names names;

  /** Whether nothing but the usual prefix of a name decides. */
  private final boolean prefixes;

  private final Map<Key, OutputSection> sections = new HashMap<>();

  SectionRules(Names names, PlacementRules choices) {
    this.names = names;
    this.prefixes = choices.unique().isEmpty() && !choices.textPrefixes();
  }

  @Nullable OutputSection find(int inputName, int type, long flags) {
    return sections.get(key(inputName, type, flags));
  }

  void put(int inputName, int type, long flags, OutputSection section) {
    Key key = key(inputName, type, flags);
    if (key.name() == inputName) {
      names.retain(inputName);
    }
    sections.put(key, section);
  }

  /** Sends to another section what has gone to one. */
  void replace(OutputSection old, OutputSection section) {
    sections.replaceAll((key, found) -> found == old ? section : found);
  }

  private Key key(int inputName, int type, long flags) {
    int usual = prefixes ? usual(inputName) : NONE;
    return new Key(usual == NONE ? inputName : FIRST_USUAL - usual, type, flags);
  }

  private int usual(int inputName) {
    return SectionRule.usual(names.bytes(), names.offset(inputName), names.length(inputName));
  }
}
