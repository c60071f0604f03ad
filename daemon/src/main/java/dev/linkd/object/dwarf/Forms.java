package dev.linkd.object.dwarf;

/** How attributes are encoded (DWARF 5, 7.5.6), as far as one has to know to go past them. */
final class Forms {
  static final int ADDR = 0x01;
  static final int DATA4 = 0x06;
  static final int DATA8 = 0x07;
  static final int SEC_OFFSET = 0x17;
  static final int ADDRX = 0x1b;
  static final int RNGLISTX = 0x23;
  static final int ADDRX1 = 0x29;
  static final int ADDRX2 = 0x2a;
  static final int ADDRX3 = 0x2b;
  static final int ADDRX4 = 0x2c;
  static final int GNU_ADDR_INDEX = 0x1f01;

  private static final int INDIRECT = 0x16;
  private static final int IMPLICIT_CONST = 0x21;
  private static final int REF_ADDR = 0x10;
  private static final int VERSION_OF_ADDRESSES_AS_REFERENCES = 2;

  private Forms() {}

  /** Whether a value is an index into {@code .debug_addr}. */
  static boolean indexed(int form) {
    return form == ADDRX || form == GNU_ADDR_INDEX || (form >= ADDRX1 && form <= ADDRX4);
  }

  /** Whether a value is an address, at once or by an index. */
  static boolean address(int form) {
    return form == ADDR || indexed(form);
  }

  /**
   * Reads a value that is a number, or goes past one that is not.
   *
   * @param constant of DW_FORM_implicit_const
   * @return the number; 0 for what is none
   */
  static long read(Cursor in, int form, int version, long constant) throws DwarfException {
    return switch (form) {
      case ADDR, DATA8, 0x14, 0x20, 0x24 -> in.u64();
      case 0x0b, 0x0c, 0x11, 0x25, ADDRX1 -> in.u8();
      case 0x05, 0x12, 0x26, ADDRX2 -> in.u16();
      case 0x27, ADDRX3 -> in.u16() | (long) in.u8() << 16;
      case DATA4, 0x13, 0x1c, 0x28, ADDRX4 -> in.u32();
      case 0x0e, 0x1d, 0x1f, SEC_OFFSET, 0x1f20, 0x1f21 -> in.offset();
      case REF_ADDR -> version <= VERSION_OF_ADDRESSES_AS_REFERENCES ? in.u64() : in.offset();
      case 0x0d -> in.signedLeb();
      case 0x0f, 0x15, 0x1a, ADDRX, 0x22, RNGLISTX, GNU_ADDR_INDEX, 0x1f02 -> in.unsignedLeb();
      case 0x19 -> 1;
      case IMPLICIT_CONST -> constant;
      case INDIRECT -> read(in, (int) in.unsignedLeb(), version, constant);
      default -> {
        in.skip(length(in, form));
        yield 0;
      }
    };
  }

  private static long length(Cursor in, int form) throws DwarfException {
    return switch (form) {
      case 0x0a -> in.u8();
      case 0x03 -> in.u16();
      case 0x04 -> in.u32();
      case 0x09, 0x18 -> in.unsignedLeb();
      case 0x1e -> 2L * Long.BYTES;
      case 0x08 -> {
        while (in.u8() != 0) {}
        yield 0;
      }
      default -> throw new DwarfException("attribute form " + form);
    };
  }
}
