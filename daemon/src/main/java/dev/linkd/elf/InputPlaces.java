package dev.linkd.elf;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Place of each input's key in the order of resolution, from when it is first put until it goes.
 */
final class InputPlaces {
  private final Inputs inputs;
  private final Map<String, Long> places = new HashMap<>();

  /** The places that are taken. */
  private final TreeSet<Long> taken = new TreeSet<>();

  InputPlaces(Inputs inputs) {
    this.inputs = inputs;
  }

  @Nullable Long of(String key) {
    return places.get(key);
  }

  /** The key's place; behind all others when it has none. */
  long ofOrNext(String key) {
    Long known = places.get(key);
    return known == null ? inputs.nextOrder() : known;
  }

  /**
   * Chooses the place of an input that is put afterwards, behind another one.
   *
   * @param after key of the input before it; empty for the first place
   * @param run how many inputs will be placed there one after the other
   * @return whether there is room, and the key is new
   */
  boolean choose(String key, String after, int run) {
    Long low = after.isEmpty() ? Long.valueOf(0) : places.get(after);
    if (low == null || places.containsKey(key)) {
      return false;
    }
    Long high = taken.higher(low);
    long place = high == null ? inputs.nextOrder() : Inputs.between(low, high, run);
    if (place < 0) {
      return false;
    }
    take(key, place);
    return true;
  }

  void take(String key, long place) {
    Long before = places.put(key, place);
    if (before != null) {
      taken.remove(before);
    }
    taken.add(place);
  }

  void release(String key) {
    Long place = places.remove(key);
    if (place != null) {
      taken.remove(place);
    }
  }
}
