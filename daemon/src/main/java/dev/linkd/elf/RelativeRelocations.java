package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.SHF_ALLOC;
import static dev.linkd.object.ElfConstants.SHT_ANDROID_RELR;
import static dev.linkd.object.ElfConstants.SHT_RELR;

import dev.linkd.output.RelativePacking;
import java.util.Arrays;

/**
 * {@code .relr.dyn}: the places of relative relocations whose addend is what the place holds, as
 * the gABI packs them. A word that is even is a place; one that is odd says in its upper 63 bits
 * which of the 63 words behind are places too. The table is packed anew when a place came, went or
 * moved, so such an update costs as much as there are places; others cost nothing.
 */
final class RelativeRelocations {
  private static final int WORD = Long.BYTES;
  private static final int BITS = Long.SIZE - 1;

  /** A table of which less than this part is needed becomes shorter. */
  private static final int SHRINK = 4;

  /** An odd word without places behind: says nothing. */
  private static final long PADDING = 1;

  private final LinkState state;
  private final Layout layout;
  private final OutputSection section;
  private final ByteBuilder bytes = new ByteBuilder();

  /** By slot; 0 for a free one, and for one whose place is not known yet. */
  private long[] places = new long[16];

  private final IntQueue free = new IntQueue();
  private int length;
  private boolean stale;

  RelativeRelocations(LinkState state, Layout layout) {
    this.state = state;
    this.layout = layout;
    boolean android = state.spec.dynamic().tags().packing() == RelativePacking.ANDROID;
    int type = android ? SHT_ANDROID_RELR : SHT_RELR;
    this.section = layout.table(".relr.dyn", type, SHF_ALLOC, SegmentKind.TABLES, WORD);
  }

  OutputSection section() {
    return section;
  }

  long size() {
    return section.tableSize;
  }

  int allocate() {
    if (!free.isEmpty()) {
      return free.removeLast();
    }
    if (length == places.length) {
      places = Arrays.copyOf(places, length * 2);
    }
    return length++;
  }

  void free(int slot) {
    put(slot, 0);
    free.add(slot);
  }

  /** The place of a slot, a multiple of eight. */
  void put(int slot, long place) {
    stale |= places[slot] != place;
    places[slot] = place;
  }

  /**
   * Packs the table if a place changed.
   *
   * @return whether the table has another size now, so that other addresses may change
   */
  boolean settle() {
    if (!stale) {
      return false;
    }
    stale = false;
    long before = section.tableSize;
    pack();
    if (bytes.size() == 0) {
      section.tableSize = 0;
      state.headersDoubtful();
      return before != 0;
    }
    // A table that shrinks and grows with the addresses that follow from its size never settles.
    while (bytes.size() < before && bytes.size() >= before / SHRINK) {
      bytes.putLong(PADDING);
    }
    bytes.writeTo(state, layout, section);
    if (section.tableSize != before) {
      state.headersDoubtful();
    }
    return section.tableSize != before;
  }

  /** Whether the image holds something else than the places say. */
  boolean stale() {
    pack();
    while (bytes.size() < section.tableSize) {
      bytes.putLong(PADDING);
    }
    return stale || !bytes.equal(state, section);
  }

  private void pack() {
    long[] sorted = Arrays.stream(places, 0, length).filter(place -> place != 0).sorted().toArray();
    state.work.slots += length;
    bytes.clear();
    int at = 0;
    while (at < sorted.length) {
      long base = sorted[at] + WORD;
      bytes.putLong(sorted[at++]);
      for (int taken = at; at < sorted.length; taken = at) {
        long map = 0;
        while (at < sorted.length && sorted[at] - base < (long) BITS * WORD) {
          map |= 1L << ((sorted[at++] - base) / WORD);
        }
        if (at == taken) {
          break;
        }
        bytes.putLong(map << 1 | 1);
        base += (long) BITS * WORD;
      }
    }
  }
}
