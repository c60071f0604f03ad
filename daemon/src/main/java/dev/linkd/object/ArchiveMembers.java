package dev.linkd.object;

import dev.linkd.diag.LinkException;
import java.util.Arrays;

/**
 * The member headers of an archive. A header is 60 bytes of text at an even offset:
 *
 * <pre>
 *  0 name[16]   16 date[12]   28 uid[6]   34 gid[6]   40 mode[8]   48 size[10]   58 "`\n"
 * </pre>
 */
final class ArchiveMembers {
  private static final int HEADER_SIZE = 60;
  private static final int NAME_SIZE = 16;
  private static final int SIZE_OFFSET = 48;
  private static final int SIZE_SIZE = 10;

  private final InputBytes in;
  private final boolean thin;
  private int count;
  private long[] headers = new long[16];
  private long[] offsets = new long[16];
  private long[] sizes = new long[16];
  private long[] nameOffsets = new long[16];
  private int[] nameLengths = new int[16];
  private long namesOffset;
  private long namesSize;
  private long indexOffset;
  private long indexSize;
  private int indexWidth;

  private ArchiveMembers(InputBytes in, boolean thin) {
    this.in = in;
    this.thin = thin;
  }

  static ArchiveMembers read(InputBytes in, boolean thin) throws LinkException {
    ArchiveMembers members = new ArchiveMembers(in, thin);
    long at = Archive.MAGIC.length();
    while (at < in.size() && !members.paddingOnly(at)) {
      at = members.readMember(at);
    }
    return members;
  }

  /** Some writers leave newlines at the end. */
  private boolean paddingOnly(long at) {
    if (in.size() - at >= HEADER_SIZE) {
      return false;
    }
    for (long i = at; i < in.size(); i++) {
      if (in.u8(i) != '\n') {
        return false;
      }
    }
    return true;
  }

  /** Reads the header at {@code at} and returns the offset of the next one. */
  private long readMember(long at) throws LinkException {
    if (!in.contains(at, HEADER_SIZE)) {
      throw in.malformed(at, "truncated archive member header");
    }
    if (in.u8(at + 58) != '`' || in.u8(at + 59) != '\n') {
      throw in.malformed(at, "no archive member header here");
    }
    long size = decimal(at + SIZE_OFFSET, SIZE_SIZE);
    if (size < 0) {
      throw in.malformed(at + SIZE_OFFSET, "the size of an archive member is not a number");
    }
    long content = at + HEADER_SIZE;
    boolean special = readTable(at, content, size);
    boolean external = thin && !special;
    if (!external && !in.contains(content, size)) {
      throw in.malformed(at, "an archive member reaches beyond the file");
    }
    if (!special) {
      addMember(at, content, size);
    }
    long end = external ? content : content + size;
    return end + (end & 1);
  }

  /** Whether the member is a symbol index or the table of long names, which it then remembers. */
  private boolean readTable(long at, long content, long size) {
    if (headerNameIs(at, "//")) {
      namesOffset = content;
      namesSize = size;
      return true;
    }
    boolean wide = headerNameIs(at, "/SYM64/");
    if (wide || headerNameIs(at, "/")) {
      if (indexWidth == 0) {
        indexOffset = content;
        indexSize = size;
        indexWidth = wide ? 8 : 4;
      }
      return true;
    }
    return Bytes.startsWith(in.bytes(), at, in.size(), "__.SYMDEF");
  }

  private boolean headerNameIs(long at, String name) {
    return Bytes.startsWith(in.bytes(), at, in.size(), name)
        && trimmedLength(at, NAME_SIZE) == name.length();
  }

  private void addMember(long at, long content, long size) throws LinkException {
    long nameOffset = at;
    int nameLength = trimmedLength(at, NAME_SIZE);
    long start = content;
    if (Bytes.startsWith(in.bytes(), at, in.size(), "#1/")) {
      long length = decimal(at + 3, NAME_SIZE - 3);
      if (length < 0 || length > size || thin) {
        throw in.malformed(at, "invalid length of a member name");
      }
      nameOffset = content;
      nameLength = Bytes.lengthUntilNul(in.bytes(), content, content + length);
      start = content + length;
    } else if (in.u8(at) == '/') {
      nameOffset = longName(at);
      nameLength = longNameLength(nameOffset);
    } else if (nameLength > 0 && in.u8(at + nameLength - 1) == '/') {
      nameLength--;
    }
    if (Bytes.startsWith(in.bytes(), nameOffset, nameOffset + nameLength, "__.SYMDEF")) {
      return;
    }
    append(at, start, size - (start - content), nameOffset, nameLength);
  }

  /** {@code /N}: the name is at N in the table of long names. */
  private long longName(long at) throws LinkException {
    int digits = trimmedLength(at + 1, NAME_SIZE - 1);
    for (int i = 0; i < digits; i++) {
      if (in.u8(at + 1 + i) == ':') {
        throw in.unsupported(
            "",
            "a thin archive that contains members of another archive",
            "list the archives one by one instead of nesting them");
      }
    }
    long index = decimal(at + 1, NAME_SIZE - 1);
    if (index < 0 || index >= namesSize || !in.contains(namesOffset, namesSize)) {
      throw in.malformed(at, "the name of an archive member is outside the table of long names");
    }
    return namesOffset + index;
  }

  /** Long names end with {@code /\n}, in some writers' archives with NUL. */
  private int longNameLength(long offset) {
    long at = offset;
    while (at < namesOffset + namesSize && in.u8(at) != '\n' && in.u8(at) != 0) {
      at++;
    }
    boolean slash = at > offset && in.u8(at - 1) == '/';
    return (int) (at - offset) - (slash ? 1 : 0);
  }

  private void append(long at, long content, long size, long nameOffset, int nameLength) {
    if (count == headers.length) {
      int capacity = count * 2;
      headers = Arrays.copyOf(headers, capacity);
      offsets = Arrays.copyOf(offsets, capacity);
      sizes = Arrays.copyOf(sizes, capacity);
      nameOffsets = Arrays.copyOf(nameOffsets, capacity);
      nameLengths = Arrays.copyOf(nameLengths, capacity);
    }
    headers[count] = at;
    offsets[count] = content;
    sizes[count] = size;
    nameOffsets[count] = nameOffset;
    nameLengths[count++] = nameLength;
  }

  /** Length without trailing blanks. */
  private int trimmedLength(long at, int width) {
    int length = width;
    while (length > 0 && in.u8(at + length - 1) == ' ') {
      length--;
    }
    return length;
  }

  /** A decimal number padded with blanks, or -1. At most 15 digits, so it cannot overflow. */
  private long decimal(long at, int width) {
    int length = trimmedLength(at, width);
    long value = length == 0 ? -1 : 0;
    for (int i = 0; i < length; i++) {
      int digit = in.u8(at + i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      value = value * 10 + digit;
    }
    return value;
  }

  int count() {
    return count;
  }

  long offset(int m) {
    return offsets[m];
  }

  long size(int m) {
    return sizes[m];
  }

  long nameOffset(int m) {
    return nameOffsets[m];
  }

  int nameLength(int m) {
    return nameLengths[m];
  }

  int at(long header) {
    int m = Arrays.binarySearch(headers, 0, count, header);
    return m < 0 ? Archive.NONE : m;
  }

  long indexOffset() {
    return indexOffset;
  }

  long indexSize() {
    return indexSize;
  }

  /** Bytes of a number in the symbol index, 4 or 8; 0 when there is no index. */
  int indexWidth() {
    return indexWidth;
  }
}
