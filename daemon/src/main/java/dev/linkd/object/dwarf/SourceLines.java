package dev.linkd.object.dwarf;

import dev.linkd.diag.LinkException;
import dev.linkd.object.ElfObject;
import java.util.Optional;

/**
 * The line tables of one object, versions 2 to 5. They are read when somebody asks, which happens
 * only for a message: nothing is kept, and what cannot be understood is as if it were not there.
 */
public final class SourceLines {
  private static final int VERSION_MIN = 2;
  private static final int VERSION_MAX = 5;

  private final ElfObject object;

  public SourceLines(ElfObject object) {
    this.object = object;
  }

  /** The line that the code at an offset of a section comes from. */
  public Optional<SourceLine> at(int section, long offset) {
    try {
      DebugSection lines = DebugSection.find(object, ".debug_line");
      DebugSection lineStrings = DebugSection.find(object, ".debug_line_str");
      DebugSection strings = DebugSection.find(object, ".debug_str");
      Cursor in = new Cursor(lines.bytes());
      Optional<SourceLine> found = Optional.empty();
      while (in.more() && found.isEmpty()) {
        FileTable files = new FileTable(in, lines, lineStrings, strings);
        found = unit(in, files, new LineProgram(in, lines, files, section, offset));
      }
      return found;
    } catch (LinkException | DwarfException unreadable) {
      // A message without a source line is better than a fault in place of the message.
      return Optional.empty();
    }
  }

  /**
   * A line of a file that the line table of a unit numbers.
   *
   * @param table offset of the table; negative when the unit has none
   */
  static Optional<SourceLine> inFile(ElfObject object, long table, long file, long line)
      throws LinkException, DwarfException {
    DebugSection lines = DebugSection.find(object, ".debug_line");
    if (table < 0 || table >= lines.bytes().byteSize()) {
      return Optional.empty();
    }
    Cursor in = new Cursor(lines.bytes());
    in.skip(table);
    in.narrow(in.initialLength() + in.at());
    int version = in.u16();
    if (version < VERSION_MIN || version > VERSION_MAX) {
      return Optional.empty();
    }
    if (version >= 5) {
      in.u16();
    }
    in.offset();
    FileTable files =
        new FileTable(
            in,
            lines,
            DebugSection.find(object, ".debug_line_str"),
            DebugSection.find(object, ".debug_str"));
    new LineProgram(in, lines, files, 0, 0).readHeader(version);
    files.read(version);
    String path = files.path(file);
    return path.isEmpty() ? Optional.empty() : Optional.of(new SourceLine(path, line));
  }

  private static Optional<SourceLine> unit(Cursor in, FileTable files, LineProgram program)
      throws DwarfException {
    long length = in.initialLength();
    long end = in.at() + length;
    long whole = in.narrow(length < 0 ? -1 : end);
    int version = in.u16();
    Optional<SourceLine> found = Optional.empty();
    if (version >= VERSION_MIN && version <= VERSION_MAX) {
      if (version >= 5) {
        in.u16();
      }
      long headerLength = in.offset();
      long start = in.at() + headerLength;
      program.readHeader(version);
      files.read(version);
      in.seek(start);
      if (program.run()) {
        String path = files.path(program.foundFile());
        if (!path.isEmpty() && program.foundLine() > 0) {
          found = Optional.of(new SourceLine(path, program.foundLine()));
        }
      }
    }
    in.seek(end);
    in.widen(whole);
    return found;
  }
}
