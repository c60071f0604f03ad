package dev.linkd.object;

/** Pointer encodings of exception tables (LSB, "DWARF exception header encoding"). */
public final class EhEncoding {
  public static final int DW_EH_PE_ABSPTR = 0x00;
  public static final int DW_EH_PE_ULEB128 = 0x01;
  public static final int DW_EH_PE_UDATA2 = 0x02;
  public static final int DW_EH_PE_UDATA4 = 0x03;
  public static final int DW_EH_PE_UDATA8 = 0x04;
  public static final int DW_EH_PE_SLEB128 = 0x09;
  public static final int DW_EH_PE_SDATA2 = 0x0a;
  public static final int DW_EH_PE_SDATA4 = 0x0b;
  public static final int DW_EH_PE_SDATA8 = 0x0c;
  public static final int DW_EH_PE_PCREL = 0x10;
  public static final int DW_EH_PE_DATAREL = 0x30;
  public static final int DW_EH_PE_ALIGNED = 0x50;
  public static final int DW_EH_PE_INDIRECT = 0x80;

  /** There is no pointer. */
  public static final int DW_EH_PE_OMIT = 0xff;

  private EhEncoding() {}

  /** Bytes of a pointer so encoded on a 64-bit machine; 0 when the size is not fixed. */
  public static int size(int encoding) {
    if ((encoding & 0x70) == DW_EH_PE_ALIGNED) {
      return 0;
    }
    return switch (encoding & 0x0f) {
      case DW_EH_PE_UDATA2, DW_EH_PE_SDATA2 -> 2;
      case DW_EH_PE_UDATA4, DW_EH_PE_SDATA4 -> 4;
      case DW_EH_PE_ABSPTR, DW_EH_PE_UDATA8, DW_EH_PE_SDATA8 -> 8;
      default -> 0;
    };
  }
}
