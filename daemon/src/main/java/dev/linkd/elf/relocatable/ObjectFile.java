package dev.linkd.elf.relocatable;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.diag.LinkException;
import dev.linkd.elf.BuildIdNote;
import dev.linkd.elf.EhdrDescriptor;
import dev.linkd.elf.PropertyNotes;
import dev.linkd.elf.RelaDescriptor;
import dev.linkd.elf.ShdrDescriptor;
import dev.linkd.elf.SymDescriptor;
import dev.linkd.object.CompressedSection;
import dev.linkd.object.ElfObject;
import dev.linkd.output.BuildIdStyle;
import dev.linkd.table.Segments;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * The file: header, groups, sections each followed by its relocations, symbol table, names, section
 * headers. Groups come first, because readers want a group before its members.
 */
final class ObjectFile {

  private static final long WORD = 8;

  /** A section with everything that its header says. */
  private static final class Row {
    final String name;
    final int type;
    long flags;
    long address;
    long size;
    int link;
    int info;
    long alignment = 1;
    long entrySize;
    long offset;

    Row(String name, int type, long size) {
      this.name = name;
      this.type = type;
      this.size = size;
    }
  }

  private final List<MergedSection> sections;
  private final List<MergedGroup> groups;
  private final SymbolTableBytes symbols;
  private final PropertyNotes properties;
  private final StringTable names = new StringTable();
  private final List<Row> rows = new ArrayList<>();
  private int symbolTable;
  private int largeIndexes;
  private int strings;
  private int nameTable;
  private int property;
  private final BuildIdStyle identity;
  private int identityRow;

  ObjectFile(
      List<MergedSection> sections,
      List<MergedGroup> groups,
      SymbolTableBytes symbols,
      PropertyNotes properties,
      BuildIdStyle identity) {
    this.identity = identity;
    this.sections = sections;
    this.groups = groups;
    this.symbols = symbols;
    this.properties = properties;
  }

  /** Writes the file into memory of the arena. */
  MemorySegment write(Arena arena) throws LinkException {
    number();
    describe();
    long at = EhdrDescriptor.BYTES;
    for (Row row : rows.subList(1, rows.size())) {
      row.offset = align(at, row.alignment);
      at = row.offset + (row.type == SHT_NOBITS ? 0 : row.size);
    }
    long headers = align(at, WORD);
    MemorySegment image = arena.allocate(headers + (long) rows.size() * SHDR_SIZE, WORD);
    writeContents(image);
    writeHeaders(image, headers);
    if (identityRow != 0) {
      BuildIdNote.write(identity, image, rows.get(identityRow).offset);
    }
    return image;
  }

  private static long align(long value, long alignment) {
    return (value + alignment - 1) & -alignment;
  }

  private void number() {
    int index = 1;
    for (MergedGroup group : groups) {
      group.index = index++;
    }
    for (MergedSection section : sections) {
      section.index = index++;
      index += section.relocations.isEmpty() ? 0 : 1;
    }
    property = properties.size() == 0 ? 0 : index++;
    identityRow = identity.present() ? index++ : 0;
    symbolTable = index++;
    boolean large = index >= EhdrDescriptor.SHN_LORESERVE;
    largeIndexes = large ? index++ : 0;
    strings = index++;
    nameTable = index;
  }

  private void describe() {
    rows.clear();
    rows.add(new Row("", SHT_NULL, 0));
    for (MergedGroup group : groups) {
      ElfObject object = group.input.object;
      Row row = new Row(".group", SHT_GROUP, (long) group.words() * Integer.BYTES);
      row.link = symbolTable;
      row.info = group.input.symbols[object.groupSignatureSymbol(group.number)];
      row.alignment = Integer.BYTES;
      row.entrySize = Integer.BYTES;
      rows.add(row);
    }
    sections.forEach(this::describe);
    if (property != 0) {
      Row row = new Row(".note.gnu.property", SHT_NOTE, properties.size());
      row.flags = SHF_ALLOC;
      row.alignment = WORD;
      rows.add(row);
    }
    if (identityRow != 0) {
      Row row = new Row(BuildIdNote.NAME, SHT_NOTE, BuildIdNote.bytes(identity));
      row.flags = SHF_ALLOC;
      row.alignment = 1L << BuildIdNote.ALIGNMENT_LOG2;
      rows.add(row);
    }
    describeTables();
  }

