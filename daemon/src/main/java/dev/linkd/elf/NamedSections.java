package dev.linkd.elf;

import dev.linkd.table.PairIndex;
import dev.linkd.table.Segments;
import java.util.HashMap;
import java.util.Map;

/**
 * Atoms by the name of their input section, for those names that {@code __start_} and {@code
 * __stop_} symbols can contain.
 */
final class NamedSections {

  private static final int NONE = -1;
  private static final IntQueue NOTHING = new IntQueue();

  private final LinkState state;
  private final Map<Integer, IntQueue> byName = new HashMap<>();

  /** (atom, 0) to its place in the list of its name. */
  private final PairIndex places = new PairIndex("atoms of named sections");

  NamedSections(LinkState state) {
    this.state = state;
  }

  /** Adds an atom; returns whether the name of its section is an identifier. */
  boolean add(int atom) {
    int name = state.atoms.sectionName(atom);
    long at = state.names.offset(name);
    // Nearly all names begin with a dot.
    if (state.names.length(name) == 0
        || Segments.getByte(state.names.bytes(), at) == '.'
        || !SectionRule.isIdentifier(state.names.string(name))) {
      return false;
    }
    IntQueue list = byName.get(name);
    if (list == null) {
      list = new IntQueue();
      byName.put(name, list);
      state.names.retain(name);
    }
    places.put(atom, 0, list.size());
    list.add(atom);
    return true;
  }

  void remove(int atom) {
    int place = places.remove(atom, 0);
    if (place == NONE) {
      return;
    }
    int name = state.atoms.sectionName(atom);
    IntQueue list = atoms(name);
    list.removeAt(place);
    if (place < list.size()) {
      places.put(list.get(place), 0, place);
    } else if (list.isEmpty()) {
      byName.remove(name);
      state.names.release(name);
    }
  }

  boolean contains(int atom) {
    return places.get(atom, 0) != NONE;
  }

  /** Atoms whose section has that name. */
  IntQueue atoms(int name) {
    return byName.getOrDefault(name, NOTHING);
  }

  IntQueue atoms(String name) {
    int id = state.names.find(name);
    return id == NONE ? NOTHING : atoms(id);
  }

  void close() {
    places.close();
  }
}
