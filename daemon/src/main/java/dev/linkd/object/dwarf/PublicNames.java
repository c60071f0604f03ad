package dev.linkd.object.dwarf;

import java.lang.foreign.MemorySegment;

/**
 * Reads {@code .debug_gnu_pubnames} and {@code .debug_gnu_pubtypes}, which compilers write with
 * {@code -ggnu-pubnames}: for each unit the names that it declares, with what they are.
 */
public final class PublicNames {

  /** Receives the names. */
  @FunctionalInterface
  public interface Visitor {
    /**
     * @param unit offset of the unit in {@code .debug_info}
     * @param kind what it is, in the upper bits of a byte, as in {@code .gdb_index}
     */
    void name(long unit, int kind, String name);
  }

  private PublicNames() {}

  public static void visit(MemorySegment section, Visitor visitor) throws DwarfException {
    Cursor in = new Cursor(section);
    while (in.more()) {
      long length = in.initialLength();
      long end = in.at() + length;
      long outer = in.narrow(end);
      if (length > 0) {
        in.u16(); // version
        long unit = in.offset();
        in.offset(); // length of the unit
        while (in.offset() != 0) {
          int kind = in.u8();
          visitor.name(unit, kind, in.text());
        }
      }
      in.seek(end);
      in.widen(outer);
    }
  }
}
