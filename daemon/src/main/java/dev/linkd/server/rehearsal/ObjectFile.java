package dev.linkd.server.rehearsal;

import static dev.linkd.object.ElfConstants.EHDR_SIZE;
import static dev.linkd.object.ElfConstants.ELFCLASS64;
import static dev.linkd.object.ElfConstants.ELFDATA2LSB;
import static dev.linkd.object.ElfConstants.EM_X86_64;
import static dev.linkd.object.ElfConstants.ET_REL;
import static dev.linkd.object.ElfConstants.EV_CURRENT;
import static dev.linkd.object.ElfConstants.RELA_SIZE;
import static dev.linkd.object.ElfConstants.SHDR_SIZE;
import static dev.linkd.object.ElfConstants.SHF_INFO_LINK;
import static dev.linkd.object.ElfConstants.SHN_ABS;
import static dev.linkd.object.ElfConstants.SHT_RELA;
import static dev.linkd.object.ElfConstants.SHT_STRTAB;
import static dev.linkd.object.ElfConstants.SHT_SYMTAB;
import static dev.linkd.object.ElfConstants.STT_FILE;
import static dev.linkd.object.ElfConstants.STT_SECTION;
import static dev.linkd.object.ElfConstants.STV_HIDDEN;
import static dev.linkd.object.ElfConstants.SYM_SIZE;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A relocatable object for x86-64, as an assembler writes it. */
final class ObjectFile {
  private static final int ELF_MAGIC = 0x7f454c46;
  private static final int ALIGNMENT = 8;

  private final List<Section> sections = new ArrayList<>();
  private final List<Symbol> locals = new ArrayList<>();
  private final List<Symbol> globals = new ArrayList<>();
  private final Map<String, Symbol> byName = new HashMap<>();
  private final StringBuilder names = new StringBuilder("\0");

  /** A section with its relocations; {@code number} is its index in the file. */
  static final class Section {
    private final String name;
    private final int type;
    private final long flags;
    private final long alignment;
    private final long entrySize;
    private final int number;
    private final Symbol symbol;
    private final List<Relocation> relocations = new ArrayList<>();
    private byte[] content = {};
    private long size;
    private @Nullable Symbol signature;

    private Section(String name, int type, long flags, long alignment, long entrySize, int number) {
      this.name = name;
      this.type = type;
      this.flags = flags;
      this.alignment = alignment;
      this.entrySize = entrySize;
      this.number = number;
      this.symbol = new Symbol("", STT_SECTION, number, 0);
    }

    /** The symbol that stands for the section. */
    Symbol symbol() {
      return symbol;
    }

    void content(byte[] bytes) {
      content = bytes;
      size = bytes.length;
    }

    /** For a section without content. */
    void room(long bytes) {
      size = bytes;
    }

    int number() {
      return number;
    }

    /** For a section that is a group. */
    void signature(Symbol symbol) {
      signature = symbol;
    }

    void relocate(int offset, int kind, Symbol target, long addend) {
      relocations.add(new Relocation(offset, kind, target, addend));
    }
  }

  /** A symbol; one of section 0 is defined elsewhere. */
  static final class Symbol {
    private final String name;
    private final int info;
    private final int section;
    private final long size;
    private int other;
    private int number;

    private Symbol(String name, int info, int section, long size) {
      this.name = name;
      this.info = info;
      this.section = section;
      this.size = size;
    }

    /** Makes the symbol invisible to other modules. */
    Symbol hidden() {
      other = STV_HIDDEN;
      return this;
    }
  }

  private record Relocation(int offset, int kind, Symbol target, long addend) {}

  /** The name of the source. */
  void source(String name) {
    locals.add(new Symbol(name, STT_FILE, SHN_ABS, 0));
  }

  Section section(String name, int type, long flags, long alignment, long entrySize) {
    Section section = new Section(name, type, flags, alignment, entrySize, sections.size() + 1);
    sections.add(section);
    locals.add(section.symbol);
    return section;
  }

  /** A symbol at the start of a section. */
  Symbol local(String name, int type, Section section, long size) {
    Symbol symbol = new Symbol(name, type, section.number, size);
    locals.add(symbol);
    return symbol;
  }

  Symbol global(String name, int info, Section section, long size) {
    return add(new Symbol(name, info, section.number, size));
  }

  /** The global symbol of a name: the one that is defined already, or one of another object. */
  Symbol named(String name, int info) {
    Symbol known = byName.get(name);
    return known != null ? known : add(new Symbol(name, info, 0, 0));
  }

  private Symbol add(Symbol symbol) {
    globals.add(symbol);
    byName.put(symbol.name, symbol);
    return symbol;
  }

