package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.diag.Code;
import dev.linkd.diag.Diagnostic;
import dev.linkd.diag.LinkException;
import dev.linkd.diag.Place;
import dev.linkd.elf.x86_64.Expression;
import dev.linkd.elf.x86_64.RelocationKinds;
import dev.linkd.mapped.MappedFile;
import dev.linkd.mapped.Policy;
import dev.linkd.mapped.WindowFullException;
import dev.linkd.object.ElfObject;
import dev.linkd.table.Segments;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * {@code .eh_frame} as a whole and its search table {@code .eh_frame_hdr}. CIEs are kept at the
 * start, because readers expect a CIE before its FDEs; the end is marked by a zero length.
 */
final class UnwindTable {

  private static final int NONE = -1;

  /** Bytes for CIEs; compilers use a handful of different ones of about 24 bytes. */
  private static final int CIE_BYTES = 1024;

  /** The same in an image that a linker script packs. */
  private static final int CIE_BYTES_PACKED = 64;

  private static final int RECORD_ALIGNMENT_LOG2 = 2;
  private static final int TERMINATOR_BYTES = Integer.BYTES;
  private static final int CODE_OFFSET = 8;

  /** The search table is built anew when this many records change, and one in so many of all. */
  private static final int REBUILD_MIN = 1024;

  private static final int REBUILD_PART = 8;

  private final LinkState state;
  private final Layout layout;
  private @Nullable OutputSection frames;
  private @Nullable OutputSection header;
  private @Nullable SortedTable table;
  private int cieNode = NONE;

  private final UnwindEntries entries = new UnwindEntries(LinkState.ROWS_MAX);

  private final IntQueue touched = new IntQueue();
  private final IntSet touchedSet = new IntSet();
  private int writtenSlots = NONE;

  UnwindTable(LinkState state, Layout layout) {
    this.state = state;
    this.layout = layout;
  }

  /** Creates the sections on first use. */
  void require() throws LinkException {
    if (frames != null) {
      return;
    }
    OutputSection section =
        layout.sectionFor(state.names.intern(".eh_frame"), SHT_PROGBITS, SHF_ALLOC);
    int room = layout.scripted() ? CIE_BYTES_PACKED : CIE_BYTES;
    try {
      cieNode =
          state.file.add(
              section.node, Policy.FLOATING, room, RECORD_ALIGNMENT_LOG2, Owners.HEADERS);
      state.file.setFiller(cieNode, Unwind.FILLER);
      state.file.setLimit(cieNode, room);
      state.file.pin(cieNode);
    } catch (WindowFullException e) {
      throw TableTooLargeException.ofAtom(section, "", ".eh_frame");
    }
    section.alignmentLog2 = 3;
    frames = section;
    if (state.spec.code().unwindIndex()) {
      requireIndex();
    }
  }

  private void requireIndex() {
    OutputSection search =
        layout.table(".eh_frame_hdr", SHT_PROGBITS, SHF_ALLOC, SegmentKind.EH_FRAME_HDR, 0);
    search.alignmentLog2 = 2;
    table = new SortedTable(new SectionStore(state, layout, search), EhFrameHdrDescriptor.TABLE);
    header = search;
    state.queueGlobal(LinkerSymbols.EH_FRAME_HDR);
  }

  /** The node that holds CIEs, NONE when there are no frames. */
  int cieNode() {
    return cieNode;
  }

  boolean holds(OutputSection section) {
    return section == frames;
  }

  /** The frames or their search table have another address; entries count from the latter. */
  void moved(OutputSection section) {
    OutputSection recorded = frames;
    if (recorded == null || (section != recorded && section != header)) {
      return;
    }
    writtenSlots = NONE;
    for (int node = state.file.first(recorded.node); node != NONE; node = state.file.next(node)) {
      if (Owners.isAtom(state.file.owner(node))) {
        touch(state.file.owner(node));
      }
    }
  }

  void unresolvable(ElfObject object, int s, int r) throws LinkException {
    throw new LinkException(
        Code.UNDEFINED_SYMBOL,
        Place.section(object.name(), ".eh_frame", object.relocationOffset(s, r)),
        "unwind record refers to a symbol that is not linked");
  }

  /** An FDE or its function has moved. */
  void touch(int atom) {
    if (touchedSet.add(atom)) {
      touched.add(atom);
    }
  }

  /** Whether no FDE was written since the last settle. */
  boolean settled() {
    return touched.isEmpty();
  }

  /** Forgets what was touched since then: everything was written as it had been. */
  void untouch() {
    touched.clearAndShrink();
    touchedSet.clearAndShrink();
  }

  /** Takes an atom's entry out before the atom is removed. */
  void removed(int atom) {
    SortedTable search = table;
    if (search != null && entries.has(atom)) {
      search.remove(entries.key(atom), entries.value(atom));
      entries.remove(atom);
    }
  }

  /** Updates the entries of all FDEs that were written, and the end of the section. */
  void settle() {
    OutputSection section = frames;
    OutputSection search = header;
    SortedTable sorted = table;
    if (section == null) {
      return;
    }
    if (search != null && sorted != null) {
      settleIndex(section, search, sorted);
    }
    untouch();
    terminate(section);
  }

