package dev.linkd.oracle.image;

import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Unwind records end properly, describe disjoint code and are all found by the binary search. */
final class EhFrameRules {
  private EhFrameRules() {}

  static void check(ElfImage image, Problems problems) {
    Section section = image.section(".eh_frame").orElse(null);
    if (section == null || section.size() == 0) {
      return;
    }
    EhFrame frames = new EhFrame(image, section);
    problems.require(frames.terminator() >= 0, "%s has no terminator", section);
    List<EhFrame.Fde> live =
        frames.fdes().stream()
            .filter(f -> f.size() > 0)
            .sorted(Comparator.comparingLong(EhFrame.Fde::from))
            .toList();
    for (int i = 0; i < live.size(); i++) {
      EhFrame.Fde fde = live.get(i);
      boolean code =
          image.sections().stream()
              .anyMatch(
                  s ->
                      s.executable()
                          && fde.from() >= s.address()
                          && fde.from() + fde.size() <= s.end());
      problems.require(code, "%s describes no code", fde);
      if (i > 0) {
        EhFrame.Fde before = live.get(i - 1);
        problems.require(
            before.from() + before.size() <= fde.from(), "%s and %s overlap", before, fde);
      }
    }
    header(image, problems, section, live);
  }

  private static void header(
      ElfImage image, Problems problems, Section frames, List<EhFrame.Fde> live) {
    Segment segment = image.segment(Elf.PT_GNU_EH_FRAME).orElse(null);
    if (segment == null) {
      return;
    }
    long at = segment.offset();
    problems.require(image.u8(at) == 1, ".eh_frame_hdr has version %d", image.u8(at));
    problems.require(
        image.u8(at + 1) == (EhFrame.DW_EH_PE_PCREL | EhFrame.DW_EH_PE_SDATA4)
            && image.u8(at + 2) == EhFrame.DW_EH_PE_UDATA4
            && image.u8(at + 3) == (EhFrame.DW_EH_PE_DATAREL | EhFrame.DW_EH_PE_SDATA4),
        ".eh_frame_hdr has unusual encodings");
    long pointed = segment.address() + 4 + image.s32(at + 4);
    problems.require(
        pointed == frames.address(), ".eh_frame_hdr points at %x, not %s", pointed, frames);
    table(image, problems, segment, live);
  }

  /** Gaps may repeat an entry: the search still ends at the right record. */
  private static void table(
      ElfImage image, Problems problems, Segment segment, List<EhFrame.Fde> live) {
    Map<Long, Long> begins = new HashMap<>();
    live.forEach(fde -> begins.put(fde.address(), fde.from()));
    long count = image.u32(segment.offset() + 8);
    if (!problems.require(
        12 + count * 8 <= segment.fileSize(), ".eh_frame_hdr has %d entries", count)) {
      return;
    }
    Set<Long> listed = new HashSet<>();
    long previous = Long.MIN_VALUE;
    for (long i = 0; i < count; i++) {
      long at = segment.offset() + 12 + i * 8;
      long from = segment.address() + image.s32(at);
      long fde = segment.address() + image.s32(at + 4);
      problems.require(from >= previous, ".eh_frame_hdr entry %d is not sorted", i);
      previous = from;
      Long begin = begins.get(fde);
      problems.require(
          begin != null && begin == from, ".eh_frame_hdr: %x is not the FDE at %x", from, fde);
      listed.add(fde);
    }
    for (EhFrame.Fde fde : live) {
      problems.require(listed.contains(fde.address()), "%s is not in .eh_frame_hdr", fde);
    }
  }
}
