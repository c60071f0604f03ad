package dev.linkd.elf;

import dev.linkd.mapped.GapFiller;
import dev.linkd.mapped.MappedFile;
import dev.linkd.object.LayoutCommand.Fill;

/** Fills each gap of a section as the last FILL statement before it says. */
final class StatementFiller implements GapFiller {
  private static final int NONE = -1;

  private final ScriptSection section;
  private final FillPattern first;

  /**
   * @param first what gaps before all these statements contain
   */
  StatementFiller(ScriptSection section, FillPattern first) {
    this.section = section;
    this.first = first;
  }

  @Override
  public void fill(MappedFile file, int container, int previousNode, long from, long to) {
    pattern(file, previousNode).write(file, from, to);
  }

  private FillPattern pattern(MappedFile file, int previousNode) {
    int node = previousNode;
    int statement = statement(file, node);
    while (node != NONE && statement == NONE) {
      node = file.prev(node);
      statement = statement(file, node);
    }
    for (int i = statement; i >= 0; i--) {
      FillPattern pattern =
          section.statements.get(i) instanceof Fill fill ? FillPattern.constant(fill) : null;
      if (pattern != null) {
        return pattern;
      }
    }
    return first;
  }

  /** The statement whose marker a node is; its contents are behind that. */
  private int statement(MappedFile file, int node) {
    int found = NONE;
    if (node != NONE && !Owners.isAtom(file.owner(node))) {
      for (int i = 0; i < section.markers.length; i++) {
        found = section.markers[i] == node ? i : found;
      }
    }
    return found;
  }
}
