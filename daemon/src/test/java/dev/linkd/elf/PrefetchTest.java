package dev.linkd.elf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.mapped.MappedFile;
import dev.linkd.mapped.Policy;
import dev.linkd.output.OutputKind;
import dev.linkd.output.OutputSpec;
import dev.linkd.symbol.Definitions;
import dev.linkd.symbol.Symbols;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reading ahead changes nothing and survives whatever stands in the queue. */
class PrefetchTest {
  private static final int RELOCATIONS = 300;

  @TempDir Path folder;

  @Test
  void aQueueIsReadInPasses() throws Exception {
    try (LinkState state = state()) {
      int first = relocations(state);
      IntQueue queue = queue(first);
      Prefetch prefetch = new Prefetch(state);
      int at = 0;
      int passes = 0;
      while (at < queue.size()) {
        int read = prefetch.touch(queue, at);
        assertThat(read).isPositive();
        at += read;
        passes++;
      }
      assertThat(at).isEqualTo(RELOCATIONS);
      assertThat(prefetch.sum()).as("offset of the atom, twice for every third").isPositive();
      assertThat(passes).isBetween(2, 4);
    }
  }

  @Test
  void rowsThatAreGoneAndSymbolsWithoutAtomsAreSkipped() throws Exception {
    try (LinkState state = state()) {
      int first = relocations(state);
      IntQueue queue = queue(first);
      for (int row = first; row < first + RELOCATIONS / 2; row++) {
        state.relocations.unlink(row);
      }
      state.relocations.freeRun(first, RELOCATIONS / 2);
      assertThat(new Prefetch(state).touch(queue, 0)).isPositive();
      assertThat(new Prefetch(state).touch(queue, RELOCATIONS - 1)).isEqualTo(1);
      assertThat(state.relocations.size()).isEqualTo(RELOCATIONS - RELOCATIONS / 2);
    }
  }

  @Test
  void symbolsAreReadWithTheirDefinitionsAndNames() throws Exception {
    try (LinkState state = state()) {
      int first = relocations(state);
      IntQueue queue = new IntQueue();
      for (int i = 0; i < RELOCATIONS; i++) {
        queue.add(state.relocations.symbol(first + i));
      }
      int defined = queue.get(RELOCATIONS - 1);
      state.definitions.add(defined, 0, 0, Definitions.COMMON, 8, 8, 0);
      Prefetch prefetch = new Prefetch(state);
      int last = prefetch.touchDefined(queue);
      assertThat(last).isBetween(1, RELOCATIONS - 1);
      assertThat(prefetch.sum()).as("kinds of the last symbols' definitions").isPositive();
      assertThat(prefetch.touchNamed(queue, 0)).isEqualTo(last);
      assertThat(prefetch.sum()).as("first letters").isPositive();
      assertThat(prefetch.touchNamed(queue, RELOCATIONS - 1)).isEqualTo(1);
      queue.clear();
      assertThat(prefetch.touchDefined(queue)).isZero();
    }
  }

  private LinkState state() {
    return new LinkState(OutputSpec.of(folder.resolve("p"), OutputKind.STATIC_EXECUTABLE));
  }

  private static IntQueue queue(int first) {
    IntQueue queue = new IntQueue();
    for (int row = first; row < first + RELOCATIONS; row++) {
      queue.add(row);
    }
    return queue;
  }

  /** Relocations of one atom that is placed, to itself, to nothing and to a constant in turn. */
  private static int relocations(LinkState state) throws Exception {
    int atom = state.atoms.add(0, state.names.intern("atom"));
    state.file.add(MappedFile.FILE, Policy.FIXED, 16, 0, atom);
    int node = state.file.add(MappedFile.FILE, Policy.FIXED, 16, 0, atom);
    state.atoms.setNode(atom, node);
    int[] targets = new int[3];
    for (int i = 0; i < targets.length; i++) {
      targets[i] = state.symbols.add(state.names.intern("s" + i), Symbols.GLOBAL);
    }
    state.symbols.resolve(targets[0], Symbols.DEFINED, atom, 0, 0, 0);
    state.symbols.resolve(targets[2], Symbols.ABSOLUTE, Symbols.NONE, 42, 0, 0);
    int first = state.relocations.allocateRun(RELOCATIONS);
    for (int i = 0; i < RELOCATIONS; i++) {
      state.relocations.set(first + i, atom, 0, 2, 0, targets[i % targets.length], 0);
    }
    return first;
  }
}
