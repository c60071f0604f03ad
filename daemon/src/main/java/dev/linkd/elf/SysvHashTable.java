package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.symbol.Symbols;
import java.lang.foreign.MemorySegment;

/** {@code .hash}: all symbols of {@code .dynsym} by the hash of the gABI. */
final class SysvHashTable {

  /** Symbols for each bucket, on average. */
  private static final int LOAD = 2;

  private final LinkState state;
  private final Layout layout;
  private final ByteBuilder bytes = new ByteBuilder();
  final OutputSection section;

  SysvHashTable(LinkState state, Layout layout, OutputSection symbols) {
    this.state = state;
    this.layout = layout;
    this.section = layout.table(".hash", SHT_HASH, SHF_ALLOC, SegmentKind.TABLES, Integer.BYTES);
    section.link = symbols;
  }

  /** Builds the table for the symbols in their order, from index 1. */
  void write(IntQueue ordered) {
    int buckets = Math.max(1, ordered.size() / LOAD | 1);
    int count = ordered.size() + 1;
    byte[] built = new byte[Math.toIntExact(SysvHash.size(buckets, count))];
    MemorySegment table = MemorySegment.ofArray(built);
    SysvHash.clear(table, 0, buckets, count);
    for (int i = 0; i < ordered.size(); i++) {
      SysvHash.insert(table, 0, hash(ordered.get(i)), i + 1);
    }
    bytes.clear();
    bytes.putAll(table);
    bytes.writeTo(state, layout, section);
  }

  private int hash(int symbol) {
    Symbols symbols = state.symbols;
    long at = state.names.offset(symbols.name(symbol));
    return SysvHash.hash(state.names.bytes(), at, state.nameLength(symbol));
  }
}
