package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.R_X86_64_32;
import static dev.linkd.object.ElfConstants.R_X86_64_64;

import dev.linkd.mapped.MappedFile;
import dev.linkd.output.Atoms;
import dev.linkd.reloc.Relocations;
import dev.linkd.symbol.Definitions;
import dev.linkd.symbol.Symbols;
import dev.linkd.table.Names;
import dev.linkd.table.Segments;
import java.lang.foreign.MemorySegment;

/**
 * Reads ahead what the application of relocations is going to read. In a large program each of the
 * rows that a relocation leads to is a cache miss, and each depends on the one before: atom, node
 * and the bytes of the field; symbol, and unless its address is known its atom and node. Handled
 * one after the other, twenty relocations wait for a hundred misses; read level by level, the
 * processor has all misses of a level under way at once.
 */
final class Prefetch {
  private static final int NONE = -1;

  /** Relocations of one pass; their rows stay in the first-level cache until they are used. */
  private static final int BATCH = 128;

  private final Relocations relocations;
  private final Symbols symbols;
  private final Atoms atoms;
  private final MappedFile file;
  private final Definitions definitions;
  private final Names names;

  /** Atoms of one pass: where the fields are, and where their targets are. */
  private final int[] places = new int[BATCH];

  private final int[] targets = new int[BATCH];

  /** Where names are. */
  private final long[] positions = new long[BATCH];

  /** Sum of what was read last. */
  private long sum;

  Prefetch(LinkState state) {
    this.relocations = state.relocations;
    this.symbols = state.symbols;
    this.atoms = state.atoms;
    this.file = state.file;
    this.definitions = state.definitions;
    this.names = state.names;
  }

  /**
   * Reads what the next relocations of a queue from an index on lead to.
   *
   * @return how many relocations these are
   */
  int touch(IntQueue rows, int from) {
    int count = begin(rows, from);
    for (int i = 0; i < count; i++) {
      if (places[i] != NONE) {
        int symbol = targets[i];
        boolean far = symbols.state(symbol) == Symbols.DEFINED && !symbols.addressed(symbol);
        targets[i] = far ? symbols.atom(symbol) : NONE;
        places[i] = atoms.node(places[i]);
      }
    }
    for (int i = 0; i < count; i++) {
      targets[i] = targets[i] == NONE ? NONE : atoms.node(targets[i]);
    }
    long read = 0;
    MemorySegment image = file.image();
    for (int i = 0; i < count; i++) {
      read += targets[i] == NONE ? 0 : file.offset(targets[i]);
      if (places[i] != NONE) {
        long field = position(places[i]) + relocations.offset(rows.get(from + i));
        read += field < image.byteSize() ? Segments.getByte(image, field) : 0;
      }
    }
    sum = read;
    return count;
  }

  /** The same as far as the decision goes on what relocations need: their atoms and symbols. */
  int touchSymbols(IntQueue rows, int from) {
    int count = begin(rows, from);
    long read = 0;
    for (int i = 0; i < count; i++) {
      if (places[i] != NONE) {
        int kind = relocations.kind(rows.get(from + i));
        // Nearly all of these are in debug information, where the symbol makes no difference.
        boolean plain = kind == R_X86_64_64 || kind == R_X86_64_32;
        read += (plain ? 0 : symbols.state(targets[i])) + atoms.node(places[i]);
      }
    }
    sum = read;
    return count;
  }

  /**
   * Reads what the resolution of the last symbols of a queue looks at: their rows, their names, and
   * the first definition of each.
   *
   * @return how many symbols these are
   */
  int touchDefined(IntQueue queue) {
    int count = Math.min(BATCH, queue.size());
    int from = queue.size() - count;
    for (int i = 0; i < count; i++) {
      int symbol = queue.get(from + i);
      places[i] = symbols.firstDefinition(symbol);
      targets[i] = symbols.name(symbol);
    }
    sum = touchNames(count);
    for (int i = 0; i < count; i++) {
      sum += places[i] == NONE ? 0 : definitions.kind(places[i]);
    }
    return count;
  }

  /**
   * Reads what the rows of a queue of symbols in the symbol table are made of: symbols, their atoms
   * and their names.
   *
   * @return how many symbols these are
   */
  int touchNamed(IntQueue queue, int from) {
    int count = Math.min(BATCH, queue.size() - from);
    for (int i = 0; i < count; i++) {
      int symbol = queue.get(from + i);
      boolean placed = symbols.state(symbol) == Symbols.DEFINED;
      places[i] = placed ? symbols.atom(symbol) : NONE;
      targets[i] = symbols.name(symbol);
    }
    sum = touchNames(count);
    for (int i = 0; i < count; i++) {
      sum += places[i] == NONE ? 0 : atoms.node(places[i]);
    }
    return count;
  }

  /** Reads the names in {@link #targets}; returns something that depends on all. */
  private long touchNames(int count) {
    for (int i = 0; i < count; i++) {
      positions[i] = names.offset(targets[i]);
    }
    long read = 0;
    MemorySegment text = names.bytes();
    for (int i = 0; i < count; i++) {
      boolean empty = positions[i] >= text.byteSize();
      read += empty ? 0 : Segments.getByte(text, positions[i]);
    }
    return read;
  }

  private int begin(IntQueue rows, int from) {
    int count = Math.min(BATCH, rows.size() - from);
    for (int i = 0; i < count; i++) {
      int row = rows.get(from + i);
      boolean live = relocations.live(row);
      places[i] = live ? relocations.atom(row) : NONE;
      targets[i] = live ? relocations.symbol(row) : NONE;
    }
    return count;
  }

  /** Where a node is in the file, if it has bytes there; its ancestors are always in the cache. */
  private long position(int node) {
    long position = 0;
    for (int at = node; at != NONE; at = file.parent(at)) {
      position += file.offset(at);
    }
    return position;
  }

  /** Something that depends on every read, so that no compiler may leave one out. */
  long sum() {
    return sum;
  }
}
