package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.elf.x86_64.Expression;
import dev.linkd.elf.x86_64.RelocationKinds;
import dev.linkd.mapped.MappedFile;
import dev.linkd.output.Atoms;
import dev.linkd.reloc.Relocations;
import dev.linkd.symbol.Symbols;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Applies the relocations of sections that are not loaded while the owner of the output applies the
 * others: with debug information they are nine of ten, and all but a few are addresses that are
 * simply written down. The tasks read the tables, which nobody changes meanwhile, and write fields
 * of the image and flags that belong to no other task. What is not simple is left to the owner.
 */
final class DebugRelocations {

  private static final int NONE = -1;

  /** Fewer pending relocations are applied before a thread has started. */
  private static final int PENDING_MIN = 100_000;

  private final LinkState state;
  private final Layout layout;
  private final MappedFile file;
  private final Relocations relocations;
  private final Symbols symbols;
  private final Atoms atoms;

  /** By number of the section: where it is in the file, NONE when it is loaded. */
  private long[] positions = {};

  /** By number of the section: whether something is written to it. */
  private boolean[] written = {};

  private MemorySegment image = MemorySegment.NULL;
  private final List<FutureTask<IntQueue>> tasks = new ArrayList<>();

  DebugRelocations(LinkState state, Layout layout) {
    this.state = state;
    this.layout = layout;
    this.file = state.file;
    this.relocations = state.relocations;
    this.symbols = state.symbols;
    this.atoms = state.atoms;
  }

  /**
   * Takes what it can apply out of a queue and starts to; {@link #end} follows.
   *
   * @return false when there is too little to do
   */
  boolean begin(IntQueue pending) {
    if (pending.size() < PENDING_MIN) {
      return false;
    }
    locate();
    IntQueue rows = new IntQueue();
    int kept = 0;
    int last = NONE;
    boolean loaded = true;
    for (int i = 0; i < pending.size(); i++) {
      int row = pending.get(i);
      boolean waits = relocations.live(row) && relocations.flag(row, Relocations.PENDING);
      int atom = waits ? relocations.atom(row) : NONE;
      if (waits && atom != last) {
        last = atom; // those of an atom follow each other
        loaded = !notLoaded(atoms.section(atom));
      }
      if (waits && !loaded) {
        rows.add(row);
      } else {
        pending.set(kept++, row);
      }
    }
    pending.truncate(kept);
    int count = Math.max(1, Runtime.getRuntime().availableProcessors() - 1);
    for (int i = 0; i < count; i++) {
      int from = (int) ((long) rows.size() * i / count);
      int to = (int) ((long) rows.size() * (i + 1) / count);
      FutureTask<IntQueue> task = new FutureTask<>(() -> apply(rows, from, to));
      tasks.add(task);
      Thread.ofPlatform().name("relocate-" + i).daemon(true).start(task);
    }
    state.work.relocationsApplied += rows.size();
    return true;
  }

  private void locate() {
    image = file.image();
    positions = new long[layout.sections().size()];
    written = new boolean[positions.length];
    for (OutputSection section : layout.sections()) {
      boolean bytes = !section.allocated() && file.hasContent(section.node);
      positions[section.number] = bytes ? file.position(section.node) : NONE;
    }
  }

  /** Notes that something is written to a section, if it is one that is not loaded. */
  private boolean notLoaded(int section) {
    boolean notLoaded = section != NONE && positions[section] != NONE;
    if (notLoaded) {
      written[section] = true;
    }
    return notLoaded;
  }

  /** Waits until all is done; what was left goes back to the queue. */
  void end(IntQueue pending) {
    for (FutureTask<IntQueue> task : tasks) {
      IntQueue left = result(task);
      state.work.relocationsApplied -= left.size();
      for (int i = 0; i < left.size(); i++) {
        pending.add(left.get(i));
      }
    }
    tasks.clear();
    for (int number = 0; number < written.length; number++) {
      if (written[number]) {
        long from = positions[number];
        file.dirty(from, from + layout.size(layout.section(number)));
      }
    }
    image = MemorySegment.NULL;
  }

  /** An interrupt is for whoever waits for the flush, not for what is half done. */
  private static IntQueue result(FutureTask<IntQueue> task) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return task.get();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("relocations could not be applied", e.getCause());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Applies some rows; returns those that need more than this. */
  private IntQueue apply(IntQueue rows, int from, int to) {
    IntQueue left = new IntQueue();
    for (int i = from; i < to; i++) {
      int row = rows.get(i);
      if (apply(row)) {
        relocations.setFlag(row, Relocations.PENDING, false);
      } else {
        left.add(row);
      }
    }
    return left;
  }

  /** Whether the value is an address that is written as it is. */
  private boolean simple(int symbol) {
    int resolution = symbols.state(symbol);
    if (resolution != Symbols.DEFINED) {
      return resolution == Symbols.ABSOLUTE;
    }
    int type = SymbolView.type(symbols.info(symbol));
    int target = symbols.atom(symbol);
    return type != STT_TLS
        && type != STT_GNU_IFUNC
        && state.placed(target)
        && (layout.section(atoms.section(target)).flags & SHF_TLS) == 0;
  }

  private boolean apply(int row) {
    int kind = relocations.kind(row);
    int atom = relocations.atom(row);
    long offset = relocations.offset(row);
    if (kind == Dependency.KIND
        || kind == Unwind.CIE_POINTER
        || !RelocationKinds.input(kind)
        || RelocationKinds.expression(kind) != Expression.S_A
        || offset + RelocationKinds.width(kind) > atoms.size(atom)
        || atoms.content(atom) == NONE
        || relocations.dynamicSlot(row) != NONE) {
      return false;
    }
    int symbol = relocations.symbol(row);
    if (!simple(symbol)) {
      return false;
    }
    long value = symbols.value(symbol) + relocations.addend(row);
    if (symbols.state(symbol) == Symbols.DEFINED) {
      value += layout.address(symbols.atom(symbol));
    }
    OutputSection section = layout.section(atoms.section(atom));
    int node = atoms.node(atom);
    if (file.parent(node) != section.node) {
      return false;
    }
    long position = positions[section.number] + file.offset(node) + offset;
    return RelocationKinds.apply(image, position, kind, value) == RelocationKinds.FITS;
  }
}
