package dev.linkd.elf;

import dev.linkd.mapped.GapFiller;
import dev.linkd.mapped.MappedFile;
import dev.linkd.table.Segments;
import java.lang.foreign.MemorySegment;

/** What the records of .eh_frame look like (LSB, "Exception Frames"). */
final class Unwind {

  /**
   * Relocation kind of the distance from the CIE pointer of an FDE back to its CIE; no number of
   * the psABI, which has 8 bits.
   */
  static final int CIE_POINTER = 0x1f00;

  /** A CIE without augmentation and instructions, which no FDE refers to. */
  private static final byte[] EMPTY_CIE = {
    0, 0, 0, 0, // length, set for each gap
    0, 0, 0, 0, // CIE id
    1, // version
    0, // augmentation ""
    1, // code alignment factor
    0x78, // data alignment factor -8
    16, // return address column
  };

  /** Smallest record that can stand in a gap. */
  static final int GAP_MIN = 16;

  private Unwind() {}

  /** Fills every gap with one CIE that nothing refers to, padded with DW_CFA_nop. */
  static final GapFiller FILLER = new Filler(true);

  /**
   * The same for a container that ends with a terminator: nobody reads what is behind the last
   * record, so an append need not touch it.
   */
  static final GapFiller TERMINATED = new Filler(false);

  private record Filler(boolean tail) implements GapFiller {
    @Override
    public void fill(MappedFile file, int container, int previousNode, long from, long to) {
      if (!tail && to == file.position(container) + file.size(container)) {
        return;
      }
      MemorySegment image = file.image();
      Segments.fill(image, from, to - from, (byte) 0);
      if (to - from >= GAP_MIN) {
        Segments.copy(EMPTY_CIE, image, from);
        Segments.setInt(image, from, (int) (to - from - Integer.BYTES));
      }
      file.dirty(from, to);
    }

    @Override
    public int minGap() {
      return GAP_MIN;
    }
  }
}