  private void describe(MergedSection section) {
    Row row = new Row(section.name, section.type, section.size);
    row.flags = section.flags;
    row.address = section.address();
    row.alignment = section.headerAlignment();
    row.entrySize = section.entrySize;
    row.link = linkedSection(section);
    rows.add(row);
    if (!section.relocations.isEmpty()) {
      Row list = new Row(".rela" + section.name, SHT_RELA, section.relocations.bytes());
      list.flags = SHF_INFO_LINK | (section.group == null ? 0 : SHF_GROUP);
      list.link = symbolTable;
      list.info = section.index;
      list.alignment = WORD;
      list.entrySize = RelaDescriptor.BYTES;
      rows.add(list);
    }
  }

  /** The section that a section with SHF_LINK_ORDER belongs to. */
  private static int linkedSection(MergedSection section) {
    if ((section.flags & SHF_LINK_ORDER) == 0 || section.parts.isEmpty()) {
      return 0;
    }
    MergedSection.Part part = section.parts.getFirst();
    int s = part.input.object.sectionLink(part.section);
    boolean valid = s > 0 && s < part.input.object.sections();
    MergedSection home = valid ? part.input.home(s) : null;
    return home == null ? 0 : home.index;
  }

  private void describeTables() {
    Row table = new Row(".symtab", SHT_SYMTAB, symbols.bytes());
    table.link = strings;
    table.info = symbols.firstGlobal();
    table.alignment = WORD;
    table.entrySize = SymDescriptor.BYTES;
    rows.add(table);
    if (largeIndexes != 0) {
      long size = (long) symbols.count() * Integer.BYTES;
      Row row = new Row(".symtab_shndx", SHT_SYMTAB_SHNDX, size);
      row.link = symbolTable;
      row.alignment = Integer.BYTES;
      row.entrySize = Integer.BYTES;
      rows.add(row);
    }
    rows.add(new Row(".strtab", SHT_STRTAB, symbols.strings.size()));
    Row nameRow = new Row(".shstrtab", SHT_STRTAB, 0);
    rows.add(nameRow);
    rows.forEach(row -> names.add(row.name));
    nameRow.size = names.size();
  }

  private void writeContents(MemorySegment image) throws LinkException {
    for (MergedGroup group : groups) {
      writeGroup(group, image, rows.get(group.index).offset);
    }
    for (MergedSection section : sections) {
      if (section.hasContent()) {
        writeSection(section, image, rows.get(section.index).offset);
      }
      if (!section.relocations.isEmpty()) {
        section.relocations.write(image, rows.get(section.index + 1).offset);
      }
    }
    if (property != 0) {
      properties.write(image, rows.get(property).offset);
    }
    symbols.write(image, rows.get(symbolTable).offset);
    if (largeIndexes != 0) {
      symbols.writeLargeIndexes(image, rows.get(largeIndexes).offset);
    }
    symbols.strings.write(image, rows.get(strings).offset);
    names.write(image, rows.get(nameTable).offset);
  }

  private static void writeGroup(MergedGroup group, MemorySegment image, long at) {
    long next = at;
    boolean comdat = group.input.object.groupComdat(group.number);
    Segments.setInt(image, next, comdat ? GRP_COMDAT : 0);
    for (MergedSection member : group.members) {
      next += Integer.BYTES;
      Segments.setInt(image, next, member.index);
      if (!member.relocations.isEmpty()) {
        next += Integer.BYTES;
        Segments.setInt(image, next, member.index + 1);
      }
    }
  }

  private static void writeSection(MergedSection section, MemorySegment image, long at)
      throws LinkException {
    section.writeOwn(image, at);
    for (MergedSection.Part part : section.parts) {
      ElfObject object = part.input.object;
      int s = part.section;
      KeptFrames frames = part.input.frames(s);
      MemorySegment bytes = object.sectionBytes(s);
      long to = at + part.offset;
      if (frames != null) {
        frames.write(bytes, image, to);
      } else if ((object.sectionFlags(s) & SHF_COMPRESSED) != 0) {
        CompressedSection.inflate(object, s, image.asSlice(to, CompressedSection.size(object, s)));
      } else if (object.sectionType(s) != SHT_NOBITS) {
        Segments.copy(bytes, 0, image, to, bytes.byteSize());
      }
    }
  }

  private void writeHeaders(MemorySegment image, long headers) {
    boolean gnu = symbols.gnuExtensions();
    EhdrDescriptor.put(image, 0, gnu ? ELFOSABI_GNU : ELFOSABI_NONE, ET_REL, EM_X86_64, 0, 0);
    for (int i = 1; i < rows.size(); i++) {
      Row row = rows.get(i);
      ShdrDescriptor.put(
          image,
          headers + (long) i * SHDR_SIZE,
          names.add(row.name),
          row.type,
          row.flags,
          row.address,
          row.offset,
          row.size,
          row.link,
          row.info,
          row.alignment,
          row.entrySize);
    }
    EhdrDescriptor.sectionHeaders(image, 0, headers, headers, rows.size(), nameTable);
  }
}
