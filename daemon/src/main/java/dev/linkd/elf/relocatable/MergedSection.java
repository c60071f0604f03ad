package dev.linkd.elf.relocatable;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.elf.JoinedSections;
import dev.linkd.object.ElfObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A section of the output: sections of the inputs behind each other. */
final class MergedSection {

  private static final long JOINED = SHF_WRITE | SHF_ALLOC | SHF_EXECINSTR | SHF_TLS;
  private static final long SAME = SHF_MERGE | SHF_STRINGS;
  private static final long OTHER =
      SHF_LINK_ORDER | SHF_GNU_RETAIN | SHF_X86_64_LARGE | SHF_EXCLUDE;

  /** A section of an input and where it begins in the output section. */
  static final class Part {
    final InputObject input;
    final int section;
    long offset;

    /** Where a script puts it; null without a script. */
    final JoinedSections.@Nullable Home home;

    Part(InputObject input, int section, JoinedSections.@Nullable Home home) {
      this.input = input;
      this.section = section;
      this.home = home;
    }

    private int statement() {
      return home == null ? Integer.MAX_VALUE : home.statement();
    }

    private JoinedSections.Member member() {
      ElfObject object = input.object;
      return new JoinedSections.Member(
          object.name(), object.sectionName(section), object.contentAlignment(section));
    }
  }

  final String name;
  final @Nullable MergedGroup group;
  final List<Part> parts = new ArrayList<>();
  final RelocationList relocations = new RelocationList();

  int type;
  long flags;
  long entrySize;
  long alignment = 1;
  long size;

  /** Index in the section header table; that of the relocations follows if there are any. */
  int index;

  /** Place in the symbol table of the symbol that stands for the section. */
  int symbol;

  /** Place among the sections of a script, behind which the others are. */
  int rank = Integer.MAX_VALUE;

  MergedSection(String name, @Nullable MergedGroup group) {
    this.name = name;
    this.group = group;
  }

  /** Adds a section of an input and takes over what its header says. */
  void add(InputObject input, int s, JoinedSections.@Nullable Home home) {
    ElfObject object = input.object;
    long more = object.sectionFlags(s);
    int moreType = object.sectionType(s);
    if (parts.isEmpty()) {
      type = moreType;
      flags = more & (JOINED | SAME | OTHER);
      entrySize = object.sectionEntrySize(s);
    } else {
      if (type == SHT_NOBITS) {
        type = moreType;
      }
      boolean same = (flags & SAME) == (more & SAME) && entrySize == object.sectionEntrySize(s);
      flags = flags | more & (JOINED | OTHER);
      if (!same) {
        flags &= ~SAME;
        entrySize = 0;
      }
    }
    if (group != null) {
      flags |= SHF_GROUP;
    }
    alignment = Math.max(alignment, object.contentAlignment(s));
    if (home != null) {
      alignment = Math.max(alignment, home.alignment());
      rank = home.rank();
    }
    parts.add(new Part(input, s, home));
  }

  /** Puts what a script takes into its order: by statement, then as that statement says. */
  void sort() {
    parts.sort(
        Comparator.comparingInt(Part::statement)
            .thenComparing(
                (one, other) ->
                    one.home == null
                        ? 0
                        : one.home.order().comparator().compare(one.member(), other.member())));
  }

  /** Gives every part its offset. Unwind records follow each other without gaps. */
  void place() {
    for (int i = 0; i < parts.size(); i++) {
      Part part = parts.get(i);
      InputObject input = part.input;
      KeptFrames frames = input.frames(part.section);
      if (frames == null) {
        long step = input.object.contentAlignment(part.section);
        size = (size + step - 1) & -step;
      }
      part.offset = size;
      input.place(part.section, size);
      boolean last = i == parts.size() - 1;
      size += frames == null ? input.object.contentSize(part.section) : frames.size(last);
    }
  }

  int index() {
    return index;
  }

  boolean hasContent() {
    return type != SHT_NOBITS;
  }
}
