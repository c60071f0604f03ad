package dev.linkd.object;

import dev.linkd.diag.LinkException;
import java.lang.foreign.MemorySegment;

/**
 * Reads the head of a CIE (LSB, "Common Information Entry") up to its augmentation data, which
 * tells how the FDEs that refer to it encode their pointers.
 */
final class EhCie {
  private final EhFrames frames;
  private MemorySegment bytes = MemorySegment.NULL;
  private long sectionOffset;
  private long record;
  private long end;
  private long at;
  private int fdeEncoding;
  private int lsdaEncoding;
  private int personality;
  private boolean augmented;

  /**
   * @param frames name what faults are found in
   */
  EhCie(EhFrames frames) {
    this.frames = frames;
  }

  /**
   * Reads a CIE instead of the one before.
   *
   * @param start where the section lies in the bytes
   * @param from where the record lies there, which ends before {@code to}
   */
  void read(MemorySegment in, long start, long from, long to) throws LinkException {
    bytes = in;
    sectionOffset = start;
    record = from;
    end = to;
    at = from + EhFrames.ID_END;
    fdeEncoding = EhEncoding.DW_EH_PE_ABSPTR;
    lsdaEncoding = EhEncoding.DW_EH_PE_OMIT;
    personality = EhFrames.NONE;
    augmented = false;
    int version = u8();
    if (version != 1 && version != 3) {
      throw frames.unsupported(
          "CIE of version " + version + " at offset 0x" + Long.toHexString(record - sectionOffset));
    }
    long augmentation = at;
    at += Bytes.lengthUntilNul(bytes, at, end);
    u8(); // the NUL
    skipLeb(); // code alignment factor
    skipLeb(); // data alignment factor
    if (version == 1) {
      u8(); // return address register
    } else {
      skipLeb();
    }
    int first = Bytes.u8(bytes, augmentation);
    if (first == 0) {
      return;
    }
    if (first != 'z') {
      throw unknownAugmentation(augmentation);
    }
    augmented = true;
    long size = leb();
    if (size < 0 || size > end - at) {
      throw fault("the augmentation data of a CIE reach beyond it");
    }
    long dataEnd = at + size;
    for (long letter = augmentation + 1; Bytes.u8(bytes, letter) != 0; letter++) {
      readAugmentation(augmentation, Bytes.u8(bytes, letter));
    }
    if (at > dataEnd) {
      throw fault("the augmentation data of a CIE are longer than their length");
    }
  }

  private void readAugmentation(long augmentation, int letter) throws LinkException {
    switch (letter) {
      case 'R' -> {
        fdeEncoding = u8();
        if (EhEncoding.size(fdeEncoding) == 0) {
          throw fault(
              "FDE pointer encoding 0x" + Integer.toHexString(fdeEncoding) + " has no fixed size");
        }
      }
      case 'L' -> {
        lsdaEncoding = u8();
        if (lsdaEncoding != EhEncoding.DW_EH_PE_OMIT && EhEncoding.size(lsdaEncoding) == 0) {
          throw fault(
              "LSDA pointer encoding 0x"
                  + Integer.toHexString(lsdaEncoding)
                  + " has no fixed size");
        }
      }
      case 'P' -> {
        int encoding = u8();
        if (encoding != EhEncoding.DW_EH_PE_OMIT) {
          int size = EhEncoding.size(encoding);
          if (size == 0 || size > end - at) {
            throw fault("invalid personality pointer in a CIE");
          }
          personality = (int) (at - sectionOffset);
          at += size;
        }
      }
      case 'S', 'B' -> {} // signal frame; return addresses signed with key B
      default -> throw unknownAugmentation(augmentation);
    }
  }

  private LinkException unknownAugmentation(long augmentation) {
    int length = Bytes.lengthUntilNul(bytes, augmentation, end);
    return frames.unsupported(
        "CIE with augmentation '"
            + Bytes.text(bytes, augmentation, length)
            + "' at offset 0x"
            + Long.toHexString(record - sectionOffset));
  }

  private int u8() throws LinkException {
    if (at >= end) {
      throw fault("truncated CIE");
    }
    return Bytes.u8(bytes, at++);
  }

  private void skipLeb() throws LinkException {
    int next;
    do {
      next = u8();
    } while ((next & 0x80) != 0);
  }

  /** An unsigned LEB128; negative when it does not fit. */
  private long leb() throws LinkException {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      int next = u8();
      if (shift >= 63) {
        return -1;
      }
      value |= (next & 0x7fL) << shift;
      if ((next & 0x80) == 0) {
        return value;
      }
    }
  }

  private LinkException fault(String message) {
    return frames.malformed(record - sectionOffset, message);
  }

  /** Encoding of the code range in FDEs. */
  int fdeEncoding() {
    return fdeEncoding;
  }

  /** Encoding of the pointer to language-specific data in FDEs, or DW_EH_PE_OMIT. */
  int lsdaEncoding() {
    return lsdaEncoding;
  }

  /** Offset of the personality pointer in the section, or NONE. */
  int personality() {
    return personality;
  }

  /** Whether FDEs have augmentation data. */
  boolean augmented() {
    return augmented;
  }
}
