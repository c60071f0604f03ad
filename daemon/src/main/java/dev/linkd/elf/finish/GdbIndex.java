package dev.linkd.elf.finish;

import static dev.linkd.object.ElfConstants.SHT_PROGBITS;

import dev.linkd.object.dwarf.AddressRange;
import dev.linkd.object.dwarf.DebugUnit;
import dev.linkd.object.dwarf.DwarfException;
import dev.linkd.object.dwarf.PublicNames;
import dev.linkd.object.dwarf.UnitReader;
import dev.linkd.table.Layouts;
import dev.linkd.table.Segments;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code .gdb_index}, version 7 of "Index Section Format" in the manual of GDB: which unit
 * describes an address, and which units declare a name, so that a debugger need not read all of
 * them.
 *
 * <pre>
 *   0 version   4 units   8 type units   12 addresses   16 names   20 constant pool
 *   units       (8 offset, 8 length)*
 *   addresses   (8 from, 8 to, 4 unit)*
 *   names       a hash table of (4 name, 4 list of units), both offsets in the pool
 *   pool        lists (4 count, 4 unit and kind*), then names with NUL
 * </pre>
 */
final class GdbIndex {
  private static final String NAME = ".gdb_index";
  private static final int VERSION = 7;
  private static final int HEADER = 6 * Integer.BYTES;
  private static final int UNIT = 2 * Long.BYTES;
  private static final int ADDRESS = 2 * Long.BYTES + Integer.BYTES;
  private static final int SLOT = 2 * Integer.BYTES;
  private static final int KIND_SHIFT = 24;
  private static final int ALIGNMENT = 4;

  private final List<DebugUnit> units;
  private final Map<Long, Integer> numbers = new HashMap<>();

  /** For each name the units and kinds, in the order of the units. */
  private final Map<String, List<Integer>> names = new LinkedHashMap<>();

  private GdbIndex(List<DebugUnit> units) {
    this.units = units;
    for (int i = 0; i < units.size(); i++) {
      numbers.put(units.get(i).offset(), i);
    }
  }

  /**
   * Adds the section, if there is debug information.
   *
   * @throws DwarfException when it cannot be read
   */
  static void add(FileParts parts) throws DwarfException {
    if (parts.content(".debug_info").byteSize() == 0) {
      return;
    }
    GdbIndex index = new GdbIndex(new UnitReader(parts::content).units());
    PublicNames.visit(parts.content(".debug_gnu_pubnames"), index::name);
    PublicNames.visit(parts.content(".debug_gnu_pubtypes"), index::name);
    parts.add(new FilePart(NAME, SHT_PROGBITS, ALIGNMENT, index.bytes()));
  }

  private void name(long offset, int kind, String name) {
    Integer unit = numbers.get(offset);
    if (unit == null) {
      return; // of a unit that is not linked
    }
    List<Integer> places = names.computeIfAbsent(name, none -> new ArrayList<>());
    int place = kind << KIND_SHIFT | unit;
    if (!places.contains(place)) {
      places.add(place);
    }
  }

  private MemorySegment bytes() {
    int ranges = units.stream().mapToInt(unit -> unit.ranges().size()).sum();
    int slots = slots();
    int unitsAt = HEADER;
    int addressesAt = unitsAt + units.size() * UNIT;
    int namesAt = addressesAt + ranges * ADDRESS;
    int poolAt = namesAt + slots * SLOT;
    Map<String, byte[]> texts = new LinkedHashMap<>();
    long pool = 0;
    for (Map.Entry<String, List<Integer>> entry : names.entrySet()) {
      byte[] text = (entry.getKey() + "\0").getBytes(StandardCharsets.UTF_8);
      texts.put(entry.getKey(), text);
      pool += (1L + entry.getValue().size()) * Integer.BYTES + text.length;
    }
    MemorySegment bytes = MemorySegment.ofArray(new byte[Math.toIntExact(poolAt + pool)]);
    int[] header = {VERSION, unitsAt, addressesAt, addressesAt, namesAt, poolAt};
    for (int i = 0; i < header.length; i++) {
      Segments.setInt(bytes, (long) i * Integer.BYTES, header[i]);
    }
    units(bytes, unitsAt);
    addresses(bytes, addressesAt);
    names(bytes, namesAt, poolAt, slots, texts);
    return bytes;
  }

  private void units(MemorySegment bytes, long start) {
    long at = start;
    for (DebugUnit unit : units) {
      Segments.setLong(bytes, at, unit.offset());
      Segments.setLong(bytes, at + Long.BYTES, unit.length());
      at += UNIT;
    }
  }

  private void addresses(MemorySegment bytes, long start) {
    long at = start;
    for (int i = 0; i < units.size(); i++) {
      for (AddressRange range : units.get(i).ranges()) {
        Segments.setLong(bytes, at, range.from());
        Segments.setLong(bytes, at + Long.BYTES, range.to());
        Segments.setInt(bytes, at + 2L * Long.BYTES, i);
        at += ADDRESS;
      }
    }
  }

  /** A power of two of which a quarter at least stays free. */
  private int slots() {
    int wanted = names.size() + names.size() / 3 + 1;
    return names.isEmpty() ? 0 : Math.max(2, Integer.highestOneBit(wanted) << 1);
  }

  private void names(
      MemorySegment bytes, long tableAt, long poolAt, int slots, Map<String, byte[]> texts) {
    long listAt = poolAt;
    long textAt = poolAt;
    for (List<Integer> places : names.values()) {
      textAt += (1L + places.size()) * Integer.BYTES;
    }
    for (Map.Entry<String, List<Integer>> entry : names.entrySet()) {
      byte[] text = texts.getOrDefault(entry.getKey(), new byte[1]);
      long slot = tableAt + (long) free(bytes, tableAt, slots, hash(text)) * SLOT;
      Segments.setInt(bytes, slot, (int) (textAt - poolAt));
      Segments.setInt(bytes, slot + Integer.BYTES, (int) (listAt - poolAt));
      Segments.setInt(bytes, listAt, entry.getValue().size());
      listAt += Integer.BYTES;
      for (int place : entry.getValue()) {
        Segments.setInt(bytes, listAt, place);
        listAt += Integer.BYTES;
      }
      MemorySegment.copy(text, 0, bytes, Layouts.BYTE, textAt, text.length);
      textAt += text.length;
    }
  }

  /** The first free slot on the way that a hash leads. Names lie behind lists, never at 0. */
  private static int free(MemorySegment bytes, long tableAt, int slots, int hash) {
    int mask = slots - 1;
    int step = hash * 17 & mask | 1;
    int slot = hash & mask;
    while (Segments.getInt(bytes, tableAt + (long) slot * SLOT) != 0) {
      slot = slot + step & mask;
    }
    return slot;
  }

  /** That of the format; upper and lower case are the same. */
  static int hash(byte[] text) {
    int hash = 0;
    for (int i = 0; i < text.length - 1; i++) {
      int letter = text[i] >= 'A' && text[i] <= 'Z' ? text[i] + ('a' - 'A') : text[i] & 0xff;
      hash = hash * 67 + letter - 113;
    }
    return hash;
  }
}
