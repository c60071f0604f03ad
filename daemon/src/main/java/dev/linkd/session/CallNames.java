package dev.linkd.session;

import com.google.protobuf.ByteString;
import dev.linkd.output.Output;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The names that a call can give by number. The bytes are kept, since an output forgets a name when
 * nothing uses it, and its table when it has to be linked again; so an id is noted with the birth
 * of its name, and the name is looked up again when that is another one. Ends with the call.
 */
final class CallNames {
  /** Number of a name that is not given by number. */
  static final int NONE = 0;

  private static final int NO_BIRTH = 0;
  private static final int NAMES_MIN = 64;
  private static final int TEXT_MIN = 1024;
  private static final int ID = 0;
  private static final int BIRTH = 1;
  private static final int ROW = 2;

  private final Limits limits;

  /** All names, one after the other. */
  private byte[] text = {};

  /** Where in the text the name of each number ends; that of number 0 ends at 0. */
  private int[] ends = {0};

  /** Id and birth of each name, next to each other: most are read in no order. */
  private int[] rows = {NONE, NO_BIRTH};

  private int last;

  /** What the ids are of. */
  private @Nullable Object table;

  CallNames(Limits limits) {
    this.limits = limits;
  }

  /**
   * Adds the names of a request.
   *
   * @throws RequestException when one is not allowed, or they are too many
   */
  void add(List<ByteString> names) throws RequestException {
    for (ByteString name : names) {
      add(name);
    }
  }

  private void add(ByteString name) throws RequestException {
    int length = name.size();
    int start = ends[last];
    if (last == limits.callNames() || start + (long) length > limits.callNameBytes()) {
      throw RequestException.field(
          "names",
          "more than %d names or %d bytes of them in a call"
              .formatted(limits.callNames(), limits.callNameBytes()));
    }
    if (length == 0 || length > limits.nameBytes()) {
      throw refusal("must have 1 to " + limits.nameBytes() + " bytes");
    }
    reserve(start + length);
    name.copyTo(text, start);
    for (int at = start; at < start + length; at++) {
      if (text[at] == 0) {
        throw refusal("contains NUL");
      }
    }
    ends[++last] = start + length;
  }

  private void reserve(int bytes) {
    if (bytes > text.length) {
      text = Arrays.copyOf(text, larger(bytes, text.length, TEXT_MIN));
    }
    if (last + 1 == ends.length) {
      int count = larger(last + 2, ends.length, NAMES_MIN);
      ends = Arrays.copyOf(ends, count);
      rows = Arrays.copyOf(rows, count * ROW);
    }
  }

  private static int larger(int needed, int present, int least) {
    return Math.max(needed, Math.max(least, present + (present >> 1)));
  }

  private RequestException refusal(String what) {
    return RequestException.field("names", "name number " + (last + 1) + " of the call " + what);
  }

  boolean has(int number) {
    return number > NONE && number <= last;
  }

  /** Where a name begins in the {@link #text}. */
  int start(int number) {
    return ends[number - 1];
  }

  int length(int number) {
    return ends[number] - ends[number - 1];
  }

  byte[] text() {
    return text;
  }

  /** Before ids are asked for or noted: forgets all that are of another table. */
  void at(Output output) {
    Object now = output.nameTable();
    if (table != now) {
      table = now;
      Arrays.fill(rows, NO_BIRTH);
    }
  }

  /** Whether the id of a name is known and still that of the name. */
  boolean knows(Output output, int number) {
    int birth = rows[number * ROW + BIRTH];
    return birth != NO_BIRTH && output.nameBirth(rows[number * ROW + ID]) == birth;
  }

  int id(int number) {
    return rows[number * ROW + ID];
  }

  /** Notes the id of a name. */
  void note(Output output, int number, int id) {
    rows[number * ROW + ID] = id;
    rows[number * ROW + BIRTH] = output.nameBirth(id);
  }
}
