package dev.linkd.object.dwarf;

import dev.linkd.diag.LinkException;
import dev.linkd.object.ElfObject;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where the variables of one object are declared (DW_TAG_variable with a fixed place), as {@link
 * SourceLines} for code: read when somebody asks, and nothing is kept.
 */
public final class VariableLines {
  private static final int VARIABLE = 0x34;
  private static final int MEMBER = 0x0d;

  private static final int LOCATION = 0x02;
  private static final int STATEMENTS = 0x10;
  private static final int ABSTRACT_ORIGIN = 0x31;
  private static final int DECLARED_FILE = 0x3a;
  private static final int DECLARED_LINE = 0x3b;
  private static final int SPECIFICATION = 0x47;
  private static final int ADDRESSES = 0x73;

  private static final int BLOCK_OF_BYTES = 0x0a;
  private static final int EXPRESSION = 0x18;

  /** Operations whose operand is the place: of a thread-local variable it is a constant. */
  private static final int ADDRESS = 0x03;

  private static final int CONSTANT = 0x0e;
  private static final int ADDRESS_INDEX = 0xa1;
  private static final int CONSTANT_INDEX = 0xa2;
  private static final int LOCATION_BYTES = 1 + Long.BYTES;

  private final ElfObject object;
  private final DebugSection info;
  private final DebugSection abbreviations;
  private final DebugSection listed;

  /** Where the addresses of the unit begin in {@code .debug_addr}. */
  private long addresses;

  /** Of the entry that was read last; -1 for what it does not say. */
  private long line;

  private long file;
  private long statements;
  private long reference;
  private int section;
  private long offset;

  private VariableLines(ElfObject object) throws LinkException {
    this.object = object;
    this.info = DebugSection.find(object, ".debug_info");
    this.abbreviations = DebugSection.find(object, ".debug_abbrev");
    this.listed = DebugSection.find(object, ".debug_addr");
  }

  /** The line that declares the variable that begins at an offset of a section. */
  public static Optional<SourceLine> of(ElfObject object, int section, long offset) {
    try {
      return new VariableLines(object).at(section, offset);
    } catch (LinkException | DwarfException unreadable) {
      // A message without a source line is better than a fault in place of the message.
      return Optional.empty();
    }
  }

  private Optional<SourceLine> at(int wantedSection, long wantedOffset)
      throws LinkException, DwarfException {
    Cursor in = new Cursor(info.bytes());
    Optional<SourceLine> found = Optional.empty();
    while (in.more() && found.isEmpty()) {
      long start = in.at();
      long length = in.initialLength();
      long end = in.at() + length;
      long outer = in.narrow(end);
      UnitHeader header = UnitHeader.read(in, info);
      if (header != null) {
        Abbreviations table = new Abbreviations(abbreviations.bytes(), header.abbreviations());
        found = unit(in, start, header.version(), table, wantedSection, wantedOffset);
      }
      in.seek(end);
      in.widen(outer);
    }
    return found;
  }

  private Optional<SourceLine> unit(
      Cursor in, long start, int version, Abbreviations table, int wantedSection, long wantedOffset)
      throws LinkException, DwarfException {
    Map<Long, long[]> declared = new HashMap<>();
    long lines = -1;
    while (in.more()) {
      long at = in.at() - start;
      long code = in.unsignedLeb();
      if (code == 0) {
        continue;
      }
      Abbreviations.Entry entry = table.entry(code);
      read(in, entry, version);
      lines = Math.max(lines, statements);
      if (entry.tag() != VARIABLE && entry.tag() != MEMBER) {
        continue;
      }
      long @Nullable [] general = declared.get(reference);
      if (general != null) {
        file = file < 0 ? general[0] : file;
        line = line < 0 ? general[1] : line;
      }
      declared.put(at, new long[] {file, line});
      if (section == wantedSection && offset == wantedOffset && line > 0) {
        return SourceLines.inFile(object, lines, file, line);
      }
    }
    return Optional.empty();
  }

  private void read(Cursor in, Abbreviations.Entry entry, int version) throws DwarfException {
    line = -1;
    file = -1;
    statements = -1;
    reference = -1;
    section = 0;
    for (int i = 0; i < entry.names().length; i++) {
      int form = entry.forms()[i];
      int name = entry.names()[i];
      if (name == LOCATION && (form == EXPRESSION || form == BLOCK_OF_BYTES)) {
        location(in, form);
        continue;
      }
      long at = in.at();
      long value = Forms.read(in, form, version, entry.constants()[i]);
      switch (name) {
        case STATEMENTS -> statements = info.value(at, value);
        case ADDRESSES -> addresses = info.value(at, value);
        case DECLARED_FILE -> file = value;
        case DECLARED_LINE -> line = value;
        case SPECIFICATION, ABSTRACT_ORIGIN -> reference = value;
        default -> {
          // says nothing of places
        }
      }
    }
  }

  private void location(Cursor in, int form) throws DwarfException {
    long length = form == EXPRESSION ? in.unsignedLeb() : in.u8();
    long end = in.at() + length;
    int operation = length == 0 ? 0 : in.u8();
    if (length >= LOCATION_BYTES && (operation == ADDRESS || operation == CONSTANT)) {
      long at = in.at();
      section = info.target(at);
      offset = info.value(at, in.u64());
    } else if (operation == ADDRESS_INDEX || operation == CONSTANT_INDEX) {
      long at = addresses + in.unsignedLeb() * Long.BYTES;
      section = listed.target(at);
      offset = listed.value(at, 0);
    }
    in.seek(end);
  }
}
