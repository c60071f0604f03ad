package dev.linkd.oracle.image;

import java.util.Comparator;
import java.util.List;

/** PT_TLS is the template of all SHF_TLS sections. */
final class ThreadLocalRules {
  private ThreadLocalRules() {}

  static void check(ElfImage image, Problems problems) {
    List<Section> sections =
        image.sections().stream()
            .filter(s -> s.threadLocal() && s.size() > 0)
            .sorted(Comparator.comparingLong(Section::address))
            .toList();
    Segment segment = image.segment(Elf.PT_TLS).orElse(null);
    if (segment == null) {
      problems.require(sections.isEmpty(), "TLS sections without PT_TLS: %s", sections);
      return;
    }
    problems.require(
        Long.bitCount(segment.align()) <= 1 && segment.align() > 0, "%s: p_align", segment);
    problems.require(
        segment.address() % segment.align() == segment.offset() % segment.align()
            || segment.fileSize() == 0,
        "%s: offset and address differ modulo p_align",
        segment);
    for (Section section : sections) {
      problems.require(
          section.address() >= segment.address() && section.end() <= segment.end(),
          "%s is outside of PT_TLS",
          section);
      problems.require(section.align() <= segment.align(), "%s is aligned above PT_TLS", section);
      boolean zeros = section.type() == Elf.SHT_NOBITS;
      long fileEnd = segment.address() + segment.fileSize();
      problems.require(
          zeros ? section.address() >= fileEnd : section.end() <= fileEnd,
          "%s is on the wrong side of p_filesz",
          section);
    }
    for (ElfSymbol symbol : image.symbols()) {
      if (symbol.type() == Elf.STT_TLS && symbol.defined()) {
        problems.require(
            symbol.value() >= 0 && symbol.value() + symbol.size() <= segment.memorySize(),
            "%s is outside of PT_TLS",
            symbol);
      }
    }
  }
}
