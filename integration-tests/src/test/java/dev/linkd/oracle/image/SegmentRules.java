package dev.linkd.oracle.image;

import java.util.List;
import java.util.Set;

/** Program headers, as the kernel and the dynamic linker map them. */
final class SegmentRules {
  private static final long PAGE = 4096;

  private static final Set<String> VARIABLES = Set.of(".data", ".bss");

  private SegmentRules() {}

  static void check(ElfImage image, Problems problems) {
    loads(image, problems);
    for (Segment segment : image.segments()) {
      if (!segment.loads() && segment.fileSize() > 0) {
        problems.require(segment.fileEnd() <= image.fileSize(), "%s ends after the file", segment);
        insideLoad(image, problems, segment);
      }
    }
    stack(image, problems);
    interpreter(image, problems);
    readOnlyAfterRelocation(image, problems);
    once(image, problems, Elf.PT_PHDR, Elf.PT_INTERP, Elf.PT_DYNAMIC, Elf.PT_TLS);
  }

  private static void loads(ElfImage image, Problems problems) {
    List<Segment> loads = image.loads();
    problems.require(!loads.isEmpty(), "no PT_LOAD");
    for (int i = 0; i < loads.size(); i++) {
      Segment load = loads.get(i);
      problems.require(load.fileSize() <= load.memorySize(), "%s: p_filesz > p_memsz", load);
      problems.require(load.memorySize() > 0, "%s is empty", load);
      problems.require(
          load.fileSize() == 0
              || (load.fileSize() > 0 && load.offset() >= 0 && load.fileEnd() <= image.fileSize()),
          "%s ends after the file (%x)",
          load,
          image.fileSize());
      boolean powerOfTwo = Long.bitCount(load.align()) == 1 && load.align() >= PAGE;
      if (problems.require(powerOfTwo, "%s: p_align", load)) {
        problems.require(
            (load.address() - load.offset()) % load.align() == 0, "%s is not congruent", load);
      }
      boolean both = (load.flags() & Elf.PF_W) != 0 && (load.flags() & Elf.PF_X) != 0;
      problems.require(!both, "%s is writable and executable", load);
      for (int k = i + 1; k < loads.size(); k++) {
        pair(problems, load, loads.get(k));
      }
    }
  }

  private static void pair(Problems problems, Segment first, Segment second) {
    problems.require(first.address() < second.address(), "%s follows %s", second, first);
    long mappedEnd = Math.ceilDiv(first.end(), PAGE) * PAGE;
    problems.require(
        mappedEnd <= second.address() / PAGE * PAGE, "%s and %s share a page", first, second);
    boolean apart =
        first.fileSize() == 0
            || second.fileSize() == 0
            || first.fileEnd() <= second.offset()
            || second.fileEnd() <= first.offset();
    problems.require(apart, "%s and %s share file bytes", first, second);
  }

  private static void insideLoad(ElfImage image, Problems problems, Segment segment) {
    if (segment.type() == Elf.PT_GNU_STACK) {
      return;
    }
    problems.require(
        image.fileOffset(segment.address()) == segment.offset(),
        "%s: its address does not lead to its offset",
        segment);
    boolean inside =
        image.loads().stream()
            .anyMatch(
                l -> l.containsAddress(segment.address()) && segment.fileEnd() <= l.fileEnd());
    problems.require(inside, "%s is not inside a PT_LOAD", segment);
  }

  private static void stack(ElfImage image, Problems problems) {
    Segment stack = image.segment(Elf.PT_GNU_STACK).orElse(null);
    if (problems.require(stack != null, "no PT_GNU_STACK") && stack != null) {
      problems.require((stack.flags() & Elf.PF_X) == 0, "the stack is executable");
    }
  }

  private static void interpreter(ElfImage image, Problems problems) {
    Segment segment = image.segment(Elf.PT_INTERP).orElse(null);
    if (segment == null) {
      return;
    }
    String path = image.string(segment.offset(), segment.fileEnd());
    problems.require(path.startsWith("/"), "interpreter '%s'", path);
    int firstLoad = image.segments().indexOf(image.loads().getFirst());
    problems.require(image.segments().indexOf(segment) < firstLoad, "PT_INTERP after a PT_LOAD");
    image
        .section(".interp")
        .ifPresent(s -> problems.require(s.offset() == segment.offset(), "PT_INTERP is not %s", s));
  }

  /** The dynamic linker protects whole pages, so a writable section may not share one. */
  private static void readOnlyAfterRelocation(ElfImage image, Problems problems) {
    for (Segment relro : image.segments()) {
      if (relro.type() != Elf.PT_GNU_RELRO) {
        continue;
      }
      boolean writable =
          image.loads().stream()
              .anyMatch(l -> (l.flags() & Elf.PF_W) != 0 && l.containsAddress(relro.address()));
      problems.require(writable, "%s is not in a writable PT_LOAD", relro);
      long from = relro.address() / PAGE * PAGE;
      long to = relro.end() / PAGE * PAGE;
      for (Section section : image.sections()) {
        boolean outside = section.address() < relro.address() || section.end() > relro.end();
        boolean touched = section.end() > from && writableStart(section) < to;
        boolean concerned = section.allocated() && section.size() > 0 && !section.threadLocal();
        problems.require(
            !(concerned && outside && touched), "%s shares a RELRO page but is outside", section);
        problems.require(
            !(VARIABLES.contains(section.name()) && touched), "%s becomes read-only", section);
      }
    }
  }

  /** The first three words of .got.plt are written only by the dynamic linker, before RELRO. */
  private static long writableStart(Section section) {
    return section.address() + (section.name().equals(".got.plt") ? 24 : 0);
  }

  private static void once(ElfImage image, Problems problems, int... types) {
    for (int type : types) {
      long count = image.segments().stream().filter(s -> s.type() == type).count();
      problems.require(count <= 1, "%d segments of type %x", count, type);
    }
  }
}
