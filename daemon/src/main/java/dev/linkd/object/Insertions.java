package dev.linkd.object;

import dev.linkd.object.LayoutCommand.Insert;
import dev.linkd.object.LayoutCommand.Section;
import java.util.ArrayList;
import java.util.List;

/**
 * Moves what stands before an {@code INSERT} beside the section that it names. One that names no
 * section of the script stays, because the section may be that of another script.
 */
final class Insertions {
  private Insertions() {}

  static List<LayoutCommand> apply(List<LayoutCommand> commands) {
    List<LayoutCommand> result = new ArrayList<>(commands);
    int from = 0;
    for (int i = 0; i < result.size(); i++) {
      if (result.get(i) instanceof Insert insert) {
        List<LayoutCommand> moved = List.copyOf(result.subList(from, i));
        List<LayoutCommand> rest = new ArrayList<>(result.subList(0, from));
        rest.addAll(result.subList(i + 1, result.size()));
        int target = target(rest, insert.section());
        if (target >= 0) {
          rest.addAll(insert.after() ? target + 1 : target, moved);
          return apply(rest);
        }
        from = i + 1;
      }
    }
    return result;
  }

  private static int target(List<LayoutCommand> commands, String name) {
    for (int i = 0; i < commands.size(); i++) {
      if (commands.get(i) instanceof Section section && section.name().equals(name)) {
        return i;
      }
    }
    return -1;
  }
}
