package dev.linkd.object;

import dev.linkd.diag.LinkException;

/**
 * The symbol index of an archive ({@code /} or {@code /SYM64/}): a count, then for each symbol the
 * offset of a member header, then the names, each ended by NUL. Numbers are big-endian on every
 * machine.
 */
final class ArchiveIndex {
  private static final int[] NOTHING = {};

  private final InputBytes in;
  private final long names;
  private final long end;
  private final boolean present;

  /** Start of each name relative to {@link #names}. */
  private final int[] starts;

  private final int[] members;

  private ArchiveIndex(InputBytes in, long names, long end, boolean present, int count) {
    this.in = in;
    this.names = names;
    this.end = end;
    this.present = present;
    this.starts = count == 0 ? NOTHING : new int[count];
    this.members = count == 0 ? NOTHING : new int[count];
  }

  static ArchiveIndex read(InputBytes in, ArchiveMembers archive) throws LinkException {
    int width = archive.indexWidth();
    if (width == 0) {
      return new ArchiveIndex(in, 0, 0, false, 0);
    }
    long start = archive.indexOffset();
    long size = archive.indexSize();
    long count = size < width ? -1 : number(in, start, width);
    // Each symbol takes an offset and at least the NUL of its name.
    if (count < 0 || count > (size - width) / (width + 1) || size > Integer.MAX_VALUE) {
      throw in.malformed(start, "the count of the archive symbol index does not fit its size");
    }
    long names = start + width + count * width;
    ArchiveIndex index = new ArchiveIndex(in, names, start + size, true, (int) count);
    index.fill(archive, start + width, width);
    return index;
  }

  private void fill(ArchiveMembers archive, long offsets, int width) throws LinkException {
    long lastHeader = -1;
    int member = Archive.NONE;
    long name = names;
    for (int i = 0; i < starts.length; i++) {
      long header = number(in, offsets + (long) i * width, width);
      if (header != lastHeader) {
        member = archive.at(header);
        lastHeader = header;
      }
      if (member == Archive.NONE) {
        throw in.malformed(
            offsets + (long) i * width, "the archive symbol index points at no member");
      }
      int length = Bytes.lengthUntilNul(in.bytes(), name, end);
      if (name + length >= end) {
        throw in.malformed(name, "a name of the archive symbol index does not end");
      }
      starts[i] = (int) (name - names);
      members[i] = member;
      name += length + 1L;
    }
  }

  private static long number(InputBytes in, long at, int width) {
    return width == 4
        ? Integer.reverseBytes(in.i32(at)) & 0xffff_ffffL
        : Long.reverseBytes(in.i64(at));
  }

  boolean present() {
    return present;
  }

  int count() {
    return starts.length;
  }

  long nameOffset(int i) {
    return names + starts[i];
  }

  int nameLength(int i) {
    return Bytes.lengthUntilNul(in.bytes(), nameOffset(i), end);
  }

  int member(int i) {
    return members[i];
  }
}
