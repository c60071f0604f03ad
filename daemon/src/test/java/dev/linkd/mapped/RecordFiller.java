package dev.linkd.mapped;

import static dev.linkd.table.Layouts.BYTE;

/**
 * A filler that writes a record over the whole gap, as debug sections need it: the length of the
 * gap, the size of the node before it, and padding.
 */
final class RecordFiller implements GapFiller {
  static final int MIN_GAP = 4;

  @Override
  public void fill(MappedFile file, int container, int previousNode, long from, long to) {
    for (long at = from; at < to; at++) {
      file.image().set(BYTE, at, expected(file, previousNode, from, to, at));
    }
    file.dirty(from, to);
  }

  static byte expected(MappedFile file, int previousNode, long from, long to, long at) {
    return switch ((int) Math.min(at - from, 4)) {
      case 0 -> (byte) (to - from);
      case 1 -> (byte) (to - from >> 8);
      case 2 -> (byte) (previousNode == MappedFile.NONE ? 0xff : file.size(previousNode));
      case 3 -> (byte) 0xfd;
      default -> (byte) 0xee;
    };
  }

  @Override
  public int minGap() {
    return MIN_GAP;
  }
}
