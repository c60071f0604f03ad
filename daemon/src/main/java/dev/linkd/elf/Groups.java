package dev.linkd.elf;

import dev.linkd.object.ElfObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * COMDAT groups: of all groups with one signature only that of the first input counts. When that
 * input goes or loses the group, the next one is read again with the group in force.
 */
final class Groups {

  /** Inputs that have the group, by order. */
  private final Map<String, List<ObjectInput>> candidates = new HashMap<>();

  /** Inputs whose choice of groups changed and that have to be read again. */
  private final List<ObjectInput> stale = new ArrayList<>();

  /** Registers an input's groups, before it is read. */
  void add(ObjectInput input, ElfObject object) {
    for (int g = 0; g < object.groups(); g++) {
      if (object.groupComdat(g)) {
        add(input, object.groupSignature(g));
      }
    }
  }

  private void add(ObjectInput input, String signature) {
    List<ObjectInput> list = candidates.computeIfAbsent(signature, s -> new ArrayList<>(1));
    if (list.contains(input)) {
      return;
    }
    int at = list.size();
    while (at > 0 && list.get(at - 1).order > input.order) {
      at--;
    }
    if (at == 0 && !list.isEmpty()) {
      markStale(list.get(0));
    }
    list.add(at, input);
  }

  /** Takes out the groups that an input had and, by its new version, has no more. */
  void remove(ObjectInput input, ElfObject before, List<String> kept) {
    for (int g = 0; g < before.groups(); g++) {
      String signature = before.groupSignature(g);
      if (!before.groupComdat(g) || kept.contains(signature)) {
        continue;
      }
      List<ObjectInput> list = candidates.get(signature);
      if (list == null) {
        continue;
      }
      boolean first = list.get(0) == input;
      list.remove(input);
      if (list.isEmpty()) {
        candidates.remove(signature);
      } else if (first) {
        markStale(list.get(0));
      }
    }
  }

  static List<String> signatures(ElfObject object) {
    List<String> list = new ArrayList<>();
    for (int g = 0; g < object.groups(); g++) {
      if (object.groupComdat(g)) {
        list.add(object.groupSignature(g));
      }
    }
    return list;
  }

  private void markStale(ObjectInput input) {
    if (!stale.contains(input)) {
      stale.add(input);
    }
  }

  /** Whether the section counts in this input. */
  boolean selected(ObjectInput input, ElfObject object, int section) {
    int group = object.groupOf(section);
    if (group < 0 || !object.groupComdat(group)) {
      return true;
    }
    List<ObjectInput> list = candidates.get(object.groupSignature(group));
    return list == null || list.get(0) == input;
  }

  /** Inputs to read again; the list is the caller's. */
  List<ObjectInput> takeStale() {
    List<ObjectInput> list = new ArrayList<>(stale);
    stale.clear();
    return list;
  }

  void forget(ObjectInput input) {
    stale.remove(input);
  }
}
