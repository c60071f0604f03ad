package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.SHT_PROGBITS;

import dev.linkd.mapped.GapFiller;
import dev.linkd.mapped.MappedFile;
import dev.linkd.mapped.Policy;
import dev.linkd.mapped.WindowFullException;
import dev.linkd.table.Segments;
import dev.linkd.table.Work;
import java.lang.foreign.MemorySegment;

/**
 * Gaps between the sets of .debug_aranges (DWARF 5, chapter 6.1.2), so that one can change its size
 * without moving the others.
 *
 * <p>A gap holds a set, because readers walk from set to set. Each set has to name a unit, and no
 * other set may name that, or GDB takes no notice of the whole section; versions that nobody knows
 * and units that do not exist have the same effect on it and on elfutils. So each gap has a unit of
 * its own in .debug_info that describes nothing. The pairs are what stands for a function that was
 * discarded, one byte at address 0, since readers take a pair of zeros for the end of the set.
 *
 * <p>A gap is named after the set before it, or after the container when it is the first child:
 * both are node rows, of which each has one gap at most. The units of gaps that are gone are found
 * when others need some: a few are looked at each time.
 */
final class RangeSetGaps implements GapFiller {
  static final String SECTION = ".debug_aranges";

  /** Bytes of a pair of an address and a length, and what sets are multiples of. */
  private static final int PAIR = 2 * Long.BYTES;

  /** Length, version, unit, sizes of addresses and segments, and padding. */
  private static final int HEADER = PAIR;

  private static final long VERSION = 2;
  private static final int NONE = -1;

  /** Units that are added at a time: the last one that is needed seldom comes alone. */
  private static final int UNITS = 16;

  /** Units that are looked at before one is added. */
  private static final int LOOKS = 4;

  private final Layout layout;
  private final MappedFile file;
  private final Work work;

  /** Gaps that came or changed. */
  private final IntQueue changed = new IntQueue();

  /** The number of the unit of a gap. */
  private final IntMap units = new IntMap();

  /** The gap that has a unit, or had it when that was looked at last. */
  private final IntQueue gaps = new IntQueue();

  /** Nodes in .debug_info with {@link #UNITS} units each. */
  private final IntQueue pools = new IntQueue();

  /** The unit that was looked at last. */
  private int hand;

  RangeSetGaps(Layout layout, LinkState state) {
    this.layout = layout;
    this.file = state.file;
    this.work = state.work;
  }

  /** The section for a set: no gap beside one that is no whole number of pairs could be filled. */
  OutputSection sectionFor(OutputSection section, long size) {
    return section.rangeSets && size % PAIR != 0 ? layout.dense(section) : section;
  }

  /** Notes the gap; its unit may need another place in the tree. */
  @Override
  public void fill(MappedFile image, int container, int previousNode, long from, long to) {
    changed.add(previousNode == MappedFile.NONE ? container : previousNode);
  }

  @Override
  public int minGap() {
    return HEADER + PAIR;
  }

  /** Fills the gaps that changed; returns whether nodes were added. */
  boolean settle() {
    int before = pools.size();
    for (int i = 0; i < changed.size(); i++) {
      int gap = changed.get(i);
      if (exists(gap)) {
        write(gap);
      }
    }
    changed.clearAndShrink();
    return pools.size() > before;
  }

  private boolean exists(int gap) {
    if (!file.live(gap)) {
      return false;
    }
    int container = container(gap);
    // What is behind the last set is not part of the section.
    return holdsSets(container) && next(gap) != NONE && from(gap) < file.offset(next(gap));
  }

  private boolean holdsSets(int node) {
    int owner = node == NONE ? Owners.HEADERS : file.owner(node);
    return Owners.isSection(owner) && layout.section(Owners.sectionNumber(owner)).rangeSets;
  }

  private boolean leading(int gap) {
    return holdsSets(gap);
  }

  private int container(int gap) {
    return leading(gap) ? gap : file.parent(gap);
  }

  private int next(int gap) {
    return leading(gap) ? file.first(gap) : file.next(gap);
  }

  private long from(int gap) {
    return leading(gap) ? 0 : file.offset(gap) + file.size(gap);
  }

  /** Writes what differs. */
  private void write(int gap) {
    long unit = unit(gap);
    long base = file.position(container(gap));
    long from = base + from(gap);
    long to = base + file.offset(next(gap));
    long end = to - PAIR;
    write(from, to - from - Integer.BYTES | VERSION << 32 | unit << 48);
    write(from + Long.BYTES, unit >>> 16 | (long) Long.BYTES << 16);
    for (long at = from + HEADER; at <= end; at += PAIR) {
      write(at, 0);
      write(at + Long.BYTES, at < end ? 1 : 0);
    }
    work.nodes++;
  }

  private void write(long at, long value) {
    MemorySegment image = file.image();
    if (Segments.getLong(image, at) != value) {
      Segments.setLong(image, at, value);
      file.dirty(at, at + Long.BYTES);
    }
  }

  /** Where in .debug_info the unit of a gap is. */
  private long unit(int gap) {
    int unit = units.get(gap);
    if (unit == NONE) {
      unit = free();
      gaps.set(unit, gap);
      units.put(gap, unit);
    }
    return file.offset(pools.get(unit / UNITS))
        + unit % UNITS * (long) DebugFillers.EMPTY_UNIT.length;
  }

  private int free() {
    for (int i = 0; i < LOOKS && hand < gaps.size(); i++) {
      hand = hand + 1 < gaps.size() ? hand + 1 : 0;
      work.nodes++;
      if (!exists(gaps.get(hand))) {
        units.remove(gaps.get(hand));
        return hand;
      }
    }
    if (gaps.size() == pools.size() * UNITS) {
      pools.add(addUnits());
    }
    gaps.add(NONE);
    return gaps.size() - 1;
  }

  private int addUnits() {
    layout.sectionFor(new SectionRule(".debug_abbrev", SHT_PROGBITS, 0, null, false));
    OutputSection info =
        layout.sectionFor(new SectionRule(".debug_info", SHT_PROGBITS, 0, null, false));
    byte[] unit = DebugFillers.EMPTY_UNIT;
    int node;
    try {
      node = file.add(info.node, Policy.FIXED, (long) UNITS * unit.length, 0, Owners.HEADERS);
    } catch (WindowFullException e) {
      throw new TableTooLargeException(info.name, e);
    }
    file.pin(node);
    long position = file.position(node);
    for (int i = 0; i < UNITS; i++) {
      Segments.copy(unit, file.image(), position + (long) i * unit.length);
    }
    file.dirty(position, position + (long) UNITS * unit.length);
    return node;
  }
}
