package dev.linkd.elf.relocatable;

import static dev.linkd.object.ElfConstants.STB_WEAK;
import static dev.linkd.object.ElfConstants.binding;

import dev.linkd.diag.LinkException;
import dev.linkd.object.ElfObject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Which members of archives define what is undefined. Archives are searched until nothing is. */
final class MemberSearch {

  /** An archive and whether all its members are taken. */
  record Source(LazyArchive archive, boolean whole) {}

  private final Map<String, String> replacements;
  private final Set<String> defined = new HashSet<>();
  private final Set<String> undefined = new LinkedHashSet<>();
  private final Map<LazyArchive, TreeMap<Integer, ElfObject>> taken = new HashMap<>();

  /**
   * @param wrapped names whose undefined references mean a wrapper
   * @param required names that count as referred to
   */
  MemberSearch(List<String> wrapped, Collection<String> required) {
    this.replacements = WrappedNames.replacements(wrapped);
    undefined.addAll(required);
  }

  /** Takes in what an object defines and refers to. */
  void add(ElfObject object) {
    for (int y = Math.max(1, object.firstGlobal()); y < object.symbols(); y++) {
      String name = object.symbolName(y);
      if (object.symbolSection(y) != ElfObject.UNDEF) {
        defined.add(name);
      } else if (binding(object.symbolInfo(y)) != STB_WEAK) {
        undefined.add(replacements.getOrDefault(name, name));
      }
    }
  }

  /** Takes the members that are needed. */
  void extract(List<Source> sources) throws LinkException {
    Map<Source, Map<String, Integer>> indexes = new HashMap<>();
    for (Source source : sources) {
      taken.put(source.archive(), new TreeMap<>());
      if (source.whole()) {
        for (int m = 0; m < source.archive().members(); m++) {
          take(source.archive(), m);
        }
      } else {
        indexes.put(source, index(source.archive()));
      }
    }
    boolean again = true;
    while (again) {
      again = false;
      for (String name : new ArrayList<>(undefined)) {
        again |= !defined.contains(name) && takeDefining(name, sources, indexes);
      }
    }
  }

  private boolean takeDefining(
      String name, List<Source> sources, Map<Source, Map<String, Integer>> indexes)
      throws LinkException {
    for (Source source : sources) {
      Integer member = indexes.getOrDefault(source, Map.of()).get(name);
      if (member != null) {
        take(source.archive(), member);
        return true;
      }
    }
    return false;
  }

  private void take(LazyArchive archive, int member) throws LinkException {
    ElfObject object = archive.object(member);
    if (object != null) {
      taken.computeIfAbsent(archive, a -> new TreeMap<>()).put(member, object);
      add(object);
    }
  }

  /** What each name is defined by, read from the members, so that a stale index does no harm. */
  private static Map<String, Integer> index(LazyArchive archive) throws LinkException {
    Map<String, Integer> index = new HashMap<>();
    for (int m = 0; m < archive.members(); m++) {
      ElfObject object = archive.object(m);
      if (object == null) {
        continue;
      }
      for (int y = Math.max(1, object.firstGlobal()); y < object.symbols(); y++) {
        if (object.symbolSection(y) != ElfObject.UNDEF) {
          index.putIfAbsent(object.symbolName(y), m);
        }
      }
    }
    return index;
  }

  /** The members that were taken from an archive, in its order. */
  Collection<ElfObject> members(LazyArchive archive) {
    return taken.getOrDefault(archive, new TreeMap<>()).values();
  }
}
