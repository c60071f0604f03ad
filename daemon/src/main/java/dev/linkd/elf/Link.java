package dev.linkd.elf;

import dev.linkd.output.OutputSpec;
import dev.linkd.store.InputStore;

/** A link in memory: tables, image and inputs, without a file that is published. */
final class Link implements AutoCloseable {
  final LinkState state;
  final ElfParts parts;
  final Settler settler;
  final StreamEditor streams;
  final InputFiles inputs;
  private final Compaction compaction;

  Link(OutputSpec spec, InputStore store) {
    this.state = new LinkState(spec);
    this.parts = new ElfParts(state);
    this.settler = new Settler(state, parts);
    this.streams = new StreamEditor(state, parts);
    this.inputs = new InputFiles(state, parts, store);
    this.compaction = new Compaction(state, parts.layout, parts.editor);
  }

  Stream addStream(String name) {
    parts.properties.addStream();
    return state.inputs.add((number, order) -> new Stream(number, name, order));
  }

  /**
   * Settles; the problems of the state say what is wrong. When there may be much room that nothing
   * takes, or something is out of reach because of it, that room is taken and all settled again.
   */
  void settle() {
    compaction.settle();
    settleOnce();
    boolean outOfReach = state.room.outOfReach;
    if ((outOfReach || state.room.spare()) && compaction.run(outOfReach)) {
      state.problems.clear();
      settleOnce();
    }
    state.room.sparse = false;
    state.room.scarce = false;
  }

  private void settleOnce() {
    parts.libraryReferences.settle();
    inputs.settle(state.problems);
    settler.settle();
    inputs.settled();
    parts.warnings.report();
    parts.stackNotes.report();
  }

  @Override
  public void close() {
    inputs.close();
    parts.close();
    state.close();
  }
}
