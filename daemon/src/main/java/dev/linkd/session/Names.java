package dev.linkd.session;

import com.google.protobuf.ByteString;
import dev.linkd.diag.Code;
import dev.linkd.diag.LinkException;
import dev.linkd.diag.Place;
import dev.linkd.output.Output;
import dev.linkd.table.Segments;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Checks names and interns them without allocating. Used by one thread at a time. */
final class Names {
  private static final int DISPLAYED_MAX = 100;

  /** Names that are looked up together. */
  static final int GROUP = 64;

  private final int lengthMax;
  private final long[] offsets = new long[GROUP];
  private final int[] lengths = new int[GROUP];
  private final int[] group = new int[GROUP];
  private int[] ids = new int[GROUP];

  /** Names of the list whose ids are known. */
  private int count;

  /** Names that were added after those, and their bytes. */
  private int waiting;

  private int used;
  private final MemorySegment scratch;
  private final ByteBuffer scratchBuffer;

  Names(Limits limits) {
    lengthMax = limits.nameBytes();
    scratch = Arena.ofAuto().allocate(lengthMax);
    scratchBuffer = scratch.asByteBuffer();
  }

  /** The id of a name of 1 to {@code nameBytes} bytes without NUL. */
  int intern(Output output, ByteString name, String what) throws LinkException {
    return output.name(scratch, 0, copy(name, 0, what));
  }

  /** Begins a list of names. */
  void begin() {
    count = 0;
    waiting = 0;
    used = 0;
  }

  /** Adds a name to the list. They are looked up in groups, whose cache misses overlap. */
  void add(Output output, ByteString name, String what) throws LinkException {
    if (waiting == GROUP || used + name.size() > lengthMax) {
      end(output);
    }
    int length = copy(name, used, what);
    offsets[waiting] = used;
    lengths[waiting++] = length;
    used += length;
  }

  /** Ends the list: now all ids are known. */
  void end(Output output) {
    output.names(scratch, offsets, lengths, waiting, group);
    if (count + waiting > ids.length) {
      ids = Arrays.copyOf(ids, Math.max(count + waiting, ids.length * 2));
    }
    System.arraycopy(group, 0, ids, count, waiting);
    count += waiting;
    waiting = 0;
    used = 0;
  }

  /** The id of a name of the list, by how many were added before. */
  int id(int index) {
    return ids[index];
  }

  /** Checks a name and copies it to a place in the scratch memory; returns its length. */
  private int copy(ByteString name, int at, String what) throws LinkException {
    int length = name.size();
    if (length == 0) {
      throw new LinkException(Code.INVALID_REQUEST, Place.NONE, what + " is empty");
    }
    if (length > lengthMax) {
      throw new LinkException(
          Code.LIMIT_EXCEEDED, Place.NONE, what + " is longer than " + lengthMax + " bytes");
    }
    name.copyTo(scratchBuffer.clear().position(at));
    if (Segments.lengthUntilNul(scratch, at, at + (long) length) != length) {
      throw new LinkException(Code.INVALID_REQUEST, Place.NONE, what + " contains NUL");
    }
    return length;
  }

  /** A name for messages. */
  static String display(ByteString name) {
    return name.size() <= DISPLAYED_MAX
        ? name.toString(StandardCharsets.UTF_8)
        : name.substring(0, DISPLAYED_MAX).toString(StandardCharsets.UTF_8) + "…";
  }
}
