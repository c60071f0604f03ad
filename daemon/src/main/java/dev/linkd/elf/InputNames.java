package dev.linkd.elf;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Names that tell the inputs of a link apart and are the same in another link of the same inputs.
 * Members of an archive can have one name, and a file can be given twice: they are counted.
 */
final class InputNames {

  /** By the number of the input. */
  private final Map<Integer, String> names = new HashMap<>();

  InputNames(Inputs inputs) {
    List<Input> list = new ArrayList<>();
    inputs.forEach(list::add);
    list.sort(Comparator.comparingLong(input -> input.order));
    Map<String, Integer> seen = new HashMap<>();
    for (Input input : list) {
      int count = seen.merge(input.name, 1, Integer::sum);
      names.put(input.number, count == 1 ? input.name : input.name + " (" + count + ")");
    }
  }

  String of(int input) {
    return names.getOrDefault(input, "");
  }
}
