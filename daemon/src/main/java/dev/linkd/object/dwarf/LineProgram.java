package dev.linkd.object.dwarf;

/** Runs the line number program of one unit (DWARF 5, 6.2.5) in search of one place. */
final class LineProgram {
  private static final int COPY = 1;
  private static final int ADVANCE_PC = 2;
  private static final int ADVANCE_LINE = 3;
  private static final int SET_FILE = 4;
  private static final int CONST_ADD_PC = 8;
  private static final int FIXED_ADVANCE_PC = 9;
  private static final int END_SEQUENCE = 1;
  private static final int SET_ADDRESS = 2;
  private static final int DEFINE_FILE = 3;
  private static final int SPECIAL_LAST = 255;

  private final Cursor in;
  private final DebugSection lines;
  private final FileTable files;

  private int minimumLength;
  private int lineBase;
  private int lineRange;
  private int opcodeBase;
  private int[] operands = {};

  /** The registers. */
  private long address;

  private long file;
  private long line;

  /** Section of the sequence; 0 before it is known. */
  private int section;

  /** The row before the present one, of the same sequence. */
  private long rowAddress;

  private long rowFile;
  private long rowLine;
  private boolean rowValid;

  private final int wantedSection;
  private final long wantedOffset;
  private long foundFile = -1;
  private long foundLine;

  LineProgram(Cursor in, DebugSection lines, FileTable files, int section, long offset) {
    this.in = in;
    this.lines = lines;
    this.files = files;
    this.wantedSection = section;
    this.wantedOffset = offset;
  }

  /** The fields of the header between its length and its tables. */
  void readHeader(int version) throws DwarfException {
    minimumLength = in.u8();
    if (version >= 4) {
      in.u8();
    }
    in.u8();
    lineBase = (byte) in.u8();
    lineRange = in.u8();
    opcodeBase = in.u8();
    if (lineRange == 0 || opcodeBase == 0) {
      throw new DwarfException("a line range or first opcode of 0");
    }
    operands = new int[opcodeBase];
    for (int i = 1; i < opcodeBase; i++) {
      operands[i] = in.u8();
    }
  }

  /** Runs to the end or to the place; returns whether it was found. */
  boolean run() throws DwarfException {
    reset();
    while (in.more() && foundFile < 0) {
      int opcode = in.u8();
      if (opcode >= opcodeBase) {
        int adjusted = opcode - opcodeBase;
        address += (long) (adjusted / lineRange) * minimumLength;
        line += lineBase + adjusted % lineRange;
        row();
      } else if (opcode == 0) {
        extended();
      } else {
        standard(opcode);
      }
    }
    return foundFile >= 0;
  }

  long foundFile() {
    return foundFile;
  }

  long foundLine() {
    return foundLine;
  }

  private void reset() {
    address = 0;
    file = 1;
    line = 1;
    section = 0;
    rowValid = false;
  }

  private void standard(int opcode) throws DwarfException {
    switch (opcode) {
      case COPY -> row();
      case ADVANCE_PC -> address += in.unsignedLeb() * minimumLength;
      case ADVANCE_LINE -> line += in.signedLeb();
      case SET_FILE -> file = in.unsignedLeb();
      case CONST_ADD_PC ->
          address += (long) ((SPECIAL_LAST - opcodeBase) / lineRange) * minimumLength;
      case FIXED_ADVANCE_PC -> address += in.u16();
      default -> {
        for (int i = 0; i < operands[opcode]; i++) {
          in.unsignedLeb();
        }
      }
    }
  }

  private void extended() throws DwarfException {
    long length = in.unsignedLeb();
    long end = in.at() + length;
    if (length > 0) {
      switch (in.u8()) {
        case END_SEQUENCE -> {
          row();
          reset();
        }
        case SET_ADDRESS -> {
          long at = in.at();
          section = lines.target(at);
          address = lines.value(at, in.u64());
        }
        case DEFINE_FILE -> files.addFile(in.text());
        default -> {}
      }
    }
    in.seek(end);
  }

  /** A row holds from its address to that of the next one. */
  private void row() {
    boolean inside = rowValid && rowAddress <= wantedOffset && wantedOffset < address;
    if (inside && section == wantedSection) {
      foundFile = rowFile;
      foundLine = rowLine;
    }
    rowAddress = address;
    rowFile = file;
    rowLine = line;
    rowValid = true;
  }
}
