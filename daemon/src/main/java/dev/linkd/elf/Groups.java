package dev.linkd.elf;

import dev.linkd.object.ElfObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * COMDAT groups: of all groups with one signature only that of the first input counts. When that
 * input goes or loses the group, the next one is read again with the group in force. A section
 * {@code .gnu.linkonce.*} of compilers from before there were groups is a group with its name as
 * signature.
 */
final class Groups {
  private static final String ONCE = ".gnu.linkonce.";

  /** Old objects have these beside the groups of newer ones; lld leaves them out, too. */
  private static final Set<String> OLD_THUNKS =
      Set.of(".gnu.linkonce.t.__x86.get_pc_thunk.bx", ".gnu.linkonce.t.__i686.get_pc_thunk.bx");

  /** Inputs that have the group, by order. */
  private final Map<String, List<ObjectInput>> candidates = new HashMap<>();

  /** Inputs whose choice of groups changed and that have to be read again. */
  private final List<ObjectInput> stale = new ArrayList<>();

  /** Registers an input's groups, before it is read. */
  void add(ObjectInput input, ElfObject object) {
    signatures(object).forEach(signature -> add(input, signature));
  }

  private void add(ObjectInput input, String signature) {
    List<ObjectInput> list = candidates.computeIfAbsent(signature, s -> new ArrayList<>(1));
    if (place(list, input) >= 0) {
      return;
    }
    int at = behind(list, input.order);
    if (at == 0 && !list.isEmpty()) {
      markStale(list.get(0));
    }
    list.add(at, input);
  }

  private static int place(List<ObjectInput> list, ObjectInput input) {
    int at = behind(list, input.order) - 1;
    while (at >= 0 && list.get(at) != input && list.get(at).order == input.order) {
      at--;
    }
    return at >= 0 && list.get(at) == input ? at : -1;
  }

  /** The place behind all inputs up to an order. */
  private static int behind(List<ObjectInput> list, long order) {
    int low = 0;
    int high = list.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (list.get(middle).order > order) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  /** Takes out the groups that an input had and, by its new version, has no more. */
  void remove(ObjectInput input, ElfObject before, List<String> kept) {
    for (String signature : signatures(before)) {
      if (kept.contains(signature)) {
        continue;
      }
      List<ObjectInput> list = candidates.get(signature);
      if (list == null) {
        continue;
      }
      boolean first = list.get(0) == input;
      int at = place(list, input);
      if (at >= 0) {
        list.remove(at);
      }
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
    for (int s = 1; object.gnuSections() && s < object.sections(); s++) {
      if (once(object, s)) {
        list.add(object.sectionName(s));
      }
    }
    return list;
  }

  private static boolean once(ElfObject object, int section) {
    return object.gnuSections()
        && object.groupOf(section) < 0
        && object.sectionNameStartsWith(section, ONCE);
  }

  private void markStale(ObjectInput input) {
    if (!stale.contains(input)) {
      stale.add(input);
    }
  }

  /** Whether the section counts in this input. */
  boolean selected(ObjectInput input, ElfObject object, int section) {
    int group = object.groupOf(section);
    String signature;
    if (group >= 0 && object.groupComdat(group)) {
      signature = object.groupSignature(group);
    } else if (once(object, section)) {
      signature = object.sectionName(section);
      if (OLD_THUNKS.contains(signature)) {
        return false;
      }
    } else {
      return true;
    }
    List<ObjectInput> list = candidates.get(signature);
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
