package dev.linkd.object;

import dev.linkd.diag.LinkException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The records of an {@code .eh_frame} section: CIEs, and the FDEs that refer to them, each with the
 * relocations that lie in it. Records are numbers from 0 in the order of the section; offsets count
 * from the start of the section.
 *
 * <pre>
 *  0 length (without itself)   4 CIE id: 0 for a CIE, else distance back to the CIE   8 contents
 * </pre>
 */
public final class EhFrames {
  /** {@link #cie} of a CIE, and offsets of pointers that are absent. */
  public static final int NONE = -1;

  /** Bytes of a record's length and of its CIE id or pointer. */
  public static final int ID_END = 8;

  private static final int LENGTH_SIZE = 4;
  private static final int EXTENDED_LENGTH = -1;
  private static final int SECTION_SIZE_MAX = 1 << 30;
  private static final int AUGMENTED = 1 << 16;

  /** The name and bytes of what holds the section. */
  private String input;

  private MemorySegment bytes;
  private String section;
  private long start;
  private int size;
  private RelocationOrder relocations;
  private int count;
  private int[] offsets = new int[8];
  private int[] sizes = new int[8];

  /** For an FDE the record number of its CIE; NONE for a CIE. */
  private int[] cies = new int[8];

  /** For a CIE the FDE encoding, LSDA encoding in bits 8-15, {@link #AUGMENTED}. */
  private int[] encodings = new int[8];

  /** For a CIE the offset of its personality pointer, for an FDE of its LSDA pointer; or NONE. */
  private int[] pointers = new int[8];

  /** Position of the first relocation of each record. */
  private int[] firstRelocations = new int[8];

  private int terminator = NONE;

  /** The CIE that was read last. */
  private final EhCie cieHead = new EhCie(this);

  private EhFrames(
      InputBytes in, String section, long start, int size, RelocationOrder relocations) {
    this.input = in.name();
    this.bytes = in.bytes();
    this.section = section;
    this.start = start;
    this.size = size;
    this.relocations = relocations;
  }

  /** Without records, until {@link #set}. */
  public EhFrames() {
    this(new InputBytes("", MemorySegment.NULL), "", 0, 0, RelocationOrder.NONE);
  }

  /** Splits section {@code s}, which must have content. */
  public static EhFrames split(ElfObject object, int s) throws LinkException {
    InputBytes in = new InputBytes(object.name(), object.bytes());
    int type = object.sectionType(s);
    if (type != ElfConstants.SHT_PROGBITS && type != ElfConstants.SHT_X86_64_UNWIND) {
      throw in.malformed(object.sectionName(s), 0, "unwind information has no content");
    }
    if ((object.sectionFlags(s) & ElfConstants.SHF_COMPRESSED) != 0) {
      throw in.malformed(object.sectionName(s), 0, "allocated section is compressed");
    }
    if (object.sectionSize(s) > SECTION_SIZE_MAX) {
      throw in.unsupported(object.sectionName(s), "more than 1 GiB");
    }
    EhFrames frames =
        new EhFrames(
            in,
            object.sectionName(s),
            object.sectionOffset(s),
            (int) object.sectionSize(s),
            new RelocationOrder(object, s));
    frames.readRecords();
    frames.assignRelocations();
    return frames;
  }

  /**
   * Splits records that are not in an object, instead of those before; they have no relocations
   * here. Allocates nothing for as many records as there were once.
   *
   * @param from what they come from, for messages
   * @param part which part of it they are, for messages
   * @param records holds them from the offset on, up to its end
   */
  public void set(String from, String part, MemorySegment records, long offset)
      throws LinkException {
    count = 0;
    terminator = NONE;
    input = from;
    bytes = records;
    section = part;
    start = offset;
    relocations = RelocationOrder.NONE;
    if (records.byteSize() - offset > SECTION_SIZE_MAX) {
      throw unsupported("more than 1 GiB");
    }
    size = (int) (records.byteSize() - offset);
    readRecords();
  }

  private void readRecords() throws LinkException {
    int at = 0;
    while (at < size) {
      if (size - at < LENGTH_SIZE) {
        throw malformed(at, "truncated record");
      }
      int length = Bytes.i32(bytes, start + at);
      if (length == 0) {
        readTerminator(at);
        return;
      }
      if (length == EXTENDED_LENGTH) {
        throw unsupported(
            "record with a 64-bit length at offset 0x"
                + Integer.toHexString(at)
                + ", which unwinders cannot read");
      }
      // Unsigned: as a negative number it is beyond any section.
      if (length < ID_END - LENGTH_SIZE || length > size - at - LENGTH_SIZE) {
        throw malformed(at, "a record reaches beyond its section or is too short");
      }
      addRecord(at, length + LENGTH_SIZE);
      at += length + LENGTH_SIZE;
    }
  }

  /** Unwinders stop here; records behind it would be lost silently. */
  private void readTerminator(int at) throws LinkException {
    for (int i = at; i < size; i++) {
      if (Bytes.u8(bytes, start + i) != 0) {
        throw malformed(at, "a terminator is followed by more records");
      }
    }
    terminator = at;
  }

  private void addRecord(int at, int length) throws LinkException {
    if (count == offsets.length) {
      grow();
    }
    offsets[count] = at;
    sizes[count] = length;
    int id = Bytes.i32(bytes, start + at + LENGTH_SIZE);
    if (id == 0) {
      addCie(at, length);
    } else {
      addFde(at, length, id);
    }
    count++;
  }

