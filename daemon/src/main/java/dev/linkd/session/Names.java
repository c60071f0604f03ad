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
import java.util.List;

/** Checks names and interns them without allocating. Used by one thread at a time. */
final class Names {
  private static final int DISPLAYED_MAX = 100;

  /** Names that are looked up together. */
  private static final int GROUP = 64;

  private final int lengthMax;
  private final long[] offsets = new long[GROUP];
  private final int[] lengths = new int[GROUP];
  private final int[] group = new int[GROUP];
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

  /** The ids of many names, in groups whose cache misses overlap. */
  void intern(Output output, List<ByteString> names, String what, int[] ids) throws LinkException {
    int done = 0;
    int used = 0;
    for (int i = 0; i < names.size(); i++) {
      if (i - done == GROUP || used + names.get(i).size() > lengthMax) {
        intern(output, i - done, ids, done);
        done = i;
        used = 0;
      }
      int length = copy(names.get(i), used, what);
      offsets[i - done] = used;
      lengths[i - done] = length;
      used += length;
    }
    intern(output, names.size() - done, ids, done);
  }

  private void intern(Output output, int count, int[] ids, int at) {
    output.names(scratch, offsets, lengths, count, group);
    System.arraycopy(group, 0, ids, at, count);
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
