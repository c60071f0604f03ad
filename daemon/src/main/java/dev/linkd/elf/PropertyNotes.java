package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.NT_GNU_PROPERTY_TYPE_0;

import dev.linkd.table.Segments;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The section {@code .note.gnu.property} of an output, merged from those of its inputs (Linux
 * extensions to the gABI, "Program property"; x86-64 psABI). For each property and bit it is
 * counted how many inputs have it, so that inputs come and go at the cost of their own notes.
 *
 * <p>A property is a set of 32 bits. Its type says how sets are merged: a bit that <i>all</i>
 * inputs have (IBT, SHSTK), that <i>any</i> has (ISA needed), or that any has <i>provided that all
 * have the property</i> (ISA used). Properties of other types are not carried over; those that
 * exist, such as a stack size, only advise.
 */
public final class PropertyNotes {

  /** How the sets of two inputs become one. */
  private enum Merge {
    ALL,
    ANY,
    ANY_IF_ALL_HAVE,
    DROP;

    /** The ranges of types that the specifications reserve for each. */
    static Merge of(int type) {
      if (between(type, 0xb000_0000, 0xb000_7fff) || between(type, 0xc000_0002, 0xc000_7fff)) {
        return ALL;
      }
      if (between(type, 0xb000_8000, 0xb000_ffff) || between(type, 0xc000_8000, 0xc000_ffff)) {
        return ANY;
      }
      return between(type, 0xc001_0000, 0xc001_7fff) ? ANY_IF_ALL_HAVE : DROP;
    }

    private static boolean between(int type, int first, int last) {
      return Integer.compareUnsigned(type, first) >= 0 && Integer.compareUnsigned(type, last) <= 0;
    }
  }

  private static final int PROPERTY_HEADER = 8;
  private static final int ALIGNMENT = 8;

  /** A property with 4 bytes of data, padded. */
  private static final int PROPERTY = 16;

  /** Rows are sorted by type. */
  private int rows;

  private int[] types = new int[4];
  private int[] inputsWith = new int[4];
  private int[][] inputsWithBit = new int[4][];

  /** What the input at hand has. */
  private boolean[] present = new boolean[4];

  private int[] bits = new int[4];
  private int inputs;

  /** Bits by type that the output has in any case. */
  private final Map<Integer, Integer> forced = new HashMap<>();

  /** Number of inputs. */
  public int inputs() {
    return inputs;
  }

  /**
   * Counts an input in.
   *
   * @param size of its section; 0 when it has none
   * @return false when the section is malformed; then the input is not counted
   */
  public boolean add(MemorySegment notes, long at, long size) {
    return count(notes, at, size, 1);
  }

  /** Makes the output have bits of one property whatever its inputs have. */
  void force(int type, int bitSet) {
    if (bitSet != 0) {
      row(type);
      forced.put(type, bitSet);
    }
  }

  /** Counts an input out, which was added with the same notes. */
  public boolean remove(MemorySegment notes, long at, long size) {
    return count(notes, at, size, -1);
  }

  /** The merged set of a property; 0 when the output does not have it. */
  public int merged(int type) {
    int row = find(type);
    return row < 0 ? 0 : mergedRow(row);
  }

  /** Size of the section; 0 when it is not needed. */
  public int size() {
    int properties = 0;
    for (int row = 0; row < rows; row++) {
      properties += mergedRow(row) == 0 ? 0 : 1;
    }
    return properties == 0 ? 0 : NoteDescriptor.DESCRIPTOR + properties * PROPERTY;
  }

  /** Writes the section, properties in the order of their types; {@link #size} bytes. */
  public void write(MemorySegment segment, long at) {
    int size = size();
    if (size == 0) {
      return;
    }
    NoteDescriptor.put(segment, at, NT_GNU_PROPERTY_TYPE_0, size - NoteDescriptor.DESCRIPTOR);
    long property = at + NoteDescriptor.DESCRIPTOR;
    for (int row = 0; row < rows; row++) {
      int merged = mergedRow(row);
      if (merged != 0) {
        Segments.setInt(segment, property, types[row]);
        Segments.setInt(segment, property + 4, Integer.BYTES);
        Segments.setInt(segment, property + PROPERTY_HEADER, merged);
        Segments.setInt(segment, property + PROPERTY_HEADER + 4, 0);
        property += PROPERTY;
      }
    }
  }

