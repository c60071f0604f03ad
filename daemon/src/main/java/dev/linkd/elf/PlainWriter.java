package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.elf.x86_64.Expression;
import dev.linkd.elf.x86_64.RelocationKinds;
import dev.linkd.mapped.MappedFile;
import dev.linkd.output.Atoms;
import dev.linkd.reloc.Relocations;
import dev.linkd.symbol.Symbols;
import java.util.Arrays;

/**
 * One worker of {@link PlainRelocations}. Plain are addresses in sections that are not loaded, and
 * in executables distances to what is defined there: no table entry stands between, nothing at run
 * time can change them, and no rule forbids them.
 */
final class PlainWriter {
  private static final int NONE = -1;

  private final LinkState state;
  private final Layout layout;
  private final PlainPlaces places;
  private final MappedFile file;
  private final Relocations relocations;
  private final Symbols symbols;
  private final Atoms atoms;
  private final Prefetch prefetch;
  private final boolean executable;

  private final IntQueue left = new IntQueue();

  /** Start and end of what was written, a pair for fields of an atom that follow each other. */
  private long[] runs = new long[1024];

  private int runCount;
  private int lastAtom = NONE;
  private long applied;
  private long bytesWritten;

  PlainWriter(LinkState state, Layout layout, PlainPlaces places) {
    this.state = state;
    this.layout = layout;
    this.places = places;
    this.file = state.file;
    this.relocations = state.relocations;
    this.symbols = state.symbols;
    this.atoms = state.atoms;
    this.prefetch = new Prefetch(state);
    this.executable = state.spec.kind().executable();
  }

  /** What is not plain. */
  IntQueue left() {
    return left;
  }

  int runs() {
    return runCount;
  }

  long runStart(int run) {
    return runs[2 * run];
  }

  long runEnd(int run) {
    return runs[2 * run + 1];
  }

  long applied() {
    return applied;
  }

  long bytesWritten() {
    return bytesWritten;
  }

  /** Applies some rows of a queue. */
  void apply(IntQueue rows, int from, int to) {
    int ahead = from;
    for (int i = from; i < to; i++) {
      if (i == ahead) {
        ahead += prefetch.touch(rows, i);
      }
      int row = rows.get(i);
      if (!relocations.live(row) || !relocations.flag(row, Relocations.PENDING)) {
        continue;
      }
      if (apply(row)) {
        relocations.setFlag(row, Relocations.PENDING, false);
        applied++;
      } else {
        left.add(row);
      }
    }
  }

  private boolean apply(int row) {
    int kind = relocations.kind(row);
    int atom = relocations.atom(row);
    long offset = relocations.offset(row);
    int number = atoms.section(atom);
    long start = places.position(number);
    if (start == NONE
        || !plain(row, kind, atom, places.section(number))
        || offset + RelocationKinds.width(kind) > atoms.size(atom)
        || atoms.content(atom) == NONE
        || relocations.dynamicSlot(row) != NONE) {
      return false;
    }
    int symbol = relocations.symbol(row);
    if (!fixed(symbol, kind)) {
      return false;
    }
    OutputSection section = places.section(number);
    int node = atoms.node(atom);
    if (node == NONE || file.parent(node) != section.node) {
      return false;
    }
    long field = file.offset(node) + offset;
    long value = symbols.value(symbol) + relocations.addend(row);
    if (symbols.state(symbol) == Symbols.DEFINED) {
      value += layout.address(symbols.atom(symbol));
    }
    if (relative(kind)) {
      value -= section.address + field;
    }
    if (RelocationKinds.apply(places.image, start + field, kind, value) != RelocationKinds.FITS) {
      return false;
    }
    wrote(atom, start + field, start + field + RelocationKinds.width(kind));
    return true;
  }

  private static boolean relative(int kind) {
    Expression expression = RelocationKinds.expression(kind);
    return expression == Expression.S_A_P || expression == Expression.L_A_P;
  }

  private boolean plain(int row, int kind, int atom, OutputSection section) {
    if (!RelocationKinds.input(kind)) {
      return false;
    }
    if (!section.allocated()) {
      return RelocationKinds.expression(kind) == Expression.S_A;
    }
    return executable && relative(kind) && !inSequence(row, atom);
  }

  /** Whether it may be the call in a sequence for a thread-local variable that is rewritten. */
  private boolean inSequence(int row, int atom) {
    if (row == atoms.firstRelocation(atom)) {
      return false;
    }
    int before = relocations.kind(row - 1);
    return before == R_X86_64_TLSGD || before == R_X86_64_TLSLD;
  }

  /** Whether the value is an address that is known and used as it is. */
  private boolean fixed(int symbol, int kind) {
    int resolution = symbols.state(symbol);
    if (resolution != Symbols.DEFINED) {
      return resolution == Symbols.ABSOLUTE && !relative(kind);
    }
    int type = SymbolView.type(symbols.info(symbol));
    int target = symbols.atom(symbol);
    return type != STT_TLS
        && type != STT_GNU_IFUNC
        && state.placed(target)
        && (places.section(atoms.section(target)).flags & SHF_TLS) == 0;
  }

  private void wrote(int atom, long from, long to) {
    bytesWritten += to - from;
    if (atom == lastAtom) {
      int last = 2 * runCount - 2;
      runs[last] = Math.min(runs[last], from);
      runs[last + 1] = Math.max(runs[last + 1], to);
      return;
    }
    if (2 * runCount == runs.length) {
      runs = Arrays.copyOf(runs, runs.length * 2);
    }
    runs[2 * runCount] = from;
    runs[2 * runCount + 1] = to;
    runCount++;
    lastAtom = atom;
  }
}
