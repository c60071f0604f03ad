package dev.linkd.object.dwarf;

/**
 * A line of a source file.
 *
 * @param path as the compiler wrote it, below its directory where that is known
 * @param line from 1
 */
public record SourceLine(String path, long line) {

  /** The form of LLVM's linker: {@code main.c:3 (src/main.c:3)}. */
  @Override
  public String toString() {
    String name = path.substring(path.lastIndexOf('/') + 1);
    String text = name + ":" + line;
    return name.equals(path) ? text : text + " (" + path + ":" + line + ")";
  }
}
