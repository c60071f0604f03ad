package dev.linkd.elf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Changes the first relocation of an object file. */
final class RelocationEdit {
  private static final int SECTION_TABLE = 40;
  private static final int SECTION_COUNT = 60;
  private static final int SECTION_HEADER = 64;
  private static final int SHT_RELA = 4;

  private RelocationEdit() {}

  static byte[] kind(byte[] object, int kind) {
    byte[] copy = object.clone();
    ByteBuffer file = buffer(copy);
    file.putInt(first(file) + 8, kind);
    return copy;
  }

  static byte[] offset(byte[] object, long offset) {
    byte[] copy = object.clone();
    ByteBuffer file = buffer(copy);
    file.putLong(first(file), offset);
    return copy;
  }

  private static ByteBuffer buffer(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static int first(ByteBuffer file) {
    int table = (int) file.getLong(SECTION_TABLE);
    for (int s = 0; s < file.getShort(SECTION_COUNT); s++) {
      if (file.getInt(table + s * SECTION_HEADER + 4) == SHT_RELA) {
        return (int) file.getLong(table + s * SECTION_HEADER + 24);
      }
    }
    throw new IllegalArgumentException("no relocations");
  }
}
