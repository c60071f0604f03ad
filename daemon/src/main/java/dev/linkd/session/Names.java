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
  private final CallNames numbered;
  private int[] ids = new int[GROUP];

  /** Names of the list. */
  private int count;

  /** Those of them that wait for being looked up: where their bytes are. */
  private final long[] offsets = new long[GROUP];

  private final int[] lengths = new int[GROUP];

  /** Which of the list each one is, and its number in the call or NONE. */
  private final int[] slots = new int[GROUP];

  private final int[] numbers = new int[GROUP];
  private final int[] found = new int[GROUP];
  private int waiting;

  private int used;
  private final MemorySegment scratch;
  private final ByteBuffer scratchBuffer;

  Names(Limits limits, CallNames numbered) {
    lengthMax = limits.nameBytes();
    this.numbered = numbered;
    scratch = Arena.ofAuto().allocate(lengthMax);
    scratchBuffer = scratch.asByteBuffer();
  }

  /** The id of a name of 1 to {@code nameBytes} bytes without NUL. */
  int intern(Output output, ByteString name, String what) throws LinkException {
    return output.name(scratch, 0, copy(name, 0, what));
  }

  /** Begins a list of names. */
  void begin(Output output) {
    count = 0;
    waiting = 0;
    used = 0;
    numbered.at(output);
  }

  /**
   * Adds a name to the list, by its number if that is not NONE. Names whose ids are not known are
   * looked up in groups, whose cache misses overlap.
   */
  void add(Output output, ByteString name, int number, String what) throws LinkException {
    if (number == CallNames.NONE) {
      makeRoom(output, name.size());
      wait(copy(name, used, what), CallNames.NONE);
      return;
    }
    if (!name.isEmpty()) {
      throw invalid(what + " is given both as bytes and by number");
    }
    addNumbered(output, number, what);
  }

  private void addNumbered(Output output, int number, String what) throws LinkException {
    if (!numbered.has(number)) {
      throw invalid(
          what + " is name number " + Integer.toUnsignedString(number) + ", which the call lacks");
    }
    if (numbered.knows(output, number)) {
      reserve();
      ids[count++] = numbered.id(number);
      return;
    }
    int length = numbered.length(number);
    makeRoom(output, length);
    scratchBuffer.clear().position(used).put(numbered.text(), numbered.start(number), length);
    wait(length, number);
  }

  private void makeRoom(Output output, int length) {
    if (waiting == GROUP || used + (long) length > lengthMax) {
      end(output);
    }
  }

  /** The name in the scratch memory is one of the list. */
  private void wait(int length, int number) {
    reserve();
    offsets[waiting] = used;
    lengths[waiting] = length;
    slots[waiting] = count++;
    numbers[waiting++] = number;
    used += length;
  }

  private void reserve() {
    if (count == ids.length) {
      ids = Arrays.copyOf(ids, count * 2);
    }
  }

  /** Ends the list: now all ids are known. */
  void end(Output output) {
    output.names(scratch, offsets, lengths, waiting, found);
    for (int i = 0; i < waiting; i++) {
      ids[slots[i]] = found[i];
      if (numbers[i] != CallNames.NONE) {
        numbered.note(output, numbers[i], found[i]);
      }
    }
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
      throw invalid(what + " is empty");
    }
    if (length > lengthMax) {
      throw new LinkException(
          Code.LIMIT_EXCEEDED, Place.NONE, what + " is longer than " + lengthMax + " bytes");
    }
    name.copyTo(scratchBuffer.clear().position(at));
    if (Segments.lengthUntilNul(scratch, at, at + (long) length) != length) {
      throw invalid(what + " contains NUL");
    }
    return length;
  }

  private static LinkException invalid(String message) {
    return new LinkException(Code.INVALID_REQUEST, Place.NONE, message);
  }

  /** A name for messages, and of an atom that has its name by number. */
  String display(ByteString name, int number) {
    return numbered.has(number)
        ? display(
            ByteString.copyFrom(numbered.text(), numbered.start(number), numbered.length(number)))
        : display(name);
  }

  /** A name for messages. */
  static String display(ByteString name) {
    return name.size() <= DISPLAYED_MAX
        ? name.toString(StandardCharsets.UTF_8)
        : name.substring(0, DISPLAYED_MAX).toString(StandardCharsets.UTF_8) + "…";
  }
}
