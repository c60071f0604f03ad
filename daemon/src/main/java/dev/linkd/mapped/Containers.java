package dev.linkd.mapped;

import dev.linkd.table.Bins;
import dev.linkd.table.RowTable;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What only nodes with children, or with settings of their own, have. There are few of them
 * compared with leaves, so that their fillers and bins may be objects.
 *
 * <pre>
 *  0 limit (8) | 8 bytes used by children (8) | 16 least slack of a child (8)
 * 24 slack of a child in percent | 28 next hole of the bin | 32 previous hole: the leading hole
 * 36 flags | 40 end that is shown (8)
 * </pre>
 */
final class Containers extends RowTable {
  private static final int LIMIT = 0;
  private static final int USED = 8;
  private static final int SLACK_MIN = 16;
  private static final int SLACK_PERCENT = 24;
  private static final int HOLE_NEXT = 28;
  private static final int HOLE_PREV = 32;
  private static final int FLAGS = 36;
  private static final int SHOWN = 40;
  private static final int ROW_BYTES = 48;

  /** The leading hole is in the index. */
  private static final int HOLE = 1;

  /** The end that is shown moves in steps. */
  private static final int STEPPED = 2;

  /** That end may have to move. */
  private static final int DOUBTFUL = 4;

  private GapFiller[] fillers = new GapFiller[16];
  private @Nullable Bins[] bins = new Bins[16];

  Containers(String name, int maxRows) {
    super(name, ROW_BYTES, maxRows);
  }

  int add() {
    int row = allocate();
    if (row >= fillers.length) {
      fillers = Arrays.copyOf(fillers, row * 2);
      bins = Arrays.copyOf(bins, row * 2);
    }
    rows.setLong(at(row) + LIMIT, MappedFile.MAX_BYTES);
    fillers[row] = GapFiller.ZERO;
    return row;
  }

  @Override
  public void free(int row) {
    super.free(row);
    bins[row] = null;
    fillers[row] = GapFiller.ZERO;
  }

  long limit(int row) {
    return rows.getLong(at(row) + LIMIT);
  }

  void setLimit(int row, long limit) {
    rows.setLong(at(row) + LIMIT, limit);
  }

  long used(int row) {
    return rows.getLong(at(row) + USED);
  }

  void addUsed(int row, long bytes) {
    rows.setLong(at(row) + USED, used(row) + bytes);
  }

  void setSlack(int row, int percent, long min) {
    rows.setInt(at(row) + SLACK_PERCENT, percent);
    rows.setLong(at(row) + SLACK_MIN, min);
  }

  /** Room that a child of this size should have behind it. */
  long slack(int row, long size) {
    long percent = rows.getInt(at(row) + SLACK_PERCENT);
    long slack = percent == 0 ? 0 : size / 100 * percent + size % 100 * percent / 100;
    return Math.max(slack, rows.getLong(at(row) + SLACK_MIN));
  }

  GapFiller filler(int row) {
    return fillers[row];
  }

  void setFiller(int row, GapFiller filler) {
    fillers[row] = filler;
  }

  Bins bins(int row) {
    Bins present = bins[row];
    if (present == null) {
      present = new Bins();
      bins[row] = present;
    }
    return present;
  }

  int holeNext(int row) {
    return rows.getInt(at(row) + HOLE_NEXT);
  }

  void setHoleNext(int row, int hole) {
    rows.setInt(at(row) + HOLE_NEXT, hole);
  }

  int holePrev(int row) {
    return rows.getInt(at(row) + HOLE_PREV);
  }

  void setHolePrev(int row, int hole) {
    rows.setInt(at(row) + HOLE_PREV, hole);
  }

  boolean hole(int row) {
    return has(row, HOLE);
  }

  void setHole(int row, boolean present) {
    set(row, HOLE, present);
  }

  boolean stepped(int row) {
    return has(row, STEPPED);
  }

  void setStepped(int row) {
    set(row, STEPPED, true);
  }

  boolean doubtful(int row) {
    return has(row, DOUBTFUL);
  }

  void setDoubtful(int row, boolean on) {
    set(row, DOUBTFUL, on);
  }

  /** The end that is shown. */
  long shown(int row) {
    return rows.getLong(at(row) + SHOWN);
  }

  void setShown(int row, long end) {
    rows.setLong(at(row) + SHOWN, end);
  }

  private boolean has(int row, int flag) {
    return (rows.getInt(at(row) + FLAGS) & flag) != 0;
  }

  private void set(int row, int flag, boolean on) {
    int flags = rows.getInt(at(row) + FLAGS);
    rows.setInt(at(row) + FLAGS, on ? flags | flag : flags & ~flag);
  }
}
