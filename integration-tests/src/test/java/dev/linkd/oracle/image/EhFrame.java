package dev.linkd.oracle.image;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The records of .eh_frame, read one by one as the unwinder does. */
public final class EhFrame {
  static final int DW_EH_PE_UDATA4 = 0x03;
  static final int DW_EH_PE_SDATA4 = 0x0b;
  static final int DW_EH_PE_UDATA8 = 0x04;
  static final int DW_EH_PE_SDATA8 = 0x0c;
  static final int DW_EH_PE_PCREL = 0x10;
  static final int DW_EH_PE_DATAREL = 0x30;

  /** An FDE: where it is and which code it describes. */
  public record Fde(long address, long cie, long from, long size) {}

  private final ElfImage image;
  private final Section section;
  private final Map<Long, Integer> encodings = new HashMap<>();
  private final List<Fde> fdes = new ArrayList<>();
  private long terminator = -1;

  public EhFrame(ElfImage image, Section section) {
    this.image = image;
    this.section = section;
    long at = section.address();
    while (terminator < 0 && at + 4 <= section.end()) {
      long length = image.u32(offset(at));
      if (length == 0) {
        terminator = at;
      } else if (length == 0xffffffffL || length < 4 || at + 4 + length > section.end()) {
        throw new MalformedImage(String.format("record at %x has length %x", at, length));
      } else {
        record(at, length);
        at += 4 + length;
      }
    }
  }

  public List<Fde> fdes() {
    return fdes;
  }

  /** Address of the zero length that ends the section; -1 when there is none. */
  public long terminator() {
    return terminator;
  }

  private void record(long at, long length) {
    long id = image.u32(offset(at + 4));
    if (id == 0) {
      encodings.put(at, encoding(at + 8, at + 4 + length));
      return;
    }
    long cie = at + 4 - id;
    Integer encoding = encodings.get(cie);
    if (encoding == null) {
      throw new MalformedImage(String.format("FDE at %x refers to no CIE (%x)", at, cie));
    }
    int width = width(encoding);
    long from = pointer(at + 8, encoding);
    long size = pointer(at + 8 + width, encoding & 0x0f);
    fdes.add(new Fde(at, cie, from, size));
  }

  /** How FDEs of the CIE write their pc_begin: the operand of 'R' in the augmentation. */
  private int encoding(long at, long end) {
    long augmentation = at + 1;
    String letters =
        image.string(offset(augmentation), offset(augmentation) + (end - augmentation));
    long cursor = augmentation + letters.length() + 1;
    cursor = skipLeb(skipLeb(cursor));
    cursor = image.u8(offset(at)) == 1 ? cursor + 1 : skipLeb(cursor);
    if (!letters.startsWith("z")) {
      return 0;
    }
    cursor = skipLeb(cursor);
    for (char letter : letters.substring(1).toCharArray()) {
      switch (letter) {
        case 'R' -> {
          return image.u8(offset(cursor));
        }
        case 'P' -> cursor += 1 + width(image.u8(offset(cursor)));
        case 'L' -> cursor += 1;
        case 'S', 'B' -> cursor += 0;
        default -> throw new MalformedImage("augmentation " + letters);
      }
    }
    return 0;
  }

  private long skipLeb(long at) {
    long cursor = at;
    while ((image.u8(offset(cursor)) & 0x80) != 0) {
      cursor++;
    }
    return cursor + 1;
  }

  static int width(int encoding) {
    return switch (encoding & 0x0f) {
      case 0, DW_EH_PE_UDATA8, DW_EH_PE_SDATA8 -> 8;
      case DW_EH_PE_UDATA4, DW_EH_PE_SDATA4 -> 4;
      case 0x02, 0x0a -> 2;
      default -> throw new MalformedImage(String.format("pointer encoding %x", encoding));
    };
  }

  private long pointer(long at, int encoding) {
    long value =
        switch (encoding & 0x0f) {
          case DW_EH_PE_UDATA4 -> image.u32(offset(at));
          case DW_EH_PE_SDATA4 -> image.s32(offset(at));
          default -> image.u64(offset(at));
        };
    return (encoding & 0x70) == DW_EH_PE_PCREL ? value + at : value;
  }

  private long offset(long address) {
    return section.offset() + (address - section.address());
  }
}