  private void settleIndex(OutputSection section, OutputSection search, SortedTable sorted) {
    if (touched.size() >= REBUILD_MIN && touched.size() >= entries.size() / REBUILD_PART) {
      rebuild(search, sorted);
    } else {
      change(search, sorted);
    }
    writeHeader(section, search, sorted);
  }

  /** A sort costs less than that many insertions: the first link, or the table has moved. */
  private void rebuild(OutputSection search, SortedTable sorted) {
    for (int i = 0; i < touched.size(); i++) {
      int atom = touched.get(i);
      if (entries.has(atom)) {
        entries.remove(atom);
      }
      if (listed(atom)) {
        entries.put(atom, key(search, atom), value(search, atom));
      }
    }
    long[] all = entries.all();
    Arrays.parallelSort(all);
    sorted.clear();
    sorted.build(all, all.length);
    state.work.unwindEntries += all.length;
  }

  private void change(OutputSection search, SortedTable sorted) {
    // Old entries go first: a record may take over the very pair that another gives up.
    for (int i = 0; i < touched.size(); i++) {
      if (stale(search, touched.get(i))) {
        removed(touched.get(i));
      }
    }
    for (int i = 0; i < touched.size(); i++) {
      insert(sorted, search, touched.get(i));
    }
  }

  private boolean listed(int atom) {
    OutputSection section = frames;
    return section != null
        && state.atoms.live(atom)
        && state.atoms.section(atom) == section.number
        && state.file.parent(state.atoms.node(atom)) != cieNode;
  }

  /** Entries are 32 bits wide, so of any encoding of a code's address the lower half suffices. */
  private int key(OutputSection search, int atom) {
    long base = absolute(atom) ? 0 : layout.address(atom) + CODE_OFFSET;
    long position = layout.position(atom) + CODE_OFFSET;
    return (int) (base + Segments.getInt(state.file.image(), position) - search.address);
  }

  /** Whether the address of the code is written as such, not as the distance from the field. */
  private boolean absolute(int atom) {
    int first = state.atoms.firstRelocation(atom);
    for (int row = first; row < first + state.atoms.relocations(atom); row++) {
      if (state.relocations.offset(row) == CODE_OFFSET) {
        return RelocationKinds.expression(state.relocations.kind(row)) == Expression.S_A;
      }
    }
    return false;
  }

  private int value(OutputSection search, int atom) {
    return (int) (layout.address(atom) - search.address);
  }

  private boolean stale(OutputSection search, int atom) {
    return entries.has(atom)
        && (!listed(atom)
            || entries.key(atom) != key(search, atom)
            || entries.value(atom) != value(search, atom));
  }

  private void insert(SortedTable sorted, OutputSection search, int atom) {
    if (!listed(atom) || entries.has(atom)) {
      return;
    }
    int key = key(search, atom);
    int value = value(search, atom);
    sorted.insert(key, value);
    entries.put(atom, key, value);
    state.work.unwindEntries++;
  }

  private void writeHeader(OutputSection section, OutputSection search, SortedTable sorted) {
    int slots = sorted.slots();
    if (slots == writtenSlots) {
      return;
    }
    writtenSlots = slots;
    long size = EhFrameHdrDescriptor.TABLE + (long) slots * Long.BYTES;
    layout.resizeTable(search, size);
    long at = state.file.position(search.node);
    EhFrameHdrDescriptor.put(state.file.image(), at, search.address, section.address, slots);
    state.file.dirty(at, at + EhFrameHdrDescriptor.TABLE);
  }

  /** Complains of records that the search table does not reach: its offsets have 32 bits. */
  void report() {
    OutputSection section = frames;
    OutputSection search = header;
    if (section == null || search == null) {
      return;
    }
    long distance = section.address - search.address;
    if (distance != (int) distance) {
      state.problems.add(
          Diagnostic.error(
              Code.RELOCATION_OVERFLOW,
              Place.NONE,
              ".eh_frame is out of reach of .eh_frame_hdr: 0x%x and 0x%x are more than 2 GiB apart"
                  .formatted(section.address, search.address)));
    }
  }

  /** Keeps a zero length behind the last record. */
  private void terminate(OutputSection section) {
    MappedFile file = state.file;
    long end = file.extent(section.node);
    // A packed section ends here, with a gap that its filler could fill.
    int bytes = layout.scripted() ? Unwind.GAP_MIN : TERMINATOR_BYTES;
    if (file.size(section.node) < end + bytes) {
      try {
        file.resize(section.node, end + bytes + (layout.scripted() ? 0 : Layout.PAGE));
      } catch (WindowFullException e) {
        throw new TableTooLargeException(".eh_frame", e);
      }
    }
    long at = file.position(section.node) + end;
    MemorySegment image = file.image();
    for (int i = 0; i < bytes; i += Integer.BYTES) {
      if (Segments.getInt(image, at + i) != 0) {
        Segments.setInt(image, at + i, 0);
        file.dirty(at + i, at + i + Integer.BYTES);
      }
    }
    if (section.trailer != bytes) {
      section.trailer = bytes;
      state.headersDoubtful();
    }
  }

  long bytes() {
    return entries.bytes();
  }

  void close() {
    entries.close();
  }
}
