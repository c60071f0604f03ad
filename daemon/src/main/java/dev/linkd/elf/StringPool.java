package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.SHF_MERGE;
import static dev.linkd.object.ElfConstants.SHF_STRINGS;

import dev.linkd.mapped.MappedFile;
import dev.linkd.mapped.Policy;
import dev.linkd.mapped.WindowFullException;
import dev.linkd.object.Bytes;
import dev.linkd.symbol.Symbols;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * One pool of {@link MergedStrings}: an area at the start of a section that is not loaded. It never
 * moves in the section; what is in its way when it grows goes elsewhere. Room that is not used
 * holds zeros, which are empty strings.
 */
final class StringPool implements ByteStore {

  /** The area grows by one part in so many. */
  private static final int GROWTH_PART = 4;

  private static final int AREA_BYTES_MIN = 64;
  private static final long FLAGS = SHF_MERGE | SHF_STRINGS;

  private final MappedFile file;
  private final OutputSection section;
  private final int area;
  private final LinkState state;
  private final int symbol;
  private final StringTableImage strings;
  private int beside = LinkState.NONE;

  StringPool(LinkState state, Layout layout, OutputSection section) {
    this.state = state;
    this.file = state.file;
    this.section = section;
    this.area = file.first(section.node);
    layout.atomAdded(section); // the area counts as one
    symbol = addSymbol("\0strings ");
    strings = new StringTableImage(this);
  }

  /** Whether a section can have a pool, and therefore begins with an area. */
  static boolean possible(@Nullable Segment segment, long flags) {
    return segment == null && (flags & FLAGS) == FLAGS;
  }

  /** Adds the area to an empty section. */
  static void begin(MappedFile file, int section) {
    try {
      file.pin(file.add(section, Policy.FIXED, AREA_BYTES_MIN, 0, Owners.HEADERS));
    } catch (WindowFullException e) {
      throw new TableTooLargeException("of strings", e);
    }
  }

  private int addSymbol(String kind) {
    int name = state.names.intern(kind + section.number);
    state.names.retain(name);
    int added = state.symbols.add(name, Scopes.local(Inputs.LINKER));
    state.symbols.setFlag(added, Symbols.PINNED, true);
    state.symbols.resolve(added, Symbols.ABSOLUTE, LinkState.NONE, 0, 0, 0);
    return added;
  }

  OutputSection section() {
    return section;
  }

  /** A symbol of value 0, as a section that is not loaded has address 0. */
  int symbol() {
    return symbol;
  }

  /** A symbol of the same value for places that are in no string that is meant. */
  int beside() {
    if (beside == LinkState.NONE) {
      beside = addSymbol("\0beside strings ");
    }
    return beside;
  }

  /**
   * Counts a use of each of some strings.
   *
   * @param places receives where each is in the section
   */
  void add(MemorySegment bytes, long[] offsets, int[] lengths, int count, int[] places) {
    strings.add(bytes, offsets, lengths, count, places);
    for (int i = 0; i < count; i++) {
      if (places[i] == StringTableImage.FULL) {
        throw new TableTooLargeException(section.name);
      }
    }
  }

  void release(int at) {
    strings.release(at);
  }

  /** Number of different strings. */
  int strings() {
    return strings.strings();
  }

  /** What a reader sees at a place in the section, up to the end of the string. */
  String text(long at) {
    if (at < 0 || at >= file.size(area)) {
      return "outside";
    }
    long from = base() + at;
    long length = Bytes.lengthUntilNul(segment(), from, base() + file.size(area));
    return Bytes.text(segment(), from, (int) length);
  }

  @Override
  public MemorySegment segment() {
    return file.image();
  }

  @Override
  public long base() {
    return file.position(area);
  }

  @Override
  public void ensure(long size) {
    if (size <= file.size(area)) {
      return;
    }
    try {
      file.resize(area, size + size / GROWTH_PART);
    } catch (WindowFullException e) {
      throw new TableTooLargeException(section.name, e);
    }
  }

  @Override
  public void dirty(long from, long to) {
    long base = base();
    file.dirty(base + from, base + to);
  }
}
