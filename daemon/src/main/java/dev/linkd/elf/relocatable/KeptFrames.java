package dev.linkd.elf.relocatable;

import dev.linkd.diag.LinkException;
import dev.linkd.object.EhFrames;
import dev.linkd.table.Segments;
import java.lang.foreign.MemorySegment;
import java.util.function.IntPredicate;

/**
 * The unwind records of a section that stay: FDEs of functions that another input's copy replaces
 * go, and a terminator stays only at the end of the output section.
 */
final class KeptFrames {

  private static final int NONE = -1;
  private static final int TERMINATOR_BYTES = 4;
  private static final int CIE_POINTER = 4;

  private final EhFrames frames;

  /** New offset of each record, or NONE. */
  private final int[] offsets;

  private int size;

  /**
   * @param discarded whether a relocation of the section refers to code that is not there
   */
  KeptFrames(EhFrames frames, IntPredicate discarded) {
    this.frames = frames;
    this.offsets = new int[frames.count()];
    for (int record = 0; record < frames.count(); record++) {
      if (frames.isCie(record) || !describes(record, discarded)) {
        offsets[record] = size;
        size += frames.size(record);
      } else {
        offsets[record] = NONE;
      }
    }
  }

  static KeptFrames of(InputObject input, int s) throws LinkException {
    return new KeptFrames(EhFrames.split(input.object, s), r -> input.discardedTarget(s, r));
  }

  /** Whether the FDE's code is what the predicate finds discarded. */
  private boolean describes(int fde, IntPredicate discarded) {
    for (int i = 0; i < frames.relocations(fde); i++) {
      if (discarded.test(frames.relocation(fde, i))) {
        return true;
      }
    }
    return false;
  }

  /**
   * Bytes that stay.
   *
   * @param last nothing follows in the output section
   */
  long size(boolean last) {
    boolean terminated = last && frames.terminator() != EhFrames.NONE;
    return (long) size + (terminated ? TERMINATOR_BYTES : 0);
  }

  /** New offset of a byte of the section; NONE when its record is gone. */
  long map(long offset) {
    int record = record(offset);
    if (record == NONE || offsets[record] == NONE) {
      return NONE;
    }
    return offsets[record] + offset - frames.offset(record);
  }

  private int record(long offset) {
    int low = 0;
    int high = frames.count() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      long start = frames.offset(middle);
      if (offset < start) {
        high = middle - 1;
      } else if (offset >= start + frames.size(middle)) {
        low = middle + 1;
      } else {
        return middle;
      }
    }
    return NONE;
  }

  /** Copies the records; the distance from an FDE to its CIE is the new one. */
  void write(MemorySegment section, MemorySegment image, long at) {
    for (int record = 0; record < frames.count(); record++) {
      if (offsets[record] == NONE) {
        continue;
      }
      long to = at + offsets[record];
      Segments.copy(section, frames.offset(record), image, to, frames.size(record));
      if (!frames.isCie(record)) {
        int distance = offsets[record] + CIE_POINTER - offsets[frames.cie(record)];
        Segments.setInt(image, to + CIE_POINTER, distance);
      }
    }
  }
}
