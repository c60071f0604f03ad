package dev.linkd.table;

/**
 * One row per interned name.
 *
 * <pre>
 * 0 offset of the bytes (8) | 8 length | 12 hash | 16 uses | 20 next candidate for the sweep
 * 24 tag plus one | 28 birth
 * </pre>
 */
final class NameRows extends RowTable {
  private static final int OFFSET = 0;
  private static final int LENGTH = 8;
  private static final int HASH = 12;
  private static final int USES = 16;
  private static final int NEXT_CANDIDATE = 20;
  private static final int TAG = 24;
  private static final int BIRTH = 28;
  private static final int ROW_BYTES = 32;

  /** Value of the link of a row that is not a candidate; NONE ends the list. */
  private static final int NOT_LISTED = -2;

  private int firstCandidate = NONE;
  private int births;

  NameRows(String name, int maxNames) {
    super(name, ROW_BYTES, maxNames);
  }

  int add(long offset, int length, int hash) {
    int id = allocate();
    long at = at(id);
    rows.setLong(at + OFFSET, offset);
    rows.setInt(at + LENGTH, length);
    rows.setInt(at + HASH, hash);
    rows.setInt(at + NEXT_CANDIDATE, NOT_LISTED);
    births = births == -1 ? 1 : births + 1;
    rows.setInt(at + BIRTH, births);
    nominate(id);
    return id;
  }

  @Override
  public void free(int id) {
    super.free(id);
    rows.setInt(at(id) + BIRTH, 0);
  }

  /** Tells a name from others that had the row before; 0 when nobody has it. */
  int birth(int id) {
    return rows.getInt(at(id) + BIRTH);
  }

  long offset(int id) {
    return rows.getLong(at(id) + OFFSET);
  }

  int length(int id) {
    return rows.getInt(at(id) + LENGTH);
  }

  int hash(int id) {
    return rows.getInt(at(id) + HASH);
  }

  int uses(int id) {
    return rows.getInt(at(id) + USES);
  }

  void setUses(int id, int uses) {
    rows.setInt(at(id) + USES, uses);
  }

  int tag(int id) {
    return rows.getInt(at(id) + TAG) - 1;
  }

  void setTag(int id, int tag) {
    rows.setInt(at(id) + TAG, tag + 1);
  }

  /** Lists a name for the next sweep, once. */
  void nominate(int id) {
    if (rows.getInt(at(id) + NEXT_CANDIDATE) == NOT_LISTED) {
      rows.setInt(at(id) + NEXT_CANDIDATE, firstCandidate);
      firstCandidate = id;
    }
  }

  /** Takes one name from the list of candidates, or NONE. */
  int pollCandidate() {
    int id = firstCandidate;
    if (id != NONE) {
      firstCandidate = rows.getInt(at(id) + NEXT_CANDIDATE);
      rows.setInt(at(id) + NEXT_CANDIDATE, NOT_LISTED);
    }
    return id;
  }
}
