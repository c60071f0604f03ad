package dev.linkd.bench;

import dev.linkd.diag.LinkException;
import dev.linkd.elf.ElfOutputs;
import dev.linkd.output.AtomUpdate;
import dev.linkd.output.FlushResult;
import dev.linkd.output.Output;
import dev.linkd.output.OutputKind;
import dev.linkd.output.OutputSpec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/** A program of functions that call ten others, and are called by ten, held by the engine. */
final class EngineProgram implements AutoCloseable {
  static final int BODY_BYTES = 200;

  private static final int BYTES_MAX = 1 << 16;
  private static final int CALLS = 10;
  private static final int STRIDE = 16;
  private static final int SPREAD = 7_919;
  private static final byte NOP = (byte) 0x90;
  private static final int GLOBAL_FUNCTION = 0x12;
  private static final int SHT_PROGBITS = 1;
  private static final int SHF_ALLOC_EXECINSTR = 6;
  private static final int R_X86_64_PLT32 = 4;

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment bytes = arena.allocate(BYTES_MAX);
  private final AtomUpdate update = new AtomUpdate();
  private final Output output;
  private final int stream;
  private final int[] names;

  EngineProgram(Path path, int functions) throws LinkException {
    bytes.fill(NOP);
    output = new ElfOutputs().open(OutputSpec.of(path, OutputKind.STATIC_EXECUTABLE));
    stream = output.stream("bench");
    names = new int[functions];
    for (int i = 0; i < functions; i++) {
      names[i] = output.name(i == 0 ? "_start" : "f" + i);
    }
    for (int i = 0; i < functions; i++) {
      put(i, BODY_BYTES, 0);
    }
    flush();
  }

  int functions() {
    return names.length;
  }

  /** Adds or replaces a function; versions differ in their last bytes. */
  void put(int index, int size, int version) throws LinkException {
    update.clear();
    update.key = names[index];
    update.section = output.name(".text");
    update.sectionType = SHT_PROGBITS;
    update.sectionFlags = SHF_ALLOC_EXECINSTR;
    update.alignment = STRIDE;
    update.size = size;
    update.bytes = bytes.asSlice(0, size);
    bytes.set(ValueLayout.JAVA_INT_UNALIGNED, size - Integer.BYTES, version);
    update.addDefinition(names[index], 0, size, GLOBAL_FUNCTION);
    for (int call = 0; call < CALLS; call++) {
      int callee = names[(int) ((index + call * (long) SPREAD + 1) % names.length)];
      update.addRelocation(
          call * STRIDE + 1L, R_X86_64_PLT32, AtomUpdate.TARGET_GLOBAL, callee, -4);
    }
    output.putAtom(stream, update);
  }

  void remove(int index) {
    output.removeAtom(stream, names[index]);
  }

  FlushResult.Statistics flush() {
    FlushResult result = output.flush();
    if (!result.published()) {
      throw new IllegalStateException("not published: " + result.diagnostics());
    }
    return result.statistics();
  }

  @Override
  public void close() {
    output.close();
    arena.close();
  }
}
