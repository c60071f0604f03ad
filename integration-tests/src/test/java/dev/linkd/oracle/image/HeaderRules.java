package dev.linkd.oracle.image;

import java.util.Set;

/** The ELF header and the places of the two tables it names. */
final class HeaderRules {
  private static final Set<Integer> OS_ABIS = Set.of(0, 3);

  private HeaderRules() {}

  static void check(ElfImage image, Problems problems) {
    problems.require(image.u8(4) == 2, "EI_CLASS is %d", image.u8(4));
    problems.require(image.u8(5) == 1, "EI_DATA is %d", image.u8(5));
    problems.require(image.u8(6) == 1, "EI_VERSION is %d", image.u8(6));
    problems.require(OS_ABIS.contains(image.u8(7)), "EI_OSABI is %d", image.u8(7));
    for (int i = 8; i < 16; i++) {
      problems.require(image.u8(i) == 0, "e_ident[%d] is %d", i, image.u8(i));
    }
    problems.require(
        image.type() == Elf.ET_EXEC || image.type() == Elf.ET_DYN, "e_type is %d", image.type());
    problems.require(image.machine() == Elf.EM_X86_64, "e_machine is %d", image.machine());
    problems.require(image.s32(20) == 1, "e_version is %d", image.s32(20));
    problems.require(image.s32(48) == 0, "e_flags is %x", image.s32(48));
    problems.require(image.u16(52) == 64, "e_ehsize is %d", image.u16(52));
    problems.require(image.u16(54) == 56, "e_phentsize is %d", image.u16(54));
    problems.require(image.u16(58) == 64, "e_shentsize is %d", image.u16(58));
    problems.require(
        image.u16(62) < image.u16(60), "e_shstrndx %d of %d", image.u16(62), image.u16(60));
    problems.require(image.segmentTable() % 8 == 0, "e_phoff is %x", image.segmentTable());
    problems.require(image.sectionTable() % 8 == 0, "e_shoff is %x", image.sectionTable());
    entry(image, problems);
    programHeaderSegment(image, problems);
  }

  private static void entry(ElfImage image, Problems problems) {
    if (image.type() == Elf.ET_DYN && image.entry() == 0) {
      return;
    }
    boolean executable =
        image.loads().stream()
            .anyMatch(s -> (s.flags() & Elf.PF_X) != 0 && s.containsAddress(image.entry()));
    problems.require(executable, "e_entry %x is not in an executable segment", image.entry());
  }

  private static void programHeaderSegment(ElfImage image, Problems problems) {
    Segment table = image.segment(Elf.PT_PHDR).orElse(null);
    if (table == null) {
      return;
    }
    problems.require(table.offset() == image.segmentTable(), "PT_PHDR is not e_phoff");
    problems.require(
        table.fileSize() == 56L * image.segments().size(), "PT_PHDR has size %x", table.fileSize());
    problems.require(
        image.fileOffset(table.address()) == table.offset(),
        "PT_PHDR is not loaded at its address");
    int firstLoad = image.segments().indexOf(image.loads().getFirst());
    problems.require(image.segments().indexOf(table) < firstLoad, "PT_PHDR follows a PT_LOAD");
  }
}