  private int mergedRow(int row) {
    Merge merge = Merge.of(types[row]);
    if (merge == Merge.ANY_IF_ALL_HAVE && inputsWith[row] < inputs) {
      return 0;
    }
    int needed = merge == Merge.ALL ? inputs : 1;
    int merged = forced.getOrDefault(types[row], 0);
    for (int bit = 0; bit < Integer.SIZE; bit++) {
      int count = inputsWithBit[row][bit];
      merged |= count > 0 && count >= needed ? 1 << bit : 0;
    }
    return merged;
  }

  private boolean count(MemorySegment notes, long at, long size, int change) {
    Arrays.fill(present, false);
    Arrays.fill(bits, 0);
    if (!readNotes(notes, at, size)) {
      return false;
    }
    inputs += change;
    for (int row = 0; row < rows; row++) {
      if (present[row]) {
        inputsWith[row] += change;
        for (int bit = 0; bit < Integer.SIZE; bit++) {
          inputsWithBit[row][bit] += (bits[row] >>> bit & 1) * change;
        }
      }
    }
    return true;
  }

  private boolean readNotes(MemorySegment notes, long at, long size) {
    long rest = size;
    while (rest > 0) {
      if (rest < NoteDescriptor.NAME) {
        return false;
      }
      long name = Integer.toUnsignedLong(Segments.getInt(notes, at + NoteDescriptor.NAMESZ));
      long descriptor = Integer.toUnsignedLong(Segments.getInt(notes, at + NoteDescriptor.DESCSZ));
      long start = NoteDescriptor.NAME + (name + 3 & -4);
      if (start > rest || descriptor > rest - start) {
        return false;
      }
      boolean ours =
          name == Integer.BYTES
              && Segments.getInt(notes, at + NoteDescriptor.NAME) == NoteDescriptor.GNU
              && Segments.getInt(notes, at + NoteDescriptor.TYPE) == NT_GNU_PROPERTY_TYPE_0;
      if (ours && !readProperties(notes, at + start, descriptor)) {
        return false;
      }
      long next = aligned(start + descriptor);
      at += next;
      rest -= next;
    }
    return true;
  }

  private boolean readProperties(MemorySegment notes, long at, long size) {
    long rest = size;
    while (rest > 0) {
      if (rest < PROPERTY_HEADER) {
        return false;
      }
      int type = Segments.getInt(notes, at);
      long data = Integer.toUnsignedLong(Segments.getInt(notes, at + 4));
      if (data > rest - PROPERTY_HEADER) {
        return false;
      }
      if (Merge.of(type) != Merge.DROP) {
        if (data != Integer.BYTES) {
          return false;
        }
        int row = row(type);
        present[row] = true;
        bits[row] |= Segments.getInt(notes, at + PROPERTY_HEADER);
      }
      long next = aligned(PROPERTY_HEADER + data);
      at += next;
      rest -= next;
    }
    return true;
  }

  private static long aligned(long size) {
    return size + ALIGNMENT - 1 & -ALIGNMENT;
  }

  private int find(int type) {
    int row = 0;
    while (row < rows && types[row] != type) {
      row++;
    }
    return row < rows ? row : -1;
  }

  /** The row of a type, made when there is none. There are never more than a few. */
  private int row(int type) {
    int known = find(type);
    if (known >= 0) {
      return known;
    }
    if (rows == types.length) {
      int capacity = rows * 2;
      types = Arrays.copyOf(types, capacity);
      inputsWith = Arrays.copyOf(inputsWith, capacity);
      inputsWithBit = Arrays.copyOf(inputsWithBit, capacity);
      present = Arrays.copyOf(present, capacity);
      bits = Arrays.copyOf(bits, capacity);
    }
    int row = rows++;
    for (; row > 0 && Integer.compareUnsigned(types[row - 1], type) > 0; row--) {
      types[row] = types[row - 1];
      inputsWith[row] = inputsWith[row - 1];
      inputsWithBit[row] = inputsWithBit[row - 1];
      present[row] = present[row - 1];
      bits[row] = bits[row - 1];
    }
    types[row] = type;
    inputsWith[row] = 0;
    inputsWithBit[row] = new int[Integer.SIZE];
    present[row] = false;
    bits[row] = 0;
    return row;
  }
}
