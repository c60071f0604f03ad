package dev.linkd.elf.relocatable;

import static dev.linkd.object.ElfConstants.SHN_ABS;
import static dev.linkd.object.ElfConstants.STB_GNU_UNIQUE;
import static dev.linkd.object.ElfConstants.STT_GNU_IFUNC;

import dev.linkd.elf.EhdrDescriptor;
import dev.linkd.elf.SymDescriptor;
import dev.linkd.object.ElfConstants;
import dev.linkd.table.Segments;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** The entries of the output's symbol table and their names. */
final class SymbolTableBytes {

  private static final int SHN_XINDEX = 0xffff;

  private record Entry(
      int name,
      int info,
      int other,
      @Nullable IntSupplier home,
      int special,
      long value,
      long size) {}

  private final List<Entry> entries = new ArrayList<>();
  private int firstGlobal = 1;
  final StringTable strings = new StringTable();

  SymbolTableBytes() {
    entries.add(new Entry(0, 0, 0, null, 0, 0, 0));
  }

  /**
   * Adds a symbol of a section and returns its index.
   *
   * @param home the section's number, asked for when the file is written
   */
  int add(String name, int info, int other, IntSupplier home, long value, long size) {
    entries.add(new Entry(strings.add(name), info, other, home, 0, value, size));
    return entries.size() - 1;
  }

  int addAbsolute(String name, int info, int other, long value, long size) {
    return addSpecial(name, info, other, SHN_ABS, value, size);
  }

  /**
   * @param section SHN_UNDEF, SHN_ABS or SHN_COMMON
   */
  int addSpecial(String name, int info, int other, int section, long value, long size) {
    entries.add(new Entry(strings.add(name), info, other, null, section, value, size));
    return entries.size() - 1;
  }

  void endLocals() {
    firstGlobal = entries.size();
  }

  int firstGlobal() {
    return firstGlobal;
  }

  int count() {
    return entries.size();
  }

  long bytes() {
    return (long) entries.size() * SymDescriptor.BYTES;
  }

  /** Whether an entry uses what only ELFOSABI_GNU defines. */
  boolean gnuExtensions() {
    return entries.stream()
        .anyMatch(
            e ->
                ElfConstants.type(e.info) == STT_GNU_IFUNC
                    || ElfConstants.binding(e.info) == STB_GNU_UNIQUE);
  }

  void write(MemorySegment image, long at) {
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      IntSupplier home = entry.home;
      int index = home == null ? entry.special : home.getAsInt();
      boolean large = home != null && index >= EhdrDescriptor.SHN_LORESERVE;
      SymDescriptor.put(
          image,
          at + (long) i * SymDescriptor.BYTES,
          entry.name,
          entry.info,
          entry.other,
          large ? SHN_XINDEX : index,
          entry.value,
          entry.size);
    }
  }

  /** The section numbers that do not fit an entry (SHT_SYMTAB_SHNDX). */
  void writeLargeIndexes(MemorySegment image, long at) {
    for (int i = 0; i < entries.size(); i++) {
      IntSupplier home = entries.get(i).home;
      int index = home == null ? 0 : home.getAsInt();
      boolean large = index >= EhdrDescriptor.SHN_LORESERVE;
      Segments.setInt(image, at + (long) i * Integer.BYTES, large ? index : 0);
    }
  }
}
