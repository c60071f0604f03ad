package dev.linkd.object.dwarf;

import java.util.ArrayList;
import java.util.List;

/** The directories and files in the header of a line number program (DWARF 5, 6.2.4). */
final class FileTable {
  private static final int PATH = 1;
  private static final int DIRECTORY_INDEX = 2;
  private static final int ENTRIES_MAX = 1 << 20;

  private static final int FORM_DATA2 = 0x05;
  private static final int FORM_DATA4 = 0x06;
  private static final int FORM_DATA8 = 0x07;
  private static final int FORM_STRING = 0x08;
  private static final int FORM_BLOCK = 0x09;
  private static final int FORM_DATA1 = 0x0b;
  private static final int FORM_STRP = 0x0e;
  private static final int FORM_UDATA = 0x0f;
  private static final int FORM_DATA16 = 0x1e;
  private static final int FORM_LINE_STRP = 0x1f;

  private record Entry(String path, long directory) {}

  private final Cursor in;
  private final DebugSection lines;
  private final DebugSection lineStrings;
  private final DebugSection strings;
  private List<Entry> directories = new ArrayList<>();
  private List<Entry> files = new ArrayList<>();

  /** Number of the first file. */
  private int base;

  FileTable(Cursor in, DebugSection lines, DebugSection lineStrings, DebugSection strings) {
    this.in = in;
    this.lines = lines;
    this.lineStrings = lineStrings;
    this.strings = strings;
  }

  /** Reads the tables of a header of version 2 to 5, to which the cursor points. */
  void read(int version) throws DwarfException {
    if (version >= 5) {
      directories = entries();
      files = entries();
      base = 0;
      return;
    }
    directories = new ArrayList<>();
    // Directory 0 is that of the compilation, which only .debug_info knows.
    directories.add(new Entry("", 0));
    for (String path = in.text(); !path.isEmpty(); path = in.text()) {
      directories.add(new Entry(path, 0));
    }
    files = new ArrayList<>();
    for (String path = in.text(); !path.isEmpty(); path = in.text()) {
      addFile(path);
    }
    base = 1;
  }

  /** A file of versions 2 to 4: directory, time and size follow the name. */
  void addFile(String path) throws DwarfException {
    files.add(new Entry(path, in.unsignedLeb()));
    in.unsignedLeb();
    in.unsignedLeb();
  }

  private List<Entry> entries() throws DwarfException {
    int columns = in.u8();
    long[] contents = new long[columns];
    long[] forms = new long[columns];
    for (int i = 0; i < columns; i++) {
      contents[i] = in.unsignedLeb();
      forms[i] = in.unsignedLeb();
    }
    long count = in.unsignedLeb();
    if (count < 0 || count > ENTRIES_MAX || (columns == 0 && count > 0)) {
      throw new DwarfException(count + " files");
    }
    List<Entry> list = new ArrayList<>();
    for (long n = 0; n < count; n++) {
      String path = "";
      long directory = 0;
      for (int i = 0; i < columns; i++) {
        if (contents[i] == PATH) {
          path = text((int) forms[i]);
        } else {
          long value = number((int) forms[i]);
          directory = contents[i] == DIRECTORY_INDEX ? value : directory;
        }
      }
      list.add(new Entry(path, directory));
    }
    return list;
  }

  private String text(int form) throws DwarfException {
    long at = in.at();
    return switch (form) {
      case FORM_STRING -> in.text();
      case FORM_LINE_STRP -> lineStrings.text(lines.value(at, in.offset()));
      case FORM_STRP -> strings.text(lines.value(at, in.offset()));
      default -> throw new DwarfException("a path of form " + form);
    };
  }

  private long number(int form) throws DwarfException {
    switch (form) {
      case FORM_DATA1:
        return in.u8();
      case FORM_DATA2:
        return in.u16();
      case FORM_DATA4:
        return in.u32();
      case FORM_DATA8:
        return in.u64();
      case FORM_UDATA:
        return in.unsignedLeb();
      case FORM_DATA16:
        in.skip(16);
        return 0;
      case FORM_BLOCK:
        in.skip(in.unsignedLeb());
        return 0;
      case FORM_STRING, FORM_LINE_STRP, FORM_STRP:
        text(form);
        return 0;
      default:
        throw new DwarfException("a value of form " + form);
    }
  }

  /** The path of a file by its number; empty for a number that the table does not have. */
  String path(long number) {
    long index = number - base;
    if (index < 0 || index >= files.size()) {
      return "";
    }
    Entry file = files.get((int) index);
    boolean placed = file.directory() >= 0 && file.directory() < directories.size();
    String directory = placed ? directories.get((int) file.directory()).path() : "";
    return directory.isEmpty() || file.path().startsWith("/")
        ? file.path()
        : directory + "/" + file.path();
  }
}
