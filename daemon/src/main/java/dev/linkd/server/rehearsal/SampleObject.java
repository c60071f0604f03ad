package dev.linkd.server.rehearsal;

import static dev.linkd.object.ElfConstants.GRP_COMDAT;
import static dev.linkd.object.ElfConstants.R_X86_64_64;
import static dev.linkd.object.ElfConstants.R_X86_64_PC32;
import static dev.linkd.object.ElfConstants.R_X86_64_PLT32;
import static dev.linkd.object.ElfConstants.R_X86_64_REX_GOTPCRELX;
import static dev.linkd.object.ElfConstants.SHF_ALLOC;
import static dev.linkd.object.ElfConstants.SHF_EXECINSTR;
import static dev.linkd.object.ElfConstants.SHF_GROUP;
import static dev.linkd.object.ElfConstants.SHF_MERGE;
import static dev.linkd.object.ElfConstants.SHF_STRINGS;
import static dev.linkd.object.ElfConstants.SHF_WRITE;
import static dev.linkd.object.ElfConstants.SHT_GROUP;
import static dev.linkd.object.ElfConstants.SHT_NOBITS;
import static dev.linkd.object.ElfConstants.SHT_NOTE;
import static dev.linkd.object.ElfConstants.SHT_PROGBITS;
import static dev.linkd.object.ElfConstants.STB_GLOBAL;
import static dev.linkd.object.ElfConstants.STB_WEAK;
import static dev.linkd.object.ElfConstants.STT_FUNC;
import static dev.linkd.object.ElfConstants.STT_NOTYPE;
import static dev.linkd.object.ElfConstants.STT_OBJECT;

import dev.linkd.server.rehearsal.ObjectFile.Section;
import dev.linkd.server.rehearsal.ObjectFile.Symbol;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * What a C compiler makes of one file with {@code -g -ffunction-sections -fdata-sections}.
 * Functions call those of the same object and of others, and use data and strings.
 */
final class SampleObject {
  private static final int SLOT_BYTES = 16;
  private static final int SLOTS = 6;
  private static final int STRINGS = 12;

  /** Different inline functions. */
  private static final int SHARED = 5;

  /** The function that edits change. */
  private static final int EDITED = 1;

  private static final int ADDEND = -4;
  private static final byte CALL = (byte) 0xe8;
  private static final byte[] LOAD_FROM_GOT = {0x48, (byte) 0x8b, 0x05};

  /** Indirect branches are protected. */
  private static final byte[] PROPERTY =
      HexFormat.of()
          .parseHex(
              "04000000"
                  + "10000000"
                  + "05000000"
                  + "474e5500"
                  + "020000c0040000000300000000000000");

  private final ObjectFile file = new ObjectFile();
  private final List<Section> code = new ArrayList<>();
  private final List<Symbol> functions = new ArrayList<>();
  private final String name;
  private final int[] sizes;
  private final Symbol message;
  private final Section table;

  private SampleObject(String name, int count, int grown) {
    this.name = name;
    this.sizes = new int[count];
    file.source(name + ".c");
    for (String empty : List.of(".text", ".data", ".bss")) {
      file.section(empty, empty.equals(".bss") ? SHT_NOBITS : SHT_PROGBITS, flags(empty), 1, 0);
    }
    Section strings =
        file.section(".rodata.str1.1", SHT_PROGBITS, SHF_ALLOC | SHF_MERGE | SHF_STRINGS, 1, 1);
    strings.content(messages().getBytes(StandardCharsets.US_ASCII));
    message = file.local(".LC0", STT_NOTYPE, strings, 0);
    int bytes = count * Long.BYTES;
    table =
        file.section(".data.rel.local.table", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, alignment(), 0);
    table.content(new byte[bytes]);
    file.global(name + "_table", STB_GLOBAL << 4 | STT_OBJECT, table, bytes);
    Section room = file.section(".bss.room", SHT_NOBITS, SHF_ALLOC | SHF_WRITE, Long.BYTES, 0);
    room.room(bytes);
    file.local("room", STT_OBJECT, room, bytes);
    for (int i = 0; i < count; i++) {
      sizes[i] = (SLOTS + (i == EDITED ? grown : 0)) * SLOT_BYTES;
    }
  }

