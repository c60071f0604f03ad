package dev.linkd.oracle;

import dev.linkd.diag.LinkException;
import dev.linkd.oracle.image.Elf;
import dev.linkd.output.AtomUpdate;
import dev.linkd.output.Output;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Sends functions of any size to an output with little effort: a function is filled with one byte
 * and ends with calls of others, directly or through the GOT.
 */
final class CallGraph {
  private static final int BYTES_MAX = 1 << 16;
  private static final int CALL_SIZE = 6;
  private static final int FUNCTION = Elf.STB_GLOBAL << 4 | Elf.STT_FUNC;

  private final Output output;
  private final int stream;
  private final AtomUpdate update = new AtomUpdate();
  private final MemorySegment bytes;

  CallGraph(Output output, Arena arena) {
    this.output = output;
    stream = output.stream("functions");
    bytes = arena.allocate(BYTES_MAX);
  }

  /**
   * Adds or replaces a function.
   *
   * @param fill a byte that makes contents differ; with an odd one the calls use the GOT
   */
  void put(String name, int size, int fill, String... callees) throws LinkException {
    update.clear();
    update.key = output.name(name);
    update.section = output.name(".text");
    update.sectionType = Elf.SHT_PROGBITS;
    update.sectionFlags = Elf.SHF_ALLOC | Elf.SHF_EXECINSTR;
    update.alignment = 16;
    update.size = size;
    update.bytes = bytes.asSlice(0, size);
    update.bytes.fill((byte) fill);
    update.addDefinition(update.key, 0, size, FUNCTION);
    int at = size - CALL_SIZE * callees.length;
    for (String callee : callees) {
      boolean throughTable = (fill & 1) != 0;
      bytes.set(ValueLayout.JAVA_BYTE, at, (byte) (throughTable ? 0xff : 0x90));
      bytes.set(ValueLayout.JAVA_BYTE, at + 1, (byte) (throughTable ? 0x15 : 0xe8));
      update.addRelocation(
          at + 2,
          throughTable ? Elf.R_X86_64_GOTPCREL : Elf.R_X86_64_PLT32,
          AtomUpdate.TARGET_GLOBAL,
          output.name(callee),
          -4);
      at += CALL_SIZE;
    }
    output.putAtom(stream, update);
  }

  void remove(String name) {
    if (!output.removeAtom(stream, output.name(name))) {
      throw new AssertionError(name + " did not exist");
    }
  }
}
