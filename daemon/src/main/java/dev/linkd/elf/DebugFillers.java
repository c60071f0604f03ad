package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.SHF_EXECINSTR;

import dev.linkd.mapped.GapFiller;
import dev.linkd.mapped.MappedFile;
import dev.linkd.mapped.Policy;
import dev.linkd.mapped.WindowFullException;
import dev.linkd.table.Segments;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * What stands between the units of debug sections (DWARF 5, chapters 6.2 and 7.5), so that one unit
 * can grow without moving the others. Readers walk these sections from unit to unit, therefore each
 * gap is a unit of its own that says nothing.
 */
final class DebugFillers {

  /**
   * Abbreviations of the units in gaps, always at the start of .debug_abbrev: a DW_TAG_partial_unit
   * without children, which readers only look at when another unit imports it. With code 1 it has
   * one attribute of DW_FORM_block4 that covers the rest of the gap, with code 2 it has none.
   */
  static final byte[] ABBREVIATIONS = {
    1, 0x3c, 0, (byte) 0xff, 0x7f, 0x04, 0, 0, 2, 0x3c, 0, 0, 0, 0,
  };

  /** The unit of version 5 that a set of address ranges in a gap is about. */
  static final byte[] EMPTY_UNIT = {
    9, 0, 0, 0, 5, 0, 3, Long.BYTES, 0, 0, 0, 0, 2,
  };

  private static final int LENGTH_BYTES = Integer.BYTES;

  /** Up to the content of the block, and up to that of the opcode that nobody knows. */
  private static final int UNIT_BYTES = 17;

  private static final int LINE_TABLE_BYTES = 25;

  /** All bytes of a gap mean something. */
  private static final int ALL = Integer.MAX_VALUE;

  private DebugFillers() {}

  /** Whether a section that is not loaded has gaps between its units. */
  static boolean gaps(String section) {
    return section.equals(RangeSetGaps.SECTION) || of(section) != null;
  }

  /** Sets what stands between the atoms of a section, and what that needs. */
  static void set(MappedFile file, OutputSection section, SectionRule rule, RangeSetGaps sets) {
    boolean unloaded = rule.segment() == null && !rule.dense();
    GapFiller debug = unloaded ? of(rule.name()) : null;
    section.rangeSets = unloaded && rule.name().equals(RangeSetGaps.SECTION);
    if (section.rangeSets) {
      debug = sets;
    }
    if (rule.segment() == SegmentKind.EH_FRAME) {
      file.setFiller(section.node, Unwind.TERMINATED);
    } else if (debug != null) {
      section.atomBytesMin = debug.minGap();
      file.setFiller(section.node, debug);
    } else if (file.hasContent(section.node)) {
      boolean code = (rule.flags() & SHF_EXECINSTR) != 0;
      file.setFiller(section.node, between(code, rule.dense()));
    }
    if (unloaded && rule.name().equals(".debug_abbrev")) {
      addAbbreviations(file, section.node);
    }
  }

  /** The filler that is the same in every output, null for none. */
  private static @Nullable GapFiller of(String section) {
    return switch (section) {
      case ".debug_info" -> new Units(20, UNIT_BYTES, DebugFillers::unit);
      case ".debug_line" -> new Units(28, LINE_TABLE_BYTES, DebugFillers::lineTable);
      case ".debug_rnglists", ".debug_loclists" -> new Units(12, ALL, DebugFillers::lists);
      case ".debug_str_offsets" -> new Units(8, ALL, DebugFillers::offsets);
      case ".debug_abbrev" -> new Units(1, ALL, (image, from, to) -> {});
      default -> null;
    };
  }

  /** Writes what is not zero in a gap. */
  private interface Shape {
    void write(MemorySegment image, long from, long to);
  }

  /**
   * Fills gaps between units. What is behind the last unit is not part of the section. A gap can be
   * large, and is filled whenever a unit comes or goes beside it; bytes that readers skip stay as
   * they are.
   *
   * @param minGap bytes of the smallest unit
   * @param read bytes that readers look at
   */
  private record Units(int minGap, int read, Shape shape) implements GapFiller {
    @Override
    public void fill(MappedFile file, int container, int previousNode, long from, long to) {
      if (to == file.position(container) + file.size(container)) {
        return;
      }
      MemorySegment image = file.image();
      boolean unit = to - from >= minGap;
      long end = unit ? from + Math.min(to - from, read) : to;
      Segments.fill(image, from, end - from, (byte) 0);
      if (unit) {
        shape.write(image, from, to);
      }
      file.dirty(from, end);
    }
  }