  /** The file; to be called once. */
  byte[] write() {
    List<Section> relocated = sections.stream().filter(s -> !s.relocations.isEmpty()).toList();
    int symtab = sections.size() + relocated.size() + 1;
    byte[] symbols = symbols();
    ByteBuffer headers = buffer((symtab + 3) * SHDR_SIZE).position(SHDR_SIZE);
    ByteBuffer file = buffer(capacity(symbols.length)).position(EHDR_SIZE);
    for (Section s : sections) {
      int at = place(file, s.content);
      header(headers, s.name, s.type, s.flags, at, s.size);
      Symbol signature = s.signature;
      headers.putInt(signature == null ? 0 : symtab);
      headers.putInt(signature == null ? 0 : signature.number);
      headers.putLong(s.alignment).putLong(s.entrySize);
    }
    for (Section s : relocated) {
      byte[] rows = relocations(s);
      header(headers, ".rela" + s.name, SHT_RELA, SHF_INFO_LINK, place(file, rows), rows.length);
      headers.putInt(symtab).putInt(s.number).putLong(ALIGNMENT).putLong(RELA_SIZE);
    }
    header(headers, ".symtab", SHT_SYMTAB, 0, place(file, symbols), symbols.length);
    headers.putInt(symtab + 1).putInt(locals.size() + 1).putLong(ALIGNMENT).putLong(SYM_SIZE);
    int nameOfTable = name(".str"); // few bytes up to the end of the table, as many names have
    byte[] text = names.toString().getBytes(StandardCharsets.US_ASCII);
    headers.putInt(nameOfTable).putInt(SHT_STRTAB).putLong(0).putLong(0);
    headers.putLong(place(file, text)).putLong(text.length);
    headers.putInt(0).putInt(0).putLong(1).putLong(0);
    int table = place(file, headers.flip().array(), headers.limit());
    elfHeader(file.duplicate().order(ByteOrder.LITTLE_ENDIAN).position(0), table, symtab + 2);
    byte[] bytes = new byte[file.position()];
    file.get(0, bytes);
    return bytes;
  }

  private int capacity(int symbols) {
    int bytes = EHDR_SIZE + symbols + (sections.size() * 2 + 4) * (SHDR_SIZE + ALIGNMENT);
    for (Section s : sections) {
      bytes +=
          s.content.length + s.relocations.size() * RELA_SIZE + s.name.length() * 2 + ALIGNMENT;
    }
    return bytes + names.length() + Short.MAX_VALUE;
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private byte[] symbols() {
    ByteBuffer rows = buffer((locals.size() + globals.size() + 1) * SYM_SIZE).position(SYM_SIZE);
    int number = 1;
    for (List<Symbol> group : List.of(locals, globals)) {
      for (Symbol s : group) {
        s.number = number++;
        rows.putInt(s.name.isEmpty() ? 0 : name(s.name)).put((byte) s.info);
        rows.put((byte) s.other);
        rows.putShort((short) s.section).putLong(0).putLong(s.size);
      }
    }
    return rows.array();
  }

  private static byte[] relocations(Section section) {
    ByteBuffer rows = buffer(section.relocations.size() * RELA_SIZE);
    for (Relocation r : section.relocations) {
      rows.putLong(r.offset).putLong((long) r.target.number << Integer.SIZE | r.kind);
      rows.putLong(r.addend);
    }
    return rows.array();
  }

  private int name(String name) {
    int at = names.length();
    names.append(name).append('\0');
    return at;
  }

  /** The first six fields of a section header. */
  private void header(ByteBuffer headers, String name, int type, long flags, int at, long size) {
    headers.putInt(name(name)).putInt(type).putLong(flags).putLong(0).putLong(at).putLong(size);
  }

  private static int place(ByteBuffer file, byte[] bytes) {
    return place(file, bytes, bytes.length);
  }

  private static int place(ByteBuffer file, byte[] bytes, int length) {
    file.position((file.position() + ALIGNMENT - 1) & -ALIGNMENT);
    int at = file.position();
    file.put(bytes, 0, length);
    return at;
  }

  private static void elfHeader(ByteBuffer file, int table, int sections) {
    file.order(ByteOrder.BIG_ENDIAN).putInt(ELF_MAGIC).order(ByteOrder.LITTLE_ENDIAN);
    file.put((byte) ELFCLASS64).put((byte) ELFDATA2LSB).put((byte) EV_CURRENT).position(16);
    file.putShort((short) ET_REL).putShort((short) EM_X86_64).putInt(EV_CURRENT);
    file.putLong(0).putLong(0).putLong(table).putInt(0).putShort((short) EHDR_SIZE);
    file.putShort((short) 0).putShort((short) 0).putShort((short) SHDR_SIZE);
    file.putShort((short) sections).putShort((short) (sections - 1));
  }
}