  /**
   * The file.
   *
   * @param count of functions, named {@code NAME_function_N}
   * @param callees that are defined elsewhere
   * @param version in the code of the function that is edited
   * @param grown slots of 16 bytes by which that function is larger than the others
   */
  static byte[] of(String name, int count, List<String> callees, int version, int grown) {
    SampleObject object = new SampleObject(name, count, grown);
    for (int i = 0; i < count; i++) {
      object.define(i, i == EDITED ? version : 0);
    }
    for (int i = 0; i < count; i++) {
      object.refer(i, callees.get(i % callees.size()));
    }
    object.share(count);
    new SampleDebug(object.file, object.code, object.sizes).write(name);
    object.file.section(".note.GNU-stack", SHT_PROGBITS, 0, 1, 0);
    Section property =
        object.file.section(".note.gnu.property", SHT_NOTE, SHF_ALLOC, Long.BYTES, 0);
    property.content(PROPERTY);
    return object.file.write();
  }

  static String function(String object, int index) {
    return object + "_function_" + index;
  }

  private static long flags(String section) {
    return SHF_ALLOC | (section.equals(".text") ? SHF_EXECINSTR : SHF_WRITE);
  }

  /** Compilers align large arrays more than others. */
  private int alignment() {
    return Long.BYTES << name.length() % 3;
  }

  /** Half of them are the same in all objects. */
  private String messages() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < STRINGS; i++) {
      text.append(i % 2 == 0 ? "message " : name).append(i).append('\0');
    }
    return text.toString();
  }

  /** Every fourth function is local. */
  private void define(int index, int version) {
    String own = function(name, index);
    byte[] bytes = new byte[sizes[index]];
    bytes[0] = CALL;
    bytes[SLOT_BYTES] = CALL;
    System.arraycopy(LOAD_FROM_GOT, 0, bytes, 2 * SLOT_BYTES, LOAD_FROM_GOT.length);
    System.arraycopy(LOAD_FROM_GOT, 0, bytes, 3 * SLOT_BYTES, LOAD_FROM_GOT.length);
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt((SLOTS - 1) * SLOT_BYTES, version);
    Section section =
        file.section(".text." + own, SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, SLOT_BYTES, 0);
    section.content(bytes);
    code.add(section);
    functions.add(
        index % 4 == 3
            ? file.local(own, STT_FUNC, section, bytes.length)
            : file.global(own, STB_GLOBAL << 4 | STT_FUNC, section, bytes.length));
  }

  /** An inline function, which other objects define too, and what only this module sees. */
  private void share(int count) {
    String own = "shared_" + (name.length() + count) % SHARED;
    Section group = file.section(".group", SHT_GROUP, 0, Integer.BYTES, Integer.BYTES);
    Section section =
        file.section(
            ".text." + own, SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR | SHF_GROUP, SLOT_BYTES, 0);
    section.content(new byte[SLOT_BYTES]);
    Symbol symbol = file.global(own, STB_WEAK << 4 | STT_FUNC, section, SLOT_BYTES);
    group.signature(symbol);
    ByteBuffer members = ByteBuffer.allocate(2 * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    group.content(members.putInt(GRP_COMDAT).putInt(section.number()).array());
    Section first = code.getFirst();
    first.relocate(5 * SLOT_BYTES + 1, R_X86_64_PLT32, symbol, ADDEND);
    Symbol hidden = file.named(SampleStart.HANDLE, STB_GLOBAL << 4 | STT_NOTYPE).hidden();
    table.relocate(0, R_X86_64_64, hidden, 0);
  }

  private void refer(int index, String callee) {
    Section section = code.get(index);
    Symbol next = functions.get((index + 1) % functions.size());
    Symbol other = file.named(callee, STB_GLOBAL << 4 | STT_NOTYPE);
    Symbol nowhere = file.named("nowhere", STB_WEAK << 4 | STT_NOTYPE);
    section.relocate(1, R_X86_64_PLT32, next, ADDEND);
    section.relocate(SLOT_BYTES + 1, R_X86_64_PLT32, other, ADDEND);
    section.relocate(2 * SLOT_BYTES + 3, R_X86_64_REX_GOTPCRELX, other, ADDEND);
    section.relocate(3 * SLOT_BYTES + 3, R_X86_64_REX_GOTPCRELX, nowhere, ADDEND);
    section.relocate(3 * SLOT_BYTES + Long.BYTES, R_X86_64_PC32, table.symbol(), ADDEND);
    section.relocate(4 * SLOT_BYTES, R_X86_64_PC32, message, ADDEND);
    if (index > 0) {
      table.relocate(index * Long.BYTES, R_X86_64_64, next, 0);
    }
  }
}
