package dev.linkd.elf.relocatable;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.table.Segments;
import java.lang.foreign.MemorySegment;

/**
 * A {@code .note.gnu.property} with GNU_PROPERTY_X86_FEATURE_1_AND (psABI, "Program Property").
 *
 * <pre>
 *  0 namesz 4   4 descsz 16   8 type 5   12 "GNU"   16 pr_type   20 pr_datasz 4   24 value
 * </pre>
 */
final class PropertyNote {

  static final int BYTES = 32;

  private static final int DESCRIPTION_BYTES = 16;
  private static final int GNU = 0x554e47;

  private PropertyNote() {}

  static void write(MemorySegment image, long at, int features) {
    Segments.setInt(image, at, Integer.BYTES);
    Segments.setInt(image, at + 4, DESCRIPTION_BYTES);
    Segments.setInt(image, at + 8, NT_GNU_PROPERTY_TYPE_0);
    Segments.setInt(image, at + 12, GNU);
    Segments.setInt(image, at + 16, GNU_PROPERTY_X86_FEATURE_1_AND);
    Segments.setInt(image, at + 20, Integer.BYTES);
    Segments.setInt(image, at + 24, features);
    Segments.setInt(image, at + 28, 0);
  }
}
