package dev.linkd.elf;

import dev.linkd.output.Atoms;
import dev.linkd.reloc.Relocations;
import dev.linkd.symbol.Symbols;
import dev.linkd.table.Segments;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Divides the candidates into classes of equal meaning: the same bytes, and relocations of the same
 * kinds at the same places to targets of the same class. Starts with the coarsest division, that by
 * everything except targets that are candidates themselves, and refines it until nothing changes;
 * so functions that call each other can be equal. A class is known by a hash of 64 bits.
 */
final class FoldClasses {

  private static final int NONE = -1;
  private static final long FACTOR = 0x9e3779b97f4a7c15L;
  private static final long OTHER_FACTOR = 0xd6e8feb86659fd93L;

  /** Behind the length of an unwind record and its distance to the CIE in the object. */
  private static final int RECORD_BODY = 8;

  private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED;

  private final LinkState state;
  private final Layout layout;
  private final SymbolView view;
  private final FoldCandidates candidates;
  private long[] classes = {};

  FoldClasses(LinkState state, Layout layout, SymbolView view, FoldCandidates candidates) {
    this.state = state;
    this.layout = layout;
    this.view = view;
    this.candidates = candidates;
  }

  long of(int place) {
    return classes[place];
  }

  void refine() {
    int count = candidates.atoms.size();
    long[] bases = new long[count];
    for (int i = 0; i < count; i++) {
      bases[i] = base(i);
    }
    classes = bases.clone();
    int different = different();
    for (int before = -1; before != different; ) {
      before = different;
      long[] next = new long[count];
      for (int i = 0; i < count; i++) {
        long hash = targets(mix(bases[i], classes[i]), candidates.atoms.get(i));
        int record = candidates.records.get(i);
        next[i] = record == NONE ? hash : targets(hash, record);
      }
      classes = next;
      different = different();
      state.work.atoms += count;
    }
  }

  private int different() {
    long[] sorted = classes.clone();
    Arrays.sort(sorted);
    int count = sorted.length == 0 ? 0 : 1;
    for (int i = 1; i < sorted.length; i++) {
      count += sorted[i] == sorted[i - 1] ? 0 : 1;
    }
    return count;
  }

  /** The two are treated differently: a hash that is mixed with itself is one like any other. */
  private static long mix(long hash, long value) {
    long mixed = hash * FACTOR + Long.rotateLeft(value * OTHER_FACTOR, 31) + 1;
    mixed = (mixed ^ mixed >>> 32) * OTHER_FACTOR;
    return mixed ^ mixed >>> 29;
  }

  private long base(int place) {
    int atom = candidates.atoms.get(place);
    int record = candidates.records.get(place);
    long hash = mix(state.atoms.sectionFlags(atom), 0);
    // What ends up in different output sections stays apart.
    hash = mix(hash, outputSection(atom));
    hash = relocations(bytes(hash, atom, 0, state.atoms.size(atom)), atom);
    return record == NONE ? hash : relocations(record(hash, record), record);
  }

  /** The last record of a section is padded with instructions that do nothing, which are zeros. */
  private long record(long hash, int record) {
    MemorySegment segment = state.contentSegment(record);
    long start = state.atoms.content(record);
    long size = state.atoms.size(record);
    while (size > RECORD_BODY && Segments.getByte(segment, start + size - 1) == 0) {
      size--;
    }
    return bytes(hash, record, RECORD_BODY, size);
  }

  private int outputSection(int atom) {
    Atoms atoms = state.atoms;
    return layout.sectionFor(
            state.inputs.get(atoms.input(atom)),
            atoms.sectionName(atom),
            atoms.sectionType(atom),
            atoms.sectionFlags(atom))
        .number;
  }

  private long bytes(long hash, int atom, int from, long size) {
    long at = state.atoms.content(atom);
    long mixed = mix(hash, size);
    if (at == NONE) {
      return mixed;
    }
    MemorySegment segment = state.contentSegment(atom);
    long end = at + size;
    at += from;
    for (; at + Long.BYTES <= end; at += Long.BYTES) {
      mixed = mix(mixed, segment.get(WORD, at));
    }
    for (; at < end; at++) {
      mixed = mix(mixed, Segments.getByte(segment, at));
    }
    return mixed;
  }

  private boolean skipped(int row) {
    return state.relocations.flag(row, Relocations.OWNER)
        || state.relocations.kind(row) == Dependency.KIND;
  }

  /** Everything about an atom's relocations except the classes of their targets. */
  private long relocations(long hash, int atom) {
    Relocations table = state.relocations;
    long mixed = hash;
    int first = state.atoms.firstRelocation(atom);
    for (int row = first; row < first + state.atoms.relocations(atom); row++) {
      if (!skipped(row)) {
        mixed = mix(mixed, table.offset(row) << 16 | table.kind(row));
        mixed = mix(mixed, table.addend(row));
        mixed = mix(mixed, table.flag(row, Relocations.WEAK) ? 1 : 0);
        mixed = fixed(mixed, table.symbol(row));
      }
    }
    return mixed;
  }

  /** The candidate that a symbol leads to, NONE when its class does not matter. */
  private int candidate(int symbol) {
    boolean own =
        state.symbols.state(symbol) == Symbols.DEFINED
            && !view.dynamic(symbol)
            && !view.indirect(symbol);
    return own ? candidates.place(state.symbols.atom(symbol)) : NONE;
  }

  private long fixed(long hash, int symbol) {
    Symbols symbols = state.symbols;
    int resolution = symbols.state(symbol);
    long mixed = mix(hash, resolution);
    boolean chosenLater = view.dynamic(symbol) || view.indirect(symbol);
    if (chosenLater || resolution == Symbols.UNDEFINED || resolution == Symbols.IMPORTED) {
      return mix(mixed, symbol);
    }
    int atom = candidate(symbol) == NONE ? symbols.atom(symbol) : NONE;
    return mix(mix(mixed, atom), symbols.value(symbol));
  }

  private long targets(long hash, int atom) {
    long mixed = hash;
    int first = state.atoms.firstRelocation(atom);
    for (int row = first; row < first + state.atoms.relocations(atom); row++) {
      if (!skipped(row)) {
        int place = candidate(state.relocations.symbol(row));
        mixed = mix(mixed, place == NONE ? 0 : classes[place]);
      }
    }
    return mixed;
  }
}
