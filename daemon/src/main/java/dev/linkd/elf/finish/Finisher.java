package dev.linkd.elf.finish;

import dev.linkd.diag.Code;
import dev.linkd.diag.Diagnostic;
import dev.linkd.diag.LinkException;
import dev.linkd.diag.Place;
import dev.linkd.object.dwarf.DwarfException;
import dev.linkd.output.FinishRules;
import dev.linkd.output.FinishRules.Compression;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Makes files of a finished image, which stays as it is: the resident image is never packed, so
 * that it can be patched, and what is packed or listed is made anew at every publish.
 */
public final class Finisher {

  /**
   * @param program what belongs at the path of the output
   * @param debug what belongs into the debug file
   */
  public record Files(MemorySegment program, Optional<MemorySegment> debug) {}

  private final FinishRules rules;
  private final String output;
  private final Consumer<Diagnostic> problems;

  public Finisher(FinishRules rules, Path output, Consumer<Diagnostic> problems) {
    this.rules = rules;
    this.output = output.toString();
    this.problems = problems;
  }

  /**
   * Makes the files.
   *
   * @param arena for their memory
   * @throws LinkException when the image cannot be such a file
   */
  public Files finish(MemorySegment image, Arena arena) throws LinkException {
    FileParts parts = prepared(image);
    if (rules.flat()) {
      return new Files(flat(image, parts, arena), Optional.empty());
    }
    if (rules.debugFile().isEmpty()) {
      return new Files(parts.assemble(arena), Optional.empty());
    }
    DebugSplit.keepDebug(parts);
    MemorySegment debug = parts.assemble(arena);
    FileParts program = new FileParts(image);
    DebugSplit.removeDebug(program, rules.debugFile().get(), debug);
    return new Files(program.assemble(arena), Optional.of(debug));
  }

  private FileParts prepared(MemorySegment image) {
    FileParts parts = new FileParts(image);
    if (rules.index()) {
      try {
        GdbIndex.add(parts);
      } catch (DwarfException e) {
        problems.accept(
            Diagnostic.warning(
                Code.MALFORMED_INPUT,
                Place.input(output),
                "no .gdb_index: debug information cannot be read: " + e.getMessage()));
      }
    }
    if (rules.compression() != Compression.NONE) {
      new DebugCompressor(rules).compress(parts);
    }
    return parts;
  }

  private MemorySegment flat(MemorySegment image, FileParts parts, Arena arena)
      throws LinkException {
    FlatFile file = new FlatFile(image, parts);
    if (file.size() > FlatFile.SIZE_MAX) {
      throw new LinkException(
          Code.ADDRESS_SPACE_EXHAUSTED,
          Place.input(output),
          "a binary file of " + file.size() + " bytes: its sections are too far apart");
    }
    return file.assemble(arena);
  }
}
