package dev.linkd.object.dwarf;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Reads the headers of units and the attributes of their first entries (DWARF 5, 7.5.1). */
public final class UnitReader {
  private static final int LOW_PC = 0x11;
  private static final int HIGH_PC = 0x12;
  private static final int RANGES = 0x55;
  private static final int ADDR_BASE = 0x73;
  private static final int RNGLISTS_BASE = 0x74;
  private static final int GNU_RANGES_BASE = 0x2132;
  private static final int GNU_ADDR_BASE = 0x2133;
  private static final int IMPLICIT_CONST = 0x21;

  private static final int TYPE_UNIT = 2;
  private static final int SKELETON_UNIT = 4;
  private static final int SPLIT_TYPE_UNIT = 6;
  private static final int VERSION_MIN = 2;
  private static final int VERSION_MAX = 5;

  private final MemorySegment info;
  private final MemorySegment abbreviations;
  private final AddressLists lists;

  /** Of the first entry: the values that matter, and the forms that they have. */
  private long low;

  private int lowForm;
  private long high;
  private int highForm;
  private long ranges;
  private int rangesForm;
  private long addressBase;
  private long listsBase;
  private long rangesBase;

  public UnitReader(DebugSections sections) {
    info = sections.content(".debug_info");
    abbreviations = sections.content(".debug_abbrev");
    lists = new AddressLists(sections);
  }

  /**
   * All units in their order.
   *
   * @throws DwarfException when they cannot be told apart
   */
  public List<DebugUnit> units() throws DwarfException {
    List<DebugUnit> units = new ArrayList<>();
    Cursor in = new Cursor(info);
    while (in.more()) {
      long offset = in.at();
      long length = in.initialLength();
      long end = in.at() + length;
      long outer = in.narrow(end);
      List<AddressRange> found = new ArrayList<>();
      if (length > 0) {
        unit(in, found);
        units.add(new DebugUnit(offset, end - offset, found));
      }
      in.seek(end);
      in.widen(outer);
    }
    return units;
  }

  private void unit(Cursor in, List<AddressRange> found) throws DwarfException {
    int version = in.u16();
    if (version < VERSION_MIN || version > VERSION_MAX) {
      throw new DwarfException("version " + version);
    }
    int kind = version == VERSION_MAX ? in.u8() : 0;
    if (version == VERSION_MAX) {
      in.u8(); // address size
    }
    long table = in.offset();
    if (version < VERSION_MAX) {
      in.u8();
    }
    if (kind == TYPE_UNIT || kind == SPLIT_TYPE_UNIT) {
      return;
    }
    if (kind >= SKELETON_UNIT) {
      in.u64(); // identity of the file with the rest
    }
    long code = in.unsignedLeb();
    if (code != 0) {
      entry(in, abbreviation(table, code), version);
      describe(version, in.wide(), found);
    }
  }

  /** Goes to the attributes of an abbreviation. */
  private Cursor abbreviation(long table, long code) throws DwarfException {
    Cursor in = new Cursor(abbreviations);
    in.skip(table);
    while (true) {
      long found = in.unsignedLeb();
      if (found == 0) {
        throw new DwarfException("abbreviation " + code + " is missing");
      }
      in.unsignedLeb(); // tag
      in.u8(); // has children
      if (found == code) {
        return in;
      }
      while (true) {
        long name = in.unsignedLeb();
        long form = in.unsignedLeb();
        if (form == IMPLICIT_CONST) {
          in.signedLeb();
        }
        if (name == 0 && form == 0) {
          break;
        }
      }
    }
  }

  private void entry(Cursor in, Cursor attributes, int version) throws DwarfException {
    lowForm = 0;
    highForm = 0;
    rangesForm = 0;
    low = 0;
    rangesBase = 0;
    addressBase = version < VERSION_MAX ? 0 : Long.BYTES; // behind the header of the table
    listsBase = 0;
    while (true) {
      int name = (int) attributes.unsignedLeb();
      int form = (int) attributes.unsignedLeb();
      long constant = form == IMPLICIT_CONST ? attributes.signedLeb() : 0;
      if (name == 0 && form == 0) {
        return;
      }
      long value = Forms.read(in, form, version, constant);
      switch (name) {
        case LOW_PC -> {
          low = value;
          lowForm = form;
        }
        case HIGH_PC -> {
          high = value;
          highForm = form;
        }
        case RANGES -> {
          ranges = value;
          rangesForm = form;
        }
        case ADDR_BASE, GNU_ADDR_BASE -> addressBase = value;
        case RNGLISTS_BASE -> listsBase = value;
        case GNU_RANGES_BASE -> rangesBase = value;
        default -> {
          // says nothing of addresses
        }
      }
    }
  }

  private void describe(int version, boolean wide, List<AddressRange> found) throws DwarfException {
    long start = address(lowForm, low);
    if (rangesForm != 0) {
      if (version < VERSION_MAX) {
        lists.ranges(rangesBase + ranges, start, found);
      } else {
        boolean numbered = rangesForm == Forms.RNGLISTX;
        long list = numbered ? lists.list(listsBase, ranges, wide) : ranges;
        lists.list(list, start, addressBase, found);
      }
    } else if (lowForm != 0 && highForm != 0) {
      long end = Forms.address(highForm) ? address(highForm, high) : start + high;
      AddressLists.add(start, end, found);
    }
  }

  private long address(int form, long value) throws DwarfException {
    return Forms.indexed(form) ? lists.address(addressBase, value) : value;
  }
}
