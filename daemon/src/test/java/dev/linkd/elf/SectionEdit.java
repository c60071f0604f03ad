package dev.linkd.elf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Changes the header of a section of an object file, without the file that would go with it. */
final class SectionEdit {
  private static final int SECTION_TABLE = 40;
  private static final int SECTION_COUNT = 60;
  private static final int NAMES_SECTION = 62;
  private static final int SECTION_HEADER = 64;
  private static final int OFFSET = 24;
  private static final int ALIGNMENT = 48;

  private SectionEdit() {}

  /** An assembler would put a section at an offset that is aligned so: files of gigabytes. */
  static byte[] alignment(byte[] object, String section, long alignment) {
    ByteBuffer file = ByteBuffer.wrap(object.clone()).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(header(file, section) + ALIGNMENT, alignment);
    return file.array();
  }

  private static int header(ByteBuffer file, String section) {
    int names = (int) file.getLong(at(file, file.getShort(NAMES_SECTION)) + OFFSET);
    byte[] wanted = (section + '\0').getBytes(StandardCharsets.US_ASCII);
    ByteBuffer name = ByteBuffer.wrap(wanted);
    for (int s = 0; s < file.getShort(SECTION_COUNT); s++) {
      int header = at(file, s);
      if (file.slice(names + file.getInt(header), wanted.length).equals(name)) {
        return header;
      }
    }
    throw new IllegalArgumentException("no section " + section);
  }

  private static int at(ByteBuffer file, int section) {
    return (int) file.getLong(SECTION_TABLE) + section * SECTION_HEADER;
  }
}
