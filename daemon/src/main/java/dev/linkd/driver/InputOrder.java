package dev.linkd.driver;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which inputs of an output stay where they are when the command line names them in some order. */
final class InputOrder {
  private static final int NONE = -1;

  private InputOrder() {}

  /**
   * As many held keys as possible that have the same order in both lists: the longest increasing
   * subsequence of their positions. The others are taken out and put in again.
   *
   * @param held keys in their present order
   * @param wanted keys in the order that they should have
   */
  static Set<String> kept(List<String> held, List<String> wanted) {
    Map<String, Integer> positions = new HashMap<>();
    for (int i = 0; i < wanted.size(); i++) {
      positions.put(wanted.get(i), i);
    }
    List<String> common = held.stream().filter(positions::containsKey).toList();
    int[] order = common.stream().mapToInt(positions::get).toArray();
    Set<String> kept = new HashSet<>();
    for (int i : longestIncreasing(order)) {
      kept.add(common.get(i));
    }
    return kept;
  }

  /** Indexes of a longest increasing subsequence. */
  private static List<Integer> longestIncreasing(int[] values) {
    int[] tails = new int[values.length];
    int[] before = new int[values.length];
    int length = 0;
    for (int i = 0; i < values.length; i++) {
      int low = 0;
      int high = length;
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (values[tails[middle]] < values[i]) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      before[i] = low == 0 ? NONE : tails[low - 1];
      tails[low] = i;
      length = Math.max(length, low + 1);
    }
    List<Integer> found = new ArrayList<>(length);
    for (int i = length == 0 ? NONE : tails[length - 1]; i != NONE; i = before[i]) {
      found.add(i);
    }
    return found;
  }
}
