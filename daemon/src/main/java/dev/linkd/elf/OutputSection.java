package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.SHF_ALLOC;
import static dev.linkd.object.ElfConstants.SHF_TLS;
import static dev.linkd.object.ElfConstants.SHN_ABS;
import static dev.linkd.object.ElfConstants.SHT_NOBITS;

import org.jspecify.annotations.Nullable;

/** One section of the output: a node of the layout and what its section header says. */
final class OutputSection {

  final int number;
  final String name;
  int type;
  long flags;

  /** The PT_LOAD that contains it; null for sections that are not loaded. */
  final @Nullable Segment segment;

  final int node;

  /** Atoms lie back to back in the order of the inputs. */
  final boolean dense;

  int entrySize;

  /** Largest alignment of an atom so far, log2. */
  int alignmentLog2;

  /** Smallest place of an atom that is not empty, so that the place can become a gap. */
  int atomBytesMin;

  /** Its gaps hold sets of address ranges. */
  boolean rangeSets;

  /** The section that took its name and its atoms. */
  @Nullable OutputSection successor;

  /** Number of atoms. */
  int atoms;

  /** Bytes used when the section is a table that is written whole; -1 for a section of atoms. */
  long tableSize = -1;

  /** Has no section header: the symbol table of a stripped image. */
  boolean omitted;

  /** A linker script discards it: it has no header and is no part of the image. */
  boolean discarded;

  /** The section that a table is a part of, because a linker script has it there; else null. */
  @Nullable OutputSection host;

  /** Bytes behind the last atom that belong to the section. */
  long trailer;

  /** Virtual address, kept up to date with the position of the node in its segment. */
  long address;

  /** Address that a linker script gave it. */
  long planned;

  /** Section header fields that refer to another section; null for none. */
  @Nullable OutputSection link;

  /** Where what its atoms are linked to lies; null unless it has SHF_LINK_ORDER. */
  @Nullable OutputSection linked;

  /** First atom that is linked to another, when that was looked at last; -1 for none. */
  int firstLinked = -1;

  @Nullable OutputSection info;
  int infoValue;

  /** Index in the section header table, the same for the life of the output. */
  int index;

  /** Offset of the name in .shstrtab. */
  int nameOffset;

  /** Symbols that are the start or end of this section; rows of the symbol table. */
  final IntQueue boundaries = new IntQueue();

  /** Size at the last settle, to notice that the end moved. */
  long settledSize;

  OutputSection(
      int number,
      String name,
      int type,
      long flags,
      @Nullable Segment segment,
      int node,
      boolean dense) {
    this.number = number;
    this.name = name;
    this.type = type;
    this.flags = flags;
    this.segment = segment;
    this.node = node;
    this.dense = dense;
    this.index = number + 1;
  }

  /** Whether the section has an address of its own. */
  boolean anchored() {
    return segment != null && segment.anchored;
  }

  /** The place of the headers, which is no section but can be the home of symbols. */
  boolean pseudo() {
    return index == SHN_ABS;
  }

  /** .tbss: has addresses in its segment that other sections use as well. */
  boolean threadLocalZero() {
    return type == SHT_NOBITS && (flags & SHF_TLS) != 0;
  }

  /** .eh_frame, whose first child holds the CIEs. */
  boolean unwind() {
    Segment home = segment;
    return home != null && home.kind == SegmentKind.EH_FRAME;
  }

  /** Bytes of the place that an atom of this size needs. */
  long place(long size) {
    return size == 0 ? 0 : Math.max(size, atomBytesMin);
  }

  boolean allocated() {
    return segment != null;
  }

  /** Part of the image: with an address that others cannot have, unless a script says so. */
  boolean loaded() {
    return (flags & SHF_ALLOC) != 0;
  }
}
