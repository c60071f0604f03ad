package dev.linkd.object.dwarf;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** A table of {@code .debug_abbrev}: the attributes that entries have (DWARF 5, 7.5.3). */
final class Abbreviations {
  private static final int IMPLICIT_CONST = 0x21;
  private static final int ENTRIES_MAX = 1 << 20;

  /**
   * What entries with one code are.
   *
   * @param constants of attributes whose form is DW_FORM_implicit_const
   */
  @SuppressWarnings("ArrayRecordComponent") // read only, and never compared
  record Entry(int tag, int[] names, int[] forms, long[] constants) {}

  private final Map<Long, Entry> entries = new HashMap<>();

  Abbreviations(MemorySegment section, long offset) throws DwarfException {
    Cursor in = new Cursor(section);
    in.skip(offset);
    for (long code = in.unsignedLeb(); code != 0; code = in.unsignedLeb()) {
      if (entries.size() == ENTRIES_MAX) {
        throw new DwarfException("more than " + ENTRIES_MAX + " abbreviations");
      }
      entries.put(code, entry(in));
    }
  }

  private static Entry entry(Cursor in) throws DwarfException {
    int tag = (int) in.unsignedLeb();
    in.u8(); // has children
    int[] names = new int[16];
    int[] forms = new int[16];
    long[] constants = new long[16];
    for (int i = 0; ; i++) {
      int name = (int) in.unsignedLeb();
      int form = (int) in.unsignedLeb();
      long constant = form == IMPLICIT_CONST ? in.signedLeb() : 0;
      if (name == 0 && form == 0) {
        return new Entry(
            tag, Arrays.copyOf(names, i), Arrays.copyOf(forms, i), Arrays.copyOf(constants, i));
      }
      if (i == names.length) {
        names = Arrays.copyOf(names, i * 2);
        forms = Arrays.copyOf(forms, i * 2);
        constants = Arrays.copyOf(constants, i * 2);
      }
      names[i] = name;
      forms[i] = form;
      constants[i] = constant;
    }
  }

  /**
   * The attributes of entries with a code.
   *
   * @throws DwarfException when the table does not have it
   */
  Entry entry(long code) throws DwarfException {
    Entry entry = entries.get(code);
    if (entry == null) {
      throw new DwarfException("abbreviation " + code + " is missing");
    }
    return entry;
  }
}
