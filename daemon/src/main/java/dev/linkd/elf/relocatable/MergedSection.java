package dev.linkd.elf.relocatable;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.elf.JoinedSections;
import dev.linkd.object.ElfObject;
import dev.linkd.table.Segments;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A section of the output: sections of the inputs behind each other. */
final class MergedSection {

  private static final long JOINED = SHF_WRITE | SHF_ALLOC | SHF_EXECINSTR | SHF_TLS;
  private static final long SAME = SHF_MERGE | SHF_STRINGS;
  private static final long OTHER =
      SHF_LINK_ORDER | SHF_GNU_RETAIN | SHF_X86_64_LARGE | SHF_EXCLUDE;

  /** A section of an input and where it begins in the output section. */
  static final class Part {
    final InputObject input;
    final int section;
    long offset;

    /** Where a script puts it; null without a script. */
    final JoinedSections.@Nullable Home home;

    Part(InputObject input, int section, JoinedSections.@Nullable Home home) {
      this.input = input;
      this.section = section;
      this.home = home;
    }

    private int statement() {
      return home == null ? Integer.MAX_VALUE : home.statement();
    }

    private JoinedSections.Member member() {
      ElfObject object = input.object;
      return new JoinedSections.Member(
          object.name(), object.sectionName(section), object.contentAlignment(section));
    }
  }

  private static final byte[] NOTHING = {};

  /** Bytes of the script's own, repeated. */
  private record Own(long from, long to, byte[] pattern) {}

  private final List<Own> own = new ArrayList<>();

  /** Number of the parts that have offsets. */
  private int placed;

  /** What gaps between parts contain; empty for zeros. */
  byte[] filler = NOTHING;

  final String name;
  final @Nullable MergedGroup group;
  final List<Part> parts = new ArrayList<>();
  final RelocationList relocations = new RelocationList();

  int type;
  long flags;
  long entrySize;
  private long alignment = 1;
  long size;

  /** Where it begins; inputs are aligned to that. */
  private long address;

  /** What a script aligns it to at least. */
  private long scriptAlignment = 1;

  /** What a script aligns all parts to, in place of their own alignments; 0 for those. */
  private long step;

  /** Index in the section header table; that of the relocations follows if there are any. */
  int index;

  /** Place in the symbol table of the symbol that stands for the section. */
  int symbol;

  /** What tells it from others of its script; empty for sections that the script does not name. */
  String key = "";

  /** It has no bytes although something is in it. */
  private boolean empty;

  /** Place among the sections of a script, behind which the others are. */
  int rank = Integer.MAX_VALUE;

  MergedSection(String name, @Nullable MergedGroup group) {
    this.name = name;
    this.group = group;
  }

  /** Adds a section of an input and takes over what its header says. */
  void add(InputObject input, int s, JoinedSections.@Nullable Home home) {
    ElfObject object = input.object;
    long more = object.sectionFlags(s);
    int moreType = object.sectionType(s);
    if (parts.isEmpty()) {
      type = moreType;
      flags = more & (JOINED | SAME | OTHER);
      entrySize = object.sectionEntrySize(s);
    } else {
      if (type == SHT_NOBITS) {
        type = moreType;
      }
      boolean same = (flags & SAME) == (more & SAME) && entrySize == object.sectionEntrySize(s);
      flags = flags | more & (JOINED | OTHER);
      if (!same) {
        flags &= ~SAME;
        entrySize = 0;
      }
    }
    if (group != null) {
      flags |= SHF_GROUP;
    }
    alignment = Math.max(alignment, object.contentAlignment(s));
    if (home != null) {
      follow(home);
    }
    parts.add(new Part(input, s, home));
  }

  /** Takes over what a script says of the section. */
  void follow(JoinedSections.Home home) {
    rank = home.rank();
    key = home.key();
    empty = home.empty();
    type = empty ? SHT_NOBITS : type;
  }

  /** Puts what a script takes into its order: by statement, then as that statement says. */
  void sort() {
    parts.sort(
        Comparator.comparingInt(Part::statement)
            .thenComparing(
                (one, other) ->
                    one.home == null
                        ? 0
                        : one.home.order().comparator().compare(one.member(), other.member())));
  }

  /** Forgets all places. */
  void begin() {
    size = 0;
    placed = 0;
    own.clear();
    filler = NOTHING;
  }

  /** Takes over where a script puts it. */
  void enter(long start, long aligned, long inputs) {
    address = start;
    scriptAlignment = aligned;
    step = inputs;
  }

  /** Takes over where an option puts it. */
  void moveTo(long start) {
    address = start;
  }

  long address() {
    return address;
  }

  /** What it needs to be aligned to. */
  long alignment() {
    return Math.max(Math.max(alignment, scriptAlignment), step);
  }

  /** What its header says: its address is a multiple of that. */
  long headerAlignment() {
    return Long.lowestOneBit(alignment() | address);
  }

  /** Makes it aligned at least so. */
  void align(long aligned) {
    alignment = Math.max(alignment, aligned);
  }

  /** Gives every part its offset. */
  void place() {
    place(Integer.MAX_VALUE);
  }

  /** Gives the parts of all statements up to one their offsets. */
  void place(int statement) {
    while (placed < parts.size() && parts.get(placed).statement() <= statement) {
      place(parts.get(placed++));
    }
  }

  /** Unwind records follow each other without gaps. */
  private void place(Part part) {
    InputObject input = part.input;
    KeptFrames frames = input.frames(part.section);
    if (frames == null) {
      long unit = step == 0 ? input.object.contentAlignment(part.section) : step;
      pad(((address + size + unit - 1) & -unit) - address, filler);
    }
    part.offset = size;
    input.place(part.section, size);
    boolean last = placed == parts.size();
    size += frames == null ? input.object.contentSize(part.section) : frames.size(last);
  }

  /** Adds bytes that are repeated up to an offset. */
  void pad(long to, byte[] pattern) {
    if (to > size && pattern.length > 0) {
      own.add(new Own(size, to, pattern));
    }
    size = to;
  }

  /** Its contents are no longer pieces that may be merged. */
  void mix() {
    flags &= ~SAME;
    entrySize = 0;
  }

  /** Adds a number, the least significant byte first. */
  void number(int bytes, long value) {
    byte[] number = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      number[i] = (byte) (value >>> 8 * i);
    }
    type = type == SHT_NOBITS && !empty ? SHT_PROGBITS : type;
    pad(size + bytes, number);
  }

  /** Writes what a script adds to the parts. */
  void writeOwn(MemorySegment image, long at) {
    for (Own each : own) {
      for (long offset = each.from; offset < each.to; offset++) {
        byte one = each.pattern[(int) ((offset - each.from) % each.pattern.length)];
        Segments.setByte(image, at + offset, one);
      }
    }
  }

  int index() {
    return index;
  }

  boolean hasContent() {
    return type != SHT_NOBITS;
  }
}
