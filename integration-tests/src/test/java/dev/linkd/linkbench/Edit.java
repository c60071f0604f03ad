package dev.linkd.linkbench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/**
 * An edit as a linker sees it: some objects are there in another version. They were compiled
 * before, so that nothing but the link takes time.
 *
 * @param name what was done, such as "one function"
 * @param copies the objects
 */
record Edit(String name, List<Copy> copies) {
  /** A file in the version that the edit leads to, and where the link reads it. */
  record Copy(Path from, Path to) {}

  /** Puts the objects in place as a compiler does: the old file goes, another comes. */
  void apply() throws IOException {
    for (Copy copy : copies) {
      Files.copy(copy.from(), copy.to(), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** Reads a list of edits: lines of name, number of the edit, from and to, separated by tabs. */
  static List<Edit> read(Path file) throws IOException {
    List<Edit> edits = new ArrayList<>();
    String number = "";
    for (String line : Files.readAllLines(file)) {
      String[] fields = line.split("\t", -1);
      if (fields.length != 4) {
        throw new IOException(file + ": not an edit: " + line);
      }
      if (!number.equals(fields[1])) {
        number = fields[1];
        edits.add(new Edit(fields[0], new ArrayList<>()));
      }
      edits
          .getLast()
          .copies()
          .add(new Copy(file.resolveSibling(fields[2]), file.resolveSibling(fields[3])));
    }
    return edits;
  }

  /** Writes what {@link #read} reads. */
  static void write(Path file, List<Edit> edits) throws IOException {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < edits.size(); i++) {
      for (Copy copy : edits.get(i).copies()) {
        lines.add(edits.get(i).name() + "\t" + i + "\t" + copy.from() + "\t" + copy.to());
      }
    }
    Files.write(file, lines);
  }
}
