package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.output.AtomUpdate;
import dev.linkd.output.OutputKind;
import dev.linkd.output.OutputSpec;
import dev.linkd.store.InputStore;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a large link costs in memory: bytes committed for each kind of row. */
class ResidentCostProgramTest {

  private static final int ATOMS = 60_000;
  private static final int RELOCATIONS = 10;

  /** Tables grow in steps, so a part of the last step is not in use yet. */
  private static final double GROWTH_ROOM = 1.1;

  @TempDir Path directory;

  private final AtomUpdate update = new AtomUpdate();
  private final MemorySegment code = MemorySegment.ofArray(new byte[100]);

  @Test
  void rowsAreSmall() throws Exception {
    OutputSpec spec = OutputSpec.of(directory.resolve("program"), OutputKind.STATIC_EXECUTABLE);
    try (Link link = new Link(spec, new InputStore(1 << 20))) {
      Stream stream = link.addStream("test");
      for (int i = 0; i < ATOMS; i++) {
        fill(link, i);
        link.streams.put(stream, update);
      }
      link.settle();
      assertThat(link.state.problems.list()).isEmpty();
      LinkState state = link.state;
      assertCost("relocation", state.relocations.bytes(), state.relocations.size(), 48);
      long symbols = state.symbols.bytes() + state.definitions.bytes();
      assertCost("symbol and what defines it", symbols, state.symbols.size(), 64);
    }
  }

  private static void assertCost(String what, long bytes, long rows, int bytesMax) {
    System.out.printf("%s: %.1f bytes for each of %,d%n", what, bytes / (double) rows, rows);
    assertThat(bytes / (double) rows).as(what).isLessThanOrEqualTo(bytesMax * GROWTH_ROOM);
  }

  private void fill(Link link, int i) {
    update.clear();
    update.key = name(link, i == 0 ? "_start" : "f" + i);
    update.section = link.state.names.intern(".text");
    update.sectionType = SHT_PROGBITS;
    update.sectionFlags = SHF_ALLOC | SHF_EXECINSTR;
    update.size = code.byteSize();
    update.bytes = code;
    update.addDefinition(update.key, 0, update.size, STB_GLOBAL << 4 | STT_FUNC);
    for (int r = 0; r < RELOCATIONS; r++) {
      int target = name(link, "f" + (1 + (i + r) % (ATOMS - 1)));
      update.addRelocation(r * 8, R_X86_64_PC32, AtomUpdate.TARGET_GLOBAL, target, -4);
    }
  }

  private static int name(Link link, String name) {
    return link.state.names.intern(name);
  }
}
