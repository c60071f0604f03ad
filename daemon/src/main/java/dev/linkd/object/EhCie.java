package dev.linkd.object;

import dev.linkd.diag.LinkException;

/**
 * Reads the head of a CIE (LSB, "Common Information Entry") up to its augmentation data, which
 * tells how the FDEs that refer to it encode their pointers.
 */
final class EhCie {
  private final InputBytes in;
  private final String section;
  private final long sectionOffset;
  private final long record;
  private final long end;
  private long at;
  private int fdeEncoding = EhEncoding.DW_EH_PE_ABSPTR;
  private int lsdaEncoding = EhEncoding.DW_EH_PE_OMIT;
  private int personality = EhFrames.NONE;
  private boolean augmented;

  private EhCie(InputBytes in, String section, long sectionOffset, long record, long end) {
    this.in = in;
    this.section = section;
    this.sectionOffset = sectionOffset;
    this.record = record;
    this.end = end;
    this.at = record + EhFrames.ID_END;
  }

  /**
   * @param record file offset of the record, which ends before {@code end}
   */
  static EhCie read(InputBytes in, String section, long sectionOffset, long record, long end)
      throws LinkException {
    EhCie cie = new EhCie(in, section, sectionOffset, record, end);
    cie.read();
    return cie;
  }

  private void read() throws LinkException {
    int version = u8();
    if (version != 1 && version != 3) {
      throw in.unsupported(
          section,
          "CIE of version " + version + " at offset 0x" + Long.toHexString(record - sectionOffset));
    }
    long augmentation = at;
    at += Bytes.lengthUntilNul(in.bytes(), at, end);
    u8(); // the NUL
    skipLeb(); // code alignment factor
    skipLeb(); // data alignment factor
    if (version == 1) {
      u8(); // return address register
    } else {
      skipLeb();
    }
    int first = in.u8(augmentation);
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
    for (long letter = augmentation + 1; in.u8(letter) != 0; letter++) {
      readAugmentation(augmentation, in.u8(letter));
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
    int length = Bytes.lengthUntilNul(in.bytes(), augmentation, end);
    return in.unsupported(
        section,
        "CIE with augmentation '"
            + Bytes.text(in.bytes(), augmentation, length)
            + "' at offset 0x"
            + Long.toHexString(record - sectionOffset));
  }

  private int u8() throws LinkException {
    if (at >= end) {
      throw fault("truncated CIE");
    }
    return in.u8(at++);
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
    return in.malformed(section, record - sectionOffset, message);
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
