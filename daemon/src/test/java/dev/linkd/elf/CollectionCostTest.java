package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.output.AtomUpdate;
import dev.linkd.output.FlushResult;
import dev.linkd.output.FoldingRules;
import dev.linkd.output.Output;
import dev.linkd.output.OutputKind;
import dev.linkd.output.OutputSpec;
import dev.linkd.output.SectionRules;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With sections collected, an edit costs as much in a large program as in a small one. */
class CollectionCostTest {

  private static final int GROUP = 10;

  @TempDir Path directory;

  private final AtomUpdate update = new AtomUpdate();
  private final MemorySegment bytes = MemorySegment.ofArray(new byte[1 << 20]);

  /** What one edit cost. */
  private record Cost(String edit, long rows, long relocations, long written, long added) {}

  @Test
  void rowsVisitedDoNotGrowWithTheProgram() throws Exception {
    List<Cost> small = measure(1_000);
    List<Cost> large = measure(100_000);

    assertThat(large).isEqualTo(small);
    assertThat(large).hasSize(EDITS).allSatisfy(cost -> assertThat(cost.rows()).isLessThan(200));
  }

  private static final int EDITS = 6;

  private List<Cost> measure(int functions) throws Exception {
    OutputSpec usual =
        OutputSpec.of(directory.resolve("p" + functions), OutputKind.STATIC_EXECUTABLE);
    OutputSpec spec = usual.withSections(new SectionRules(true, false, false, FoldingRules.USUAL));
    List<Cost> costs = new ArrayList<>();
    try (Output output = new ElfOutputs().open(spec)) {
      build(output, functions);
      assertThat(output.flush().diagnostics()).isEmpty();
      // The first of each kind of edit makes room for more.
      edits(output, functions / GROUP / 3, new ArrayList<>());
      edits(output, functions / GROUP / 2, costs);
      if (functions < 10_000) {
        assertThat(output.verify()).isEmpty();
      }
    }
    return costs;
  }

  private void edits(Output output, int group, List<Cost> costs) throws Exception {
    code(output, group(group), member(group, 1), member(group, 8), member(group, 2));
    costs.add(cost(output, "a call more"));
    code(output, group(group), member(group, 8), member(group, 2), member(group, 1));
    costs.add(cost(output, "calls in another order"));
    code(output, member(group, 1), member(group, 3));
    costs.add(cost(output, "a call less, with everything below"));
    code(output, member(group, 1), member(group, 3), member(group, 4));
    costs.add(cost(output, "the call again"));
    code(output, member(group, 8), member(group, 4));
    costs.add(cost(output, "a second caller"));
    code(output, member(group, 1), member(group, 3));
    costs.add(cost(output, "a call less, of two"));
  }

  private static Cost cost(Output output, String edit) {
    FlushResult result = output.flush();
    assertThat(result.diagnostics()).isEmpty();
    FlushResult.Statistics done = result.statistics();
    return new Cost(
        edit,
        done.rowsVisited(),
        done.relocationsApplied(),
        result.published() ? 1 : 0,
        done.atomsAdded());
  }

  /** Names of one length, so that their room in the string table is alike. */
  private static String group(int group) {
    return "g" + (1_000_000 + group);
  }

  private static String member(int group, int number) {
    return group(group) + "m" + number;
  }

  /** A table leads to all groups; half of each group is not needed by anybody. */
  private void build(Output output, int functions) throws Exception {
    List<String> table = new ArrayList<>();
    for (int group = 0; group < functions / GROUP; group++) {
      table.add(group(group));
      code(output, group(group), member(group, 1), member(group, 8));
      code(output, member(group, 1), member(group, 3), member(group, 4));
      code(output, member(group, 2), member(group, 3));
      code(output, member(group, 3));
      code(output, member(group, 4), member(group, 5));
      code(output, member(group, 5), member(group, 4));
      code(output, member(group, 6), member(group, 7));
      code(output, member(group, 7), member(group, 1));
      code(output, member(group, 8));
    }
    put(output, "table", ".data", SHF_ALLOC | SHF_WRITE, table);
    put(output, "_start", ".text", SHF_ALLOC | SHF_EXECINSTR, List.of("table"));
  }

  private void code(Output output, String name, String... targets) throws Exception {
    put(output, name, ".text." + name, SHF_ALLOC | SHF_EXECINSTR, List.of(targets));
  }

  private void put(Output output, String name, String section, long flags, List<String> targets)
      throws Exception {
    update.clear();
    update.key = output.name(name);
    update.section = output.name(section);
    update.sectionType = SHT_PROGBITS;
    update.sectionFlags = flags;
    update.alignment = 16;
    update.size = Math.max(64, targets.size() * 8L);
    update.bytes = bytes.asSlice(0, update.size);
    update.addDefinition(update.key, 0, update.size, STB_GLOBAL << 4 | STT_FUNC);
    for (int i = 0; i < targets.size(); i++) {
      int target = output.name(targets.get(i));
      update.addRelocation(8L * i, R_X86_64_64, AtomUpdate.TARGET_GLOBAL, target, 0);
    }
    output.putAtom(output.stream("test"), update);
  }
}
