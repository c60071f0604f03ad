package dev.linkd.object.dwarf;

import org.jspecify.annotations.Nullable;

/**
 * What stands before the entries of a unit in an object (DWARF 5, 7.5.1).
 *
 * @param abbreviations offset of its table
 */
record UnitHeader(int version, long abbreviations) {
  private static final int TYPE_UNIT = 2;
  private static final int SKELETON_UNIT = 4;
  private static final int SPLIT_TYPE_UNIT = 6;
  private static final int VERSION_MIN = 2;
  private static final int VERSION_MAX = 5;

  /** Reads it behind the length; null for a unit of types or of an unknown version. */
  static @Nullable UnitHeader read(Cursor in, DebugSection info) throws DwarfException {
    if (!in.more()) {
      return null;
    }
    int version = in.u16();
    if (version < VERSION_MIN || version > VERSION_MAX) {
      return null;
    }
    int kind = version == VERSION_MAX ? in.u8() : 0;
    if (version == VERSION_MAX) {
      in.u8(); // address size
    }
    long at = in.at();
    long table = info.value(at, in.offset());
    if (version < VERSION_MAX) {
      in.u8();
    }
    if (kind == TYPE_UNIT || kind == SPLIT_TYPE_UNIT) {
      return null;
    }
    if (kind >= SKELETON_UNIT) {
      in.u64(); // identity of the file with the rest
    }
    return new UnitHeader(version, table);
  }
}
