package dev.linkd.output;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What becomes of the image on its way into the file. With any of these the file is written whole
 * at every publish.
 *
 * @param compression of debug sections
 * @param level how hard it compresses, in the range of the method; only zlib has levels
 * @param index {@code .gdb_index} lists names and addresses for debuggers
 * @param flat the file is a copy of the memory, without ELF headers
 * @param debugFile takes the debug information
 * @param loadedFirst sections that are not loaded lie behind all others
 * @param padsRemoved functions that no indirect branch can reach lose their landing pads
 */
public record FinishRules(
    Compression compression,
    int level,
    boolean index,
    boolean flat,
    Optional<Path> debugFile,
    boolean loadedFirst,
    boolean padsRemoved) {

  /** The method's own choice of a level. */
  public static final int LEVEL_USUAL = -1;

  /** How debug sections are packed (SHF_COMPRESSED). */
  public enum Compression {
    NONE,
    ZLIB,
    ZSTD
  }

  /** The file is the image. */
  public static final FinishRules NONE =
      new FinishRules(Compression.NONE, LEVEL_USUAL, false, false, Optional.empty(), false, false);

  /** Whether the file differs from the image. */
  public boolean any() {
    return !equals(NONE);
  }
}