  /** A unit header of version 5, and the one entry whose block reaches to the end. */
  private static void unit(MemorySegment image, long from, long to) {
    Segments.setInt(image, from, (int) (to - from - LENGTH_BYTES));
    Segments.setShort(image, from + 4, (short) 5); // version
    Segments.setByte(image, from + 6, (byte) 3); // DW_UT_partial
    Segments.setByte(image, from + 7, (byte) Long.BYTES); // address size
    Segments.setInt(image, from + 8, 0); // offset of ABBREVIATIONS
    Segments.setByte(image, from + 12, (byte) 1); // abbreviation code
    Segments.setInt(image, from + 13, (int) (to - from - 17)); // length of the block
  }

  /**
   * A line number program of version 4 without files, whose only opcode is an extended one that no
   * reader knows and all skip.
   */
  private static void lineTable(MemorySegment image, long from, long to) {
    Segments.setInt(image, from, (int) (to - from - LENGTH_BYTES));
    Segments.setShort(image, from + 4, (short) 4); // version
    Segments.setInt(image, from + 6, 8); // header length: up to the program
    Segments.setByte(image, from + 10, (byte) 1); // minimum instruction length
    Segments.setByte(image, from + 11, (byte) 1); // operations per instruction
    Segments.setByte(image, from + 12, (byte) 1); // default is_stmt
    Segments.setByte(image, from + 13, (byte) 0); // line base
    Segments.setByte(image, from + 14, (byte) 1); // line range
    Segments.setByte(image, from + 15, (byte) 1); // opcode base: no standard opcodes
    // No directories and no files: two zero bytes. Then the program.
    long at = from + 19; // behind the zero byte of the extended opcode
    long length = to - at - 5;
    for (int i = 0; i < 5; i++) {
      int more = i < 4 ? 0x80 : 0;
      Segments.setByte(image, at + i, (byte) (length >>> (7 * i) & 0x7f | more));
    }
    Segments.setByte(image, at + 5, (byte) 0x80); // DW_LNE_lo_user
  }

  /** A table of lists (version 5) without offsets; the zero bytes behind the header end lists. */
  private static void lists(MemorySegment image, long from, long to) {
    Segments.setInt(image, from, (int) (to - from - LENGTH_BYTES));
    Segments.setShort(image, from + 4, (short) 5); // version
    Segments.setByte(image, from + 6, (byte) Long.BYTES); // address size
    // No segment selectors, no offsets.
  }

  /**
   * A table of offsets of strings (version 5), all zero; its size is a multiple of theirs. Tables
   * of addresses have no gaps: readelf takes what is between two of them for a part of a header.
   */
  private static void offsets(MemorySegment image, long from, long to) {
    Segments.setInt(image, from, (int) (to - from - LENGTH_BYTES));
    Segments.setShort(image, from + 4, (short) 5); // version
  }

  /** Abbreviations of the units that stand in gaps of .debug_info. */
  private static void addAbbreviations(MappedFile file, int container) {
    int node;
    try {
      node = file.add(container, Policy.FIXED, ABBREVIATIONS.length, 0, Owners.HEADERS);
    } catch (WindowFullException e) {
      throw new TableTooLargeException(".debug_abbrev", e);
    }
    file.pin(node);
    long position = file.position(node);
    Segments.copy(ABBREVIATIONS, file.image(), position);
    file.dirty(position, position + ABBREVIATIONS.length);
  }

  /** What stands between atoms: code that is run through must not trap. */
  static GapFiller between(boolean code, boolean dense) {
    return !code ? GapFiller.ZERO : dense ? NOP : GapFiller.TRAP;
  }

  /** One-byte no-operation instructions, for code that runs through the gaps. */
  static final GapFiller NOP =
      (file, container, previous, from, to) ->
          Segments.fill(file.image(), from, to - from, (byte) 0x90);
}
