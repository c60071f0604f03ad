package dev.linkd.oracle.naive;

import dev.linkd.oracle.image.Elf;
import dev.linkd.oracle.model.Atom;
import dev.linkd.oracle.model.Definition;
import dev.linkd.oracle.naive.NaiveLayout.Group;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The symbol table, the string tables and the section headers of the naive executable. */
final class NaiveTables {
  private static final int SECTIONS = 9;
  private static final int SYMTAB = 6;
  private static final int STRTAB = 7;

  private final NaiveLink link;
  private final NaiveLayout layout;
  private final ByteArrayOutputStream strings = new ByteArrayOutputStream();
  private final ByteArrayOutputStream sectionNames = new ByteArrayOutputStream();
  private final List<byte[]> symbols = new ArrayList<>();
  private final int[] nameOffsets = new int[SECTIONS];
  private int locals;

  NaiveTables(NaiveLink link, NaiveLayout layout) {
    this.link = link;
    this.layout = layout;
    strings.write(0);
    sectionNames.write(0);
    int index = 1;
    for (Group group : Group.values()) {
      nameOffsets[index++] = add(sectionNames, group.sectionName);
    }
    for (String name : List.of(".symtab", ".strtab", ".shstrtab")) {
      nameOffsets[index++] = add(sectionNames, name);
    }
    symbols.add(new byte[24]);
    link.locals().forEach(l -> symbol(l.definition(), l.target()));
    globals(true);
    locals = symbols.size();
    globals(false);
  }

  /** A hidden symbol is of no use to others, so it becomes local. */
  private void globals(boolean hidden) {
    for (NaiveLink.Global global : link.globals().values()) {
      if (hidden == (global.definition().visibility() == Elf.STV_HIDDEN)) {
        symbol(global.definition(), global.target());
      }
    }
  }

  int size() {
    return symbolBytes() + padded(strings) + padded(sectionNames) + SECTIONS * 64;
  }

  int sectionCount() {
    return SECTIONS;
  }

  long sectionTable(long start) {
    return start + symbolBytes() + padded(strings) + padded(sectionNames);
  }

  void write(ByteBuffer file, int start) {
    int stringStart = start + symbolBytes();
    int nameStart = stringStart + padded(strings);
    int headers = nameStart + padded(sectionNames);
    for (int i = 0; i < symbols.size(); i++) {
      file.put(start + i * 24, symbols.get(i));
    }
    file.put(stringStart, strings.toByteArray());
    file.put(nameStart, sectionNames.toByteArray());
    int index = 1;
    for (Group group : Group.values()) {
      groupHeader(file, headers + 64 * index++, group);
    }
    header(file, headers, SYMTAB, Elf.SHT_SYMTAB, start, symbols.size() * 24, STRTAB, locals, 24);
    header(file, headers, STRTAB, Elf.SHT_STRTAB, stringStart, strings.size(), 0, 0, 0);
    header(file, headers, STRTAB + 1, Elf.SHT_STRTAB, nameStart, sectionNames.size(), 0, 0, 0);
  }

  private void groupHeader(ByteBuffer file, int at, Group group) {
    long start = layout.start(group);
    boolean zeros = group == Group.BSS;
    long flags = Elf.SHF_ALLOC;
    flags |= (group.flags & Elf.PF_W) != 0 ? Elf.SHF_WRITE : 0;
    flags |= (group.flags & Elf.PF_X) != 0 ? Elf.SHF_EXECINSTR : 0;
    file.putInt(at, nameOffsets[group.ordinal() + 1]);
    file.putInt(at + 4, zeros ? Elf.SHT_NOBITS : Elf.SHT_PROGBITS).putLong(at + 8, flags);
    file.putLong(at + 16, start);
    file.putLong(at + 24, zeros ? start % NaiveLayout.PAGE : start - NaiveLayout.BASE);
    file.putLong(at + 32, layout.size(group)).putLong(at + 48, 1);
  }

  private void header(
      ByteBuffer file,
      int table,
      int index,
      int type,
      int offset,
      int size,
      int linked,
      int info,
      int entrySize) {
    int at = table + 64 * index;
    file.putInt(at, nameOffsets[index]).putInt(at + 4, type).putLong(at + 24, offset);
    file.putLong(at + 32, size).putInt(at + 40, linked).putInt(at + 44, info);
    file.putLong(at + 48, 1).putLong(at + 56, entrySize);
  }

  private void symbol(Definition definition, Target target) {
    AtomId id = target.atom();
    ByteBuffer row = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
    boolean hidden = definition.visibility() == Elf.STV_HIDDEN;
    int info = hidden ? definition.type() : definition.info() & 0xff;
    row.putInt(0, add(strings, definition.name())).put(4, (byte) info);
    row.put(5, (byte) definition.visibility());
    row.putShort(6, (short) (id == null ? Elf.SHN_ABS : section(id)));
    row.putLong(8, layout.address(target)).putLong(16, definition.size());
    symbols.add(row.array());
  }

  private int section(AtomId id) {
    @Nullable Atom atom = link.model().stream(id.stream()).atoms().get(id.key());
    if (atom == null) {
      throw new IllegalStateException("no atom " + id);
    }
    return Group.of(atom).ordinal() + 1;
  }

  private int symbolBytes() {
    return symbols.size() * 24;
  }

  private static int padded(ByteArrayOutputStream bytes) {
    return Math.ceilDiv(bytes.size(), 8) * 8;
  }

  private static int add(ByteArrayOutputStream table, String name) {
    int offset = table.size();
    table.writeBytes(name.getBytes(StandardCharsets.UTF_8));
    table.write(0);
    return offset;
  }
}