  private void addCie(int at, int length) throws LinkException {
    cieHead.read(bytes, start, start + at, start + at + length);
    cies[count] = NONE;
    encodings[count] =
        cieHead.fdeEncoding() | cieHead.lsdaEncoding() << 8 | (cieHead.augmented() ? AUGMENTED : 0);
    pointers[count] = cieHead.personality();
  }

  private void addFde(int at, int length, int id) throws LinkException {
    long target = at + LENGTH_SIZE - (id & 0xffff_ffffL);
    int cie = target < 0 ? NONE : recordAt((int) target);
    if (cie < 0 || cies[cie] != NONE) {
      throw malformed(at, "an FDE does not refer to a CIE before it");
    }
    cies[count] = cie;
    int encoding = fdeEncoding(cie);
    int rangeEnd = ID_END + 2 * EhEncoding.size(encoding);
    if (length < rangeEnd) {
      throw malformed(at, "an FDE is too short for its code range");
    }
    pointers[count] = NONE;
    if ((encodings[cie] & AUGMENTED) != 0) {
      readFdeAugmentation(at, length, rangeEnd, lsdaEncoding(cie));
    }
  }

  private void readFdeAugmentation(int at, int length, int rangeEnd, int lsda)
      throws LinkException {
    // One byte holds every length that exists; a longer form could not hold more than pointers.
    if (length <= rangeEnd) {
      throw malformed(at, "an FDE has no augmentation length");
    }
    int augmentation = Bytes.u8(bytes, start + at + rangeEnd);
    if (augmentation >= 0x80 || augmentation > length - rangeEnd - 1) {
      throw malformed(at, "the augmentation data of an FDE reach beyond it");
    }
    if (lsda != EhEncoding.DW_EH_PE_OMIT) {
      if (augmentation < EhEncoding.size(lsda)) {
        throw malformed(at, "an FDE is too short for its LSDA pointer");
      }
      pointers[count] = at + rangeEnd + 1;
    }
  }

  LinkException malformed(long at, String message) {
    return new InputBytes(input, bytes).malformed(section, at, message);
  }

  LinkException unsupported(String message) {
    return new InputBytes(input, bytes).unsupported(section, message);
  }

  private void grow() {
    int capacity = count * 2;
    offsets = Arrays.copyOf(offsets, capacity);
    sizes = Arrays.copyOf(sizes, capacity);
    cies = Arrays.copyOf(cies, capacity);
    encodings = Arrays.copyOf(encodings, capacity);
    pointers = Arrays.copyOf(pointers, capacity);
    firstRelocations = Arrays.copyOf(firstRelocations, capacity);
  }

  private void assignRelocations() throws LinkException {
    int position = 0;
    for (int r = 0; r < count; r++) {
      firstRelocations[r] = position;
      int end = offsets[r] + sizes[r];
      while (position < relocations.count() && relocations.offset(position) < end) {
        if (relocations.offset(position) < offsets[r] + ID_END
            && relocations.kind(position) != ElfConstants.R_X86_64_NONE) {
          throw malformed(relocations.offset(position), "a relocation in the head of a record");
        }
        position++;
      }
    }
    if (position < relocations.count()) {
      throw malformed(relocations.offset(position), "a relocation lies behind the last record");
    }
  }

  public int count() {
    return count;
  }

  public int offset(int record) {
    return offsets[record];
  }

  /** Bytes of the record with its length field. */
  public int size(int record) {
    return sizes[record];
  }

  public boolean isCie(int record) {
    return cies[record] == NONE;
  }

  /** Record number of the CIE that an FDE refers to. */
  public int cie(int record) {
    return cies[record];
  }

  /** Record that starts at that offset, or {@link #NONE}. */
  public int recordAt(int offset) {
    int record = Arrays.binarySearch(offsets, 0, count, offset);
    return record < 0 ? NONE : record;
  }

  /** Offset of the zero length that ends the section, or {@link #NONE}. */
  public int terminator() {
    return terminator;
  }

  /** Offset of an FDE's first pointer, the start of the code that it describes. */
  public int codeStart(int fde) {
    return offsets[fde] + ID_END;
  }

  /** Encoding of code ranges in the FDEs of a CIE. */
  public int fdeEncoding(int cie) {
    return encodings[cie] & 0xff;
  }

  /** Encoding of LSDA pointers in the FDEs of a CIE, or DW_EH_PE_OMIT. */
  public int lsdaEncoding(int cie) {
    return encodings[cie] >> 8 & 0xff;
  }

  /** Offset of a CIE's personality pointer, or {@link #NONE}. */
  public int personality(int cie) {
    return pointers[cie];
  }

  /** Offset of an FDE's LSDA pointer, or {@link #NONE}. */
  public int lsda(int fde) {
    return pointers[fde];
  }

  /** Number of relocations inside the record. */
  public int relocations(int record) {
    int next = record + 1 == count ? relocations.count() : firstRelocations[record + 1];
    return next - firstRelocations[record];
  }

  /** Relocation {@code i} of the record: its number for {@link ElfObject}; offsets ascend. */
  public int relocation(int record, int i) {
    return relocations.at(firstRelocations[record] + i);
  }
}
