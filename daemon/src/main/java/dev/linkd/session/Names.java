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

/** Checks names and interns them without allocating. Used by one thread at a time. */
final class Names {
  private static final int DISPLAYED_MAX = 100;

  private final int lengthMax;
  private final MemorySegment scratch;
  private final ByteBuffer scratchBuffer;

  Names(Limits limits) {
    lengthMax = limits.nameBytes();
    scratch = Arena.ofAuto().allocate(lengthMax);
    scratchBuffer = scratch.asByteBuffer();
  }

  /** The id of a name of 1 to {@code nameBytes} bytes without NUL. */
  int intern(Output output, ByteString name, String what) throws LinkException {
    int length = name.size();
    if (length == 0) {
      throw new LinkException(Code.INVALID_REQUEST, Place.NONE, what + " is empty");
    }
    if (length > lengthMax) {
      throw new LinkException(
          Code.LIMIT_EXCEEDED, Place.NONE, what + " is longer than " + lengthMax + " bytes");
    }
    name.copyTo(scratchBuffer.clear());
    if (Segments.lengthUntilNul(scratch, 0, length) != length) {
      throw new LinkException(Code.INVALID_REQUEST, Place.NONE, what + " contains NUL");
    }
    return output.name(scratch, 0, length);
  }

  /** A name for messages. */
  static String display(ByteString name) {
    return name.size() <= DISPLAYED_MAX
        ? name.toString(StandardCharsets.UTF_8)
        : name.substring(0, DISPLAYED_MAX).toString(StandardCharsets.UTF_8) + "…";
  }
}
