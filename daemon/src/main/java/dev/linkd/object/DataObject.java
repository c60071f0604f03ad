package dev.linkd.object;

import static dev.linkd.object.ElfConstants.EHDR_SIZE;
import static dev.linkd.object.ElfConstants.ELFCLASS64;
import static dev.linkd.object.ElfConstants.ELFDATA2LSB;
import static dev.linkd.object.ElfConstants.EM_X86_64;
import static dev.linkd.object.ElfConstants.ET_REL;
import static dev.linkd.object.ElfConstants.EV_CURRENT;
import static dev.linkd.object.ElfConstants.GNU_PROPERTY_X86_FEATURE_1_AND;
import static dev.linkd.object.ElfConstants.GNU_PROPERTY_X86_FEATURE_1_IBT;
import static dev.linkd.object.ElfConstants.GNU_PROPERTY_X86_FEATURE_1_SHSTK;
import static dev.linkd.object.ElfConstants.NT_GNU_PROPERTY_TYPE_0;
import static dev.linkd.object.ElfConstants.SHDR_SIZE;
import static dev.linkd.object.ElfConstants.SHF_ALLOC;
import static dev.linkd.object.ElfConstants.SHF_WRITE;
import static dev.linkd.object.ElfConstants.SHN_ABS;
import static dev.linkd.object.ElfConstants.SHT_NOTE;
import static dev.linkd.object.ElfConstants.SHT_PROGBITS;
import static dev.linkd.object.ElfConstants.SHT_STRTAB;
import static dev.linkd.object.ElfConstants.SHT_SYMTAB;
import static dev.linkd.object.ElfConstants.STB_GLOBAL;
import static dev.linkd.object.ElfConstants.SYM_SIZE;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.linkd.diag.LinkException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A file of any bytes as an object ({@code --format=binary}): they are its {@code .data}, between
 * the symbols {@code _binary_NAME_start} and {@code _binary_NAME_end}; {@code _binary_NAME_size} is
 * their number. It has no code, so it is ready for whatever other objects are ready for.
 *
 * <pre>
 *  file header | bytes | symbols | their names | section names | property note | section headers
 * </pre>
 */
final class DataObject {
  private static final String SECTION_NAMES =
      "\0.data\0.note.gnu.property\0.note.GNU-stack\0.symtab\0.strtab\0.shstrtab\0";
  private static final int SECTIONS = 7;
  private static final int DATA = 1;
  private static final int STRINGS = 5;
  private static final int SYMBOLS = 4;
  private static final int NOTE_BYTES = 32;

  private DataObject() {}

  /**
   * Makes the object.
   *
   * @param name what diagnostics call the input
   * @param label the path as it was written, of which the symbols have their names
   */
  static ElfObject of(String name, String label, MemorySegment bytes) throws LinkException {
    String stem = "_binary_" + label.replaceAll("[^A-Za-z0-9]", "_");
    byte[] strings =
        ("\0" + stem + "_start\0" + stem + "_end\0" + stem + "_size\0").getBytes(UTF_8);
    long size = bytes.byteSize();
    long symbols = EHDR_SIZE + size + 7 & ~7L;
    int tail = SYMBOLS * SYM_SIZE + strings.length + SECTION_NAMES.length() + 8 + NOTE_BYTES;
    ByteBuffer out =
        ByteBuffer.allocate(tail + SECTIONS * SHDR_SIZE).order(ByteOrder.LITTLE_ENDIAN);
    symbols(out, stem, size);
    long stringsAt = symbols + out.position();
    out.put(strings);
    long namesAt = symbols + out.position();
    out.put(SECTION_NAMES.getBytes(ISO_8859_1));
    out.position(out.position() + 7 & ~7);
    long noteAt = symbols + out.position();
    note(out);
    long headers = symbols + out.position();
    out.position(out.position() + SHDR_SIZE);
    section(out, ".data", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, EHDR_SIZE, size, 1);
    section(out, ".note.gnu.property", SHT_NOTE, SHF_ALLOC, noteAt, NOTE_BYTES, 8);
    section(out, ".note.GNU-stack", SHT_PROGBITS, 0, noteAt, 0, 1);
    section(out, ".symtab", SHT_SYMTAB, 0, symbols, SYMBOLS * SYM_SIZE, 8);
    out.putInt(out.position() - 24, STRINGS).putInt(out.position() - 20, 1);
    out.putLong(out.position() - 8, SYM_SIZE);
    section(out, ".strtab", SHT_STRTAB, 0, stringsAt, strings.length, 1);
    section(out, ".shstrtab", SHT_STRTAB, 0, namesAt, SECTION_NAMES.length(), 1);
    out.flip();
    MemorySegment image = Arena.ofAuto().allocate(symbols + out.limit());
    image.copyFrom(MemorySegment.ofBuffer(header(headers)));
    MemorySegment.copy(bytes, 0, image, EHDR_SIZE, size);
    MemorySegment.copy(MemorySegment.ofBuffer(out), 0, image, symbols, out.limit());
    return ElfObject.parse(name, image);
  }

  private static ByteBuffer header(long sections) {
    ByteBuffer out = ByteBuffer.allocate(EHDR_SIZE).order(ByteOrder.LITTLE_ENDIAN);
    out.put("\u007fELF".getBytes(ISO_8859_1));
    out.put((byte) ELFCLASS64).put((byte) ELFDATA2LSB).put((byte) EV_CURRENT);
    out.position(16);
    out.putShort((short) ET_REL).putShort((short) EM_X86_64).putInt(EV_CURRENT);
    out.putLong(40, sections).putShort(52, (short) EHDR_SIZE);
    out.putShort(58, (short) SHDR_SIZE);
    out.putShort(60, (short) SECTIONS).putShort(62, (short) (SECTIONS - 1));
    return out.rewind();
  }

  private static void symbols(ByteBuffer out, String stem, long size) {
    out.position(SYM_SIZE);
    int name = 1;
    name = symbol(out, name, stem + "_start", DATA, 0);
    name = symbol(out, name, stem + "_end", DATA, size);
    symbol(out, name, stem + "_size", SHN_ABS, size);
  }

  private static int symbol(ByteBuffer out, int at, String name, int section, long value) {
    out.putInt(at).put((byte) (STB_GLOBAL << 4)).put((byte) 0).putShort((short) section);
    out.putLong(value).putLong(0);
    return at + name.length() + 1;
  }

  private static void note(ByteBuffer out) {
    out.putInt(4).putInt(NOTE_BYTES - 16).putInt(NT_GNU_PROPERTY_TYPE_0);
    out.put("GNU\0".getBytes(ISO_8859_1));
    out.putInt(GNU_PROPERTY_X86_FEATURE_1_AND).putInt(Integer.BYTES);
    out.putInt(GNU_PROPERTY_X86_FEATURE_1_IBT | GNU_PROPERTY_X86_FEATURE_1_SHSTK).putInt(0);
  }

  private static void section(
      ByteBuffer out, String name, int type, long flags, long offset, long size, long alignment) {
    out.putInt(SECTION_NAMES.indexOf("\0" + name + "\0") + 1).putInt(type).putLong(flags);
    out.putLong(0).putLong(offset).putLong(size).putLong(0).putLong(alignment).putLong(0);
  }
}
