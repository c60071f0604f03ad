package dev.linkd.oracle.image;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Section headers, as debuggers and binutils read them. */
final class SectionRules {
  private SectionRules() {}

  static void check(ElfImage image, Problems problems) {
    if (image.sections().isEmpty()) {
      problems.add("no section headers");
      return;
    }
    Section first = image.sections().getFirst();
    problems.require(
        first.type() == Elf.SHT_NULL && first.size() == 0 && first.offset() == 0,
        "section 0 is not null");
    for (Section section : image.sections().subList(1, image.sections().size())) {
      single(image, problems, section);
    }
    fileRanges(image, problems);
    addresses(image, problems);
  }

  private static void single(ElfImage image, Problems problems, Section section) {
    if (section.inactive()) {
      inactive(problems, section);
      return;
    }
    problems.require(!section.name().isEmpty(), "%s has no name", section);
    problems.require(
        section.link() >= 0 && section.link() < image.sections().size(),
        "%s: sh_link %d",
        section,
        section.link());
    problems.require(
        section.fileSize() == 0
            || (section.offset() >= 0 && section.offset() <= image.fileSize() - section.fileSize()),
        "%s ends after the file",
        section);
    boolean aligned = section.align() == 0 || Long.bitCount(section.align()) == 1;
    if (problems.require(aligned, "%s: sh_addralign %x", section, section.align())
        && section.align() > 1) {
      problems.require(
          section.address() % section.align() == 0,
          "%s: sh_addralign %x",
          section,
          section.align());
    }
    if (section.entrySize() > 0) {
      problems.require(section.size() % section.entrySize() == 0, "%s: sh_entsize", section);
    }
    if (section.allocated() && section.size() > 0) {
      loaded(image, problems, section);
    }
    if (!section.allocated()) {
      problems.require(section.address() == 0, "%s has an address", section);
    }
  }

  /** The gABI allows headers of no section; nothing may refer to one. */
  private static void inactive(Problems problems, Section section) {
    // libelf fills the file from a section at its start to the next one.
    problems.require(
        section.address() == 0 && section.offset() > 0,
        "%s is inactive but has a place in front of others",
        section);
  }

  private static void loaded(ElfImage image, Problems problems, Section section) {
    if (section.type() == Elf.SHT_NOBITS && section.threadLocal()) {
      return;
    }
    Segment load =
        image.loads().stream()
            .filter(l -> l.containsAddress(section.address()) && section.end() <= l.end())
            .findFirst()
            .orElse(null);
    if (!problems.require(load != null, "%s is in no PT_LOAD", section) || load == null) {
      return;
    }
    if (section.type() != Elf.SHT_NOBITS) {
      problems.require(
          section.address() - load.address() == section.offset() - load.offset(),
          "%s: offset %x does not belong to its address",
          section,
          section.offset());
      problems.require(
          section.offset() + section.size() <= load.fileEnd(), "%s is not in p_filesz", section);
    } else {
      problems.require(
          section.address() >= load.address() + load.fileSize(), "%s has file bytes", section);
    }
    boolean writable = !section.writable() || (load.flags() & Elf.PF_W) != 0;
    problems.require(writable, "%s is in a segment that is not writable", section);
    boolean executable = !section.executable() || (load.flags() & Elf.PF_X) != 0;
    problems.require(executable, "%s is in a segment that is not executable", section);
  }

  private record Range(String what, long from, long to) {}

  private static void fileRanges(ElfImage image, Problems problems) {
    List<Range> ranges = new ArrayList<>();
    ranges.add(new Range("ELF header", 0, 64));
    long segments = image.segmentTable();
    ranges.add(new Range("program headers", segments, segments + 56L * image.segments().size()));
    long sections = image.sectionTable();
    ranges.add(new Range("section headers", sections, sections + 64L * image.sections().size()));
    for (Section section : image.sections()) {
      if (section.fileSize() > 0) {
        ranges.add(
            new Range(section.toString(), section.offset(), section.offset() + section.fileSize()));
      }
    }
    disjoint(problems, ranges, "in the file");
    problems.require(
        ranges.stream().allMatch(r -> r.to() <= image.fileSize()), "a table ends after the file");
  }

  private static void addresses(ElfImage image, Problems problems) {
    List<Range> ranges = new ArrayList<>();
    for (Section section : image.sections()) {
      boolean threadZeros = section.threadLocal() && section.type() == Elf.SHT_NOBITS;
      if (section.allocated() && section.size() > 0 && !threadZeros) {
        ranges.add(new Range(section.toString(), section.address(), section.end()));
      }
    }
    disjoint(problems, ranges, "in memory");
  }

  private static void disjoint(Problems problems, List<Range> ranges, String where) {
    ranges.sort(Comparator.comparingLong(Range::from));
    for (int i = 1; i < ranges.size(); i++) {
      Range left = ranges.get(i - 1);
      Range right = ranges.get(i);
      problems.require(
          left.to() <= right.from(), "%s and %s overlap %s", left.what(), right.what(), where);
    }
  }
}
