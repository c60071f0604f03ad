package dev.linkd.object;

import static dev.linkd.object.ElfConstants.CHDR_SIZE;
import static dev.linkd.object.ElfConstants.ELFCOMPRESS_ZLIB;
import static dev.linkd.object.ElfConstants.SHDR_SIZE;
import static dev.linkd.object.ElfConstants.SHF_ALLOC;
import static dev.linkd.object.ElfConstants.SHF_COMPRESSED;
import static dev.linkd.object.ElfConstants.SHT_PROGBITS;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.linkd.diag.LinkException;
import dev.linkd.table.Layouts;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/**
 * Debug sections as {@code -gz=zlib-gnu} compresses them, which is older than SHF_COMPRESSED: the
 * name begins with {@code .zdebug}, and before the zlib stream stand {@code ZLIB} and the size in
 * eight big-endian bytes. Such an object is read as a copy in which the sections have the names and
 * the header of today; nothing else needs to know of the form.
 *
 * <pre>
 *  the object | section headers | section names | stream 1 | stream 2 | …
 * </pre>
 */
final class OlderCompression {
  private static final String NAME = ".zdebug";
  private static final String MAGIC = "ZLIB";
  private static final int HEADER_BYTES = 12;

  /** Headers, names and streams once more are less than this many times the object. */
  private static final int GROWTH_MAX = 4;

  private OlderCompression() {}

  static boolean is(InputBytes in, ElfSections sections, int s) {
    return sections.nameStartsWith(s, NAME)
        && sections.type(s) == SHT_PROGBITS
        && (sections.flags(s) & (SHF_ALLOC | SHF_COMPRESSED)) == 0
        && sections.size(s) >= HEADER_BYTES
        && Bytes.startsWith(in.bytes(), sections.offset(s), in.size(), MAGIC);
  }

  /** Returns a copy of the object with the sections in today's form. */
  static InputBytes replaced(InputBytes in, ElfHeader header, ElfSections sections)
      throws LinkException {
    long table = in.size() + 7 & ~7L;
    long names = table + (long) sections.count() * SHDR_SIZE;
    long namesBytes = sections.size(header.sectionNames());
    long end = names + namesBytes;
    for (int s = 1; s < sections.count(); s++) {
      if (is(in, sections, s)) {
        namesBytes += sections.nameLength(s); // without the z, with the NUL
        end += sections.nameLength(s) + CHDR_SIZE + sections.size(s) - HEADER_BYTES;
      }
    }
    if (end > GROWTH_MAX * in.size()) {
      throw in.malformed(
          header.sectionTable(), "the names of compressed sections are longer than the object");
    }
    MemorySegment copy = Arena.ofAuto().allocate(end);
    MemorySegment.copy(in.bytes(), 0, copy, 0, in.size());
    MemorySegment.copy(
        in.bytes(), header.sectionTable(), copy, table, (long) sections.count() * SHDR_SIZE);
    copy.set(Layouts.LONG, 40, table);
    long nameIndex = sections.size(header.sectionNames());
    MemorySegment.copy(in.bytes(), sections.offset(header.sectionNames()), copy, names, nameIndex);
    place(copy, table, header.sectionNames(), names, namesBytes);
    long at = names + namesBytes;
    for (int s = 1; s < sections.count(); s++) {
      if (is(in, sections, s)) {
        byte[] name = (".debug" + sections.name(s).substring(NAME.length())).getBytes(UTF_8);
        MemorySegment.copy(MemorySegment.ofArray(name), 0, copy, names + nameIndex, name.length);
        long size = section(in, sections, s, copy, at);
        copy.set(Layouts.INT, table + (long) s * SHDR_SIZE, (int) nameIndex);
        copy.set(
            Layouts.LONG, table + (long) s * SHDR_SIZE + 8, sections.flags(s) | SHF_COMPRESSED);
        place(copy, table, s, at, size);
        nameIndex += name.length + 1;
        at += size;
      }
    }
    return new InputBytes(in.name(), copy);
  }

  private static void place(MemorySegment copy, long table, int s, long offset, long size) {
    copy.set(Layouts.LONG, table + (long) s * SHDR_SIZE + 24, offset);
    copy.set(Layouts.LONG, table + (long) s * SHDR_SIZE + 32, size);
  }

  /** Writes compression header and stream; returns their size. */
  private static long section(
      InputBytes in, ElfSections sections, int s, MemorySegment copy, long at) {
    long from = sections.offset(s);
    long stream = sections.size(s) - HEADER_BYTES;
    long size = in.bytes().get(Layouts.LONG.withOrder(ByteOrder.BIG_ENDIAN), from + 4);
    copy.set(Layouts.INT, at, ELFCOMPRESS_ZLIB);
    copy.set(Layouts.LONG, at + 8, size);
    copy.set(Layouts.LONG, at + 16, sections.alignment(s));
    MemorySegment.copy(in.bytes(), from + HEADER_BYTES, copy, at + CHDR_SIZE, stream);
    return CHDR_SIZE + stream;
  }
}
