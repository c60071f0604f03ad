package dev.linkd.object;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes an {@link ObjectModel} as an ELF object, as simply as possible: the model's sections, then
 * relocation and group sections, then the symbol table, extended indexes and names.
 */
final class ObjectWriter {
  /** A section header before its name and content have a place. */
  private record Header(
      String name,
      int type,
      long flags,
      byte[] content,
      long size,
      int link,
      int info,
      long alignment,
      long entrySize) {}

  private final ObjectModel model;
  private final boolean extended;
  private final List<Header> headers = new ArrayList<>();
  private final ByteArrayOutputStream names = new ByteArrayOutputStream();
  private final Map<String, Integer> nameOffsets = new HashMap<>();

  /**
   * @param extended use the forms for more sections than fit: e_shnum 0 and SHN_XINDEX
   */
  static byte[] write(ObjectModel model, boolean extended) {
    return new ObjectWriter(model, extended).write();
  }

  private ObjectWriter(ObjectModel model, boolean extended) {
    this.model = model;
    this.extended = extended;
    names.write(0);
  }

  private byte[] write() {
    int relocated = 0;
    for (ObjectModel.Section s : model.sections) {
      relocated += s.relocations().isEmpty() ? 0 : 1;
    }
    int symbolTable = model.sections.size() + relocated + model.groups.size();
    int nameTable = symbolTable + 2;
    for (ObjectModel.Section s : model.sections) {
      headers.add(
          new Header(
              s.name(),
              s.type(),
              s.flags(),
              s.type() == ElfConstants.SHT_NOBITS ? new byte[0] : s.content(),
              s.content().length,
              0,
              0,
              s.alignment(),
              s.entrySize()));
    }
    for (int s = 1; s < model.sections.size(); s++) {
      addRelocations(s, symbolTable);
    }
    for (ObjectModel.Group group : model.groups) {
      addGroup(group, symbolTable);
    }
    add(".symtab", ElfConstants.SHT_SYMTAB, symbols(), nameTable, model.firstGlobal, 24);
    add(".symtab_shndx", ElfConstants.SHT_SYMTAB_SHNDX, indexes(), symbolTable, 0, 4);
    for (Header h : headers) {
      name(h.name());
    }
    name(".names");
    add(".names", ElfConstants.SHT_STRTAB, names.toByteArray(), 0, 0, 0);
    return file(nameTable);
  }

  private void add(String name, int type, byte[] content, int link, int info, int entry) {
    headers.add(new Header(name, type, 0, content, content.length, link, info, 8, entry));
  }

  private static ByteBuffer buffer(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private int name(String name) {
    if (name.isEmpty()) {
      return 0;
    }
    return nameOffsets.computeIfAbsent(
        name,
        n -> {
          int offset = names.size();
          names.writeBytes(n.getBytes(StandardCharsets.UTF_8));
          names.write(0);
          return offset;
        });
  }

  private void addRelocations(int s, int symbolTable) {
    List<ObjectModel.Relocation> relocations = model.sections.get(s).relocations();
    if (relocations.isEmpty()) {
      return;
    }
    ByteBuffer out = buffer(relocations.size() * 24);
    for (ObjectModel.Relocation r : relocations) {
      out.putLong(r.offset()).putLong((long) r.symbol() << 32 | r.kind()).putLong(r.addend());
    }
    add(".rela", ElfConstants.SHT_RELA, out.array(), symbolTable, s, 24);
  }

  private void addGroup(ObjectModel.Group group, int symbolTable) {
    ByteBuffer out = buffer(4 + group.members().size() * 4);
    out.putInt(group.comdat() ? 1 : 0);
    group.members().forEach(out::putInt);
    add(".group", ElfConstants.SHT_GROUP, out.array(), symbolTable, group.signature(), 4);
  }

  private byte[] symbols() {
    ByteBuffer out = buffer(model.symbols.size() * 24);
    for (ObjectModel.Symbol y : model.symbols) {
      int section =
          switch (y.section()) {
            case ElfObject.ABS -> ElfConstants.SHN_ABS;
            case ElfObject.COMMON -> ElfConstants.SHN_COMMON;
            case ElfObject.UNDEF -> 0;
            default -> extended ? ElfConstants.SHN_XINDEX : y.section();
          };
      out.putInt(name(y.name())).put((byte) y.info()).put((byte) y.other());
      out.putShort((short) section).putLong(y.value()).putLong(y.size());
    }
    return out.array();
  }

  private byte[] indexes() {
    ByteBuffer out = buffer(model.symbols.size() * 4);
    for (ObjectModel.Symbol y : model.symbols) {
      out.putInt(extended && y.section() > 0 ? y.section() : 0);
    }
    return out.array();
  }

  private byte[] file(int nameTable) {
    ByteArrayOutputStream contents = new ByteArrayOutputStream();
    ByteBuffer table = buffer(headers.size() * 64);
    for (int s = 0; s < headers.size(); s++) {
      Header h = headers.get(s);
      boolean escape = s == 0 && extended;
      table.putInt(name(h.name())).putInt(h.type()).putLong(h.flags()).putLong(0);
      table.putLong(s == 0 ? 0 : 64 + contents.size());
      table.putLong(escape ? headers.size() : h.size());
      table.putInt(escape ? nameTable : h.link()).putInt(h.info());
      table.putLong(h.alignment()).putLong(h.entrySize());
      contents.writeBytes(h.content());
    }
    ByteBuffer out = buffer(64 + contents.size() + table.capacity());
    out.putInt(0x464c457f).put((byte) 2).put((byte) 1).put((byte) 1).position(16);
    out.putShort((short) 1).putShort((short) 62).putInt(1).putLong(0).putLong(0);
    out.putLong(64 + contents.size()).putInt(0).putShort((short) 64).putInt(0);
    out.putShort((short) 64).putShort((short) (extended ? 0 : headers.size()));
    out.putShort((short) (extended ? 0xffff : nameTable));
    return out.put(contents.toByteArray()).put(table.array()).array();
  }
}
