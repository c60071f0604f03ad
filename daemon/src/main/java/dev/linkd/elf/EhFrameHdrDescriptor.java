package dev.linkd.elf;

import dev.linkd.table.Segments;
import java.lang.foreign.MemorySegment;

/**
 * Start of {@code .eh_frame_hdr} (LSB, "Exception Frames"). Behind it follow {@code fde_count}
 * pairs of ints, sorted by the first: start of a function and its FDE, both relative to the start
 * of this section.
 *
 * <pre>
 *  0  1  version            1
 *  1  1  eh_frame_ptr_enc   DW_EH_PE_pcrel | DW_EH_PE_sdata4
 *  2  1  fde_count_enc      DW_EH_PE_udata4
 *  3  1  table_enc          DW_EH_PE_datarel | DW_EH_PE_sdata4
 *  4  4  eh_frame_ptr       address of .eh_frame - address of this field
 *  8  4  fde_count
 * 12     table
 * </pre>
 */
public final class EhFrameHdrDescriptor {

  /** Pointer encodings: low four bits are the format, the others what it is relative to. */
  public static final int DW_EH_PE_ABSPTR = 0;

  public static final int DW_EH_PE_ULEB128 = 0x01;
  public static final int DW_EH_PE_UDATA2 = 0x02;
  public static final int DW_EH_PE_UDATA4 = 0x03;
  public static final int DW_EH_PE_UDATA8 = 0x04;
  public static final int DW_EH_PE_SLEB128 = 0x09;
  public static final int DW_EH_PE_SDATA2 = 0x0a;
  public static final int DW_EH_PE_SDATA4 = 0x0b;
  public static final int DW_EH_PE_SDATA8 = 0x0c;
  public static final int DW_EH_PE_PCREL = 0x10;
  public static final int DW_EH_PE_TEXTREL = 0x20;
  public static final int DW_EH_PE_DATAREL = 0x30;
  public static final int DW_EH_PE_FUNCREL = 0x40;
  public static final int DW_EH_PE_ALIGNED = 0x50;
  public static final int DW_EH_PE_INDIRECT = 0x80;
  public static final int DW_EH_PE_OMIT = 0xff;

  public static final int VERSION = 0;
  public static final int EH_FRAME_PTR_ENC = VERSION + Byte.BYTES;
  public static final int FDE_COUNT_ENC = EH_FRAME_PTR_ENC + Byte.BYTES;
  public static final int TABLE_ENC = FDE_COUNT_ENC + Byte.BYTES;
  public static final int EH_FRAME_PTR = TABLE_ENC + Byte.BYTES;
  public static final int FDE_COUNT = EH_FRAME_PTR + Integer.BYTES;

  /** Where the table starts; the size of the header in bytes. */
  public static final int TABLE = FDE_COUNT + Integer.BYTES;

  private EhFrameHdrDescriptor() {}

  /**
   * Writes the header.
   *
   * @param address of this section
   * @param ehFrame address of {@code .eh_frame}; of one beyond 2 GiB the lower bits are written
   * @param entries number of entries in the table, gaps included
   */
  public static void put(MemorySegment segment, long at, long address, long ehFrame, int entries) {
    Segments.setByte(segment, at + VERSION, (byte) 1);
    Segments.setByte(segment, at + EH_FRAME_PTR_ENC, (byte) (DW_EH_PE_PCREL | DW_EH_PE_SDATA4));
    Segments.setByte(segment, at + FDE_COUNT_ENC, (byte) DW_EH_PE_UDATA4);
    Segments.setByte(segment, at + TABLE_ENC, (byte) (DW_EH_PE_DATAREL | DW_EH_PE_SDATA4));
    int distance = (int) (ehFrame - (address + EH_FRAME_PTR));
    Segments.setInt(segment, at + EH_FRAME_PTR, distance);
    entries(segment, at, entries);
  }

  public static int entries(MemorySegment segment, long at) {
    return Segments.getInt(segment, at + FDE_COUNT);
  }

  public static void entries(MemorySegment segment, long at, int entries) {
    Segments.setInt(segment, at + FDE_COUNT, entries);
  }
}
