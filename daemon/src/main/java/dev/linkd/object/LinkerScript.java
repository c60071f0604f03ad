package dev.linkd.object;

import dev.linkd.diag.LinkException;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * What a linker script says. Those that stand in for a library, such as glibc's {@code libc.so},
 * have inputs only.
 *
 * @param name path of the script
 * @param inputs the inputs in order
 * @param outputFormat default format of OUTPUT_FORMAT, or empty
 * @param searchDirectories directories of SEARCH_DIR
 * @param entry symbol of ENTRY, or empty
 * @param required symbols of EXTERN, which count as referred to
 * @param versions what VERSION says
 * @param layout what it says about the image
 */
public record LinkerScript(
    String name,
    List<Input> inputs,
    String outputFormat,
    List<String> searchDirectories,
    String entry,
    List<String> required,
    VersionScript versions,
    LayoutScript layout) {

  /** {@link Input#group} of an input outside GROUP. */
  public static final int NONE = -1;

  public LinkerScript {
    inputs = List.copyOf(inputs);
    searchDirectories = List.copyOf(searchDirectories);
    required = List.copyOf(required);
  }

  /**
   * One input.
   *
   * @param name a path, or for a library what follows {@code -l}
   * @param library it was written as {@code -lNAME} and is searched for
   * @param asNeeded a shared library only counts when something refers to it
   * @param group number of the GROUP it is in, whose archives are searched until nothing is found
   *     any more; or {@link #NONE}
   */
  public record Input(String name, boolean library, boolean asNeeded, int group) {}

  /** Reads a script; a command that is not known is an UNSUPPORTED_INPUT with its line. */
  public static LinkerScript parse(String name, MemorySegment bytes) throws LinkException {
    return new LinkerScriptParser(name, bytes).parse();
  }
}
