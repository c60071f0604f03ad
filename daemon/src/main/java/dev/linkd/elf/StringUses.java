package dev.linkd.elf;

import dev.linkd.diag.LinkException;
import dev.linkd.object.ElfObject;
import dev.linkd.object.MergePieces;
import dev.linkd.table.Segments;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The uses of {@link MergedStrings} by the object that is being read: for each of its sections a
 * header and the place of each string. A section with the bytes that it had in the version before
 * takes over the uses of that version: most edits change code, while nearly all strings of an
 * object are names in {@code .debug_str}.
 */
final class StringUses {

  // The header of a section, counted from the place of its first string.
  private static final int POOL = -4;
  private static final int BEFORE = -3;
  private static final int SECTION = -2;
  private static final int COUNT = -1;
  private static final int HEADER = 4;

  private static final int NONE = -1;

  /** In place of a section: its uses were taken over by the next version. */
  private static final int TAKEN_OVER = -1;

  /** Strings that are looked up together. */
  private static final int BATCH = 256;

  private final MergedStrings merged;
  private final IntQueue uses = new IntQueue();

  private final long[] offsets = new long[BATCH];
  private final int[] lengths = new int[BATCH];
  private final int[] places = new int[BATCH];

  private int[] before = ObjectInput.NO_ROWS;
  private @Nullable ElfObject objectBefore;

  /** Where the next section of the version before begins; their order seldom changes. */
  private int next;

  StringUses(MergedStrings merged) {
    this.merged = merged;
  }

  /** Begins with a version of an input, which still has the uses of the version before. */
  void begin(ObjectInput input) {
    uses.clear();
    before = input.strings;
    objectBefore = input.object;
    next = HEADER;
  }

  /**
   * Counts a use of each string of a section.
   *
   * @param name name id of the section
   * @return what {@link #pool} and {@link #place} want to know
   */
  int acquire(ElfObject object, int s, int name, ObjectSections sections) throws LinkException {
    int number = merged.number(name, object.sectionType(s));
    int first = uses.size() + HEADER;
    if (takeOver(object, s, number)) {
      return first;
    }
    MergePieces split = sections.pieces(object, s);
    uses.add(number);
    uses.add(NONE);
    uses.add(s);
    uses.add(split.count());
    StringPool pool = merged.pool(number);
    MemorySegment bytes = object.bytes();
    long start = object.sectionOffset(s);
    for (int p = 0; p < split.count(); p += BATCH) {
      int count = Math.min(BATCH, split.count() - p);
      for (int i = 0; i < count; i++) {
        offsets[i] = start + split.start(p + i);
        lengths[i] = split.size(p + i) - 1;
      }
      pool.add(bytes, offsets, lengths, count, places);
      for (int i = 0; i < count; i++) {
        uses.add(places[i]);
      }
    }
    return first;
  }

  private boolean takeOver(ElfObject object, int s, int pool) {
    ElfObject held = objectBefore;
    int from = next;
    if (from > before.length || held == null) {
      return false;
    }
    int count = before[from + COUNT];
    next = from + count + HEADER;
    int old = before[from + SECTION];
    if (before[from + POOL] != pool || !same(held, old, object, s)) {
      return false;
    }
    uses.add(pool);
    uses.add(old);
    uses.add(s);
    uses.add(count);
    for (int i = 0; i < count; i++) {
      uses.add(before[from + i]);
    }
    before[from + SECTION] = TAKEN_OVER;
    return true;
  }

  /** Whether two sections are split into the same strings. */
  private static boolean same(ElfObject held, int old, ElfObject object, int s) {
    long size = object.contentSize(s);
    return held.contentSize(old) == size
        && held.sectionEntrySize(old) == object.sectionEntrySize(s)
        && held.sectionFlags(old) == object.sectionFlags(s)
        && held.sectionAlignment(old) == object.sectionAlignment(s)
        && Segments.equal(
            held.bytes(), held.sectionOffset(old), object.bytes(), object.sectionOffset(s), size);
  }

  /** The section of the version before that had these strings, NONE when there was none. */
  int sectionBefore(int first) {
    return uses.get(first + BEFORE);
  }

  /** The pool of a section's strings. */
  int pool(int first) {
    return uses.get(first + POOL);
  }

  /** Where a string of a section is in its pool. */
  int place(int first, int piece) {
    return uses.get(first + piece);
  }

  /** Ends the uses of the version before; those of the one that was read are the input's. */
  void commit(ObjectInput input) {
    input.strings = uses.toArray();
    release(before);
    end();
  }

  /** Ends the uses of the version that could not be read; those taken over end with it. */
  void abandon() {
    release(uses.toArray());
    end();
  }

  private void end() {
    before = ObjectInput.NO_ROWS;
    objectBefore = null;
  }

  /** Ends the uses of an object. */
  void release(int[] ended) {
    int from = HEADER;
    while (from <= ended.length) {
      int end = from + ended[from + COUNT];
      if (ended[from + SECTION] != TAKEN_OVER) {
        StringPool pool = merged.pool(ended[from + POOL]);
        for (int i = from; i < end; i++) {
          pool.release(ended[i]);
        }
      }
      from = end + HEADER;
    }
  }
}
