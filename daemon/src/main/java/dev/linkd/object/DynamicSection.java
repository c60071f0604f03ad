package dev.linkd.object;

import static dev.linkd.object.ElfConstants.DT_NEEDED;
import static dev.linkd.object.ElfConstants.DT_NULL;
import static dev.linkd.object.ElfConstants.DT_RPATH;
import static dev.linkd.object.ElfConstants.DT_RUNPATH;
import static dev.linkd.object.ElfConstants.DT_STRSZ;
import static dev.linkd.object.ElfConstants.DT_STRTAB;
import static dev.linkd.object.ElfConstants.DYN_SIZE;
import static dev.linkd.object.ElfConstants.PT_DYNAMIC;

import dev.linkd.diag.LinkException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The dynamic section of a shared library (gABI chapter 5) and its string table. */
final class DynamicSection {
  private final InputBytes in;
  private final ElfSegments segments;
  private final Map<Long, Long> values = new HashMap<>();
  private final List<Long> needed = new ArrayList<>();
  private long stringsOffset;
  private long stringsSize;

  private DynamicSection(InputBytes in, ElfSegments segments) {
    this.in = in;
    this.segments = segments;
  }

  static DynamicSection read(InputBytes in, ElfSegments segments) throws LinkException {
    int p = segments.find(PT_DYNAMIC);
    if (p < 0) {
      throw in.incompatible("is not a shared library: it has no dynamic section");
    }
    DynamicSection dynamic = new DynamicSection(in, segments);
    dynamic.readEntries(segments.fileOffset(p), segments.fileSize(p));
    dynamic.readStrings();
    return dynamic;
  }

  private void readEntries(long start, long size) throws LinkException {
    for (long at = start; at - start <= size - DYN_SIZE; at += DYN_SIZE) {
      long tag = in.i64(at);
      long value = in.i64(at + 8);
      if (tag == DT_NULL) {
        return;
      }
      if (tag == DT_NEEDED) {
        needed.add(value);
      } else {
        values.put(tag, value);
      }
    }
    throw in.malformed(start, "the dynamic section does not end with DT_NULL");
  }

  private void readStrings() throws LinkException {
    stringsSize = value(DT_STRSZ, 0);
    stringsOffset = stringsSize == 0 ? 0 : segments.offsetOf(value(DT_STRTAB, -1), stringsSize);
    if (stringsSize < 0 || stringsOffset == ElfSegments.NOWHERE) {
      throw in.malformed(0, "DT_STRTAB and DT_STRSZ are not a range of the file");
    }
    if (stringsSize > 0 && in.u8(stringsOffset + stringsSize - 1) != 0) {
      throw in.malformed(stringsOffset, "the dynamic string table does not end with NUL");
    }
    for (long name : needed) {
      checkString(name, "DT_NEEDED");
    }
  }

  /** Value of a tag that occurs at most once. */
  long value(int tag, long absent) {
    return values.getOrDefault((long) tag, absent);
  }

  boolean has(int tag) {
    return values.containsKey((long) tag);
  }

  /**
   * File offset of the table that a tag gives the address of.
   *
   * @param size bytes that must be stored there
   */
  long table(int tag, String tagName, long size) throws LinkException {
    long offset = segments.offsetOf(value(tag, -1), size);
    if (offset == ElfSegments.NOWHERE) {
      throw in.malformed(0, tagName + " does not point at " + size + " bytes of the file");
    }
    return offset;
  }

  /** Bytes that are stored from the table's address on. */
  long stored(int tag) {
    return segments.storedFrom(value(tag, -1));
  }

  void checkString(long index, String what) throws LinkException {
    if (index != 0 && (index < 0 || index >= stringsSize)) {
      throw in.malformed(stringsOffset, what + " has a name outside the dynamic string table");
    }
  }

  long stringOffset(long index) {
    return stringsOffset + index;
  }

  int stringLength(long index) {
    return index >= stringsSize
        ? 0
        : Bytes.lengthUntilNul(in.bytes(), stringsOffset + index, stringsOffset + stringsSize);
  }

  /** A name whose index was checked. */
  String string(long index) {
    return Bytes.text(in.bytes(), stringsOffset + index, stringLength(index));
  }

  /** The search path for needed libraries; empty for none, or when it is no string. */
  String runPath() {
    return text(has(DT_RUNPATH) ? DT_RUNPATH : DT_RPATH);
  }

  /** The string of a tag; empty when it is absent, or when it is no string. */
  String text(int tag) {
    long at = value(tag, -1);
    return at < 0 || at >= stringsSize ? "" : string(at);
  }

  int needed() {
    return needed.size();
  }

  String needed(int i) {
    return string(needed.get(i));
  }
}
