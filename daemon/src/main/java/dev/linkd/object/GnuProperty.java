package dev.linkd.object;

import static dev.linkd.object.ElfConstants.GNU_PROPERTY_X86_FEATURE_1_AND;
import static dev.linkd.object.ElfConstants.NT_GNU_PROPERTY_TYPE_0;

import dev.linkd.diag.LinkException;

/**
 * Reads {@code .note.gnu.property} (Linux extensions to the gABI; x86-64 psABI): notes whose
 * descriptors hold properties of type, size and data, each padded to 8 bytes.
 */
final class GnuProperty {
  private static final int NOTE_HEADER_SIZE = 12;
  private static final int PROPERTY_HEADER_SIZE = 8;

  private GnuProperty() {}

  static int x86Features(InputBytes in, ElfSections sections, int s) throws LinkException {
    String section = sections.name(s);
    long start = sections.offset(s);
    long end = start + sections.size(s);
    int features = 0;
    for (long at = start; at < end; ) {
      if (end - at < NOTE_HEADER_SIZE) {
        throw in.malformed(section, at - start, "truncated note");
      }
      long nameSize = in.u32(at);
      long size = in.u32(at + 4);
      long description = at + NOTE_HEADER_SIZE + (nameSize + 3 & -4);
      long next = description + (size + 7 & -8);
      if (description > end || size > end - description) {
        throw in.malformed(section, at - start, "a note reaches beyond its section");
      }
      boolean gnu =
          nameSize == 4 && Bytes.startsWith(in.bytes(), at + NOTE_HEADER_SIZE, end, "GNU\0");
      if (gnu && in.i32(at + 8) == NT_GNU_PROPERTY_TYPE_0) {
        features |= properties(in, section, start, description, description + size);
      }
      at = next;
    }
    return features;
  }

  private static int properties(InputBytes in, String section, long start, long first, long end)
      throws LinkException {
    int features = 0;
    for (long at = first; at < end; ) {
      if (end - at < PROPERTY_HEADER_SIZE || in.u32(at + 4) > end - at - PROPERTY_HEADER_SIZE) {
        throw in.malformed(section, at - start, "a property reaches beyond its note");
      }
      long size = in.u32(at + 4);
      if (in.i32(at) == GNU_PROPERTY_X86_FEATURE_1_AND) {
        if (size != Integer.BYTES) {
          throw in.malformed(section, at - start, "GNU_PROPERTY_X86_FEATURE_1_AND is not 4 bytes");
        }
        features |= in.i32(at + PROPERTY_HEADER_SIZE);
      }
      at += PROPERTY_HEADER_SIZE + (size + 7 & -8);
    }
    return features;
  }
}
