package dev.linkd.oracle.image;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/** The dynamic section: each entry leads to the section that it means. */
final class DynamicRules {
  private static final Map<Integer, String> ADDRESSES =
      Map.ofEntries(
          Map.entry(Elf.DT_STRTAB, ".dynstr"),
          Map.entry(Elf.DT_SYMTAB, ".dynsym"),
          Map.entry(Elf.DT_GNU_HASH, ".gnu.hash"),
          Map.entry(Elf.DT_HASH, ".hash"),
          Map.entry(Elf.DT_RELA, ".rela.dyn"),
          Map.entry(Elf.DT_JMPREL, ".rela.plt"),
          Map.entry(Elf.DT_INIT, ".init"),
          Map.entry(Elf.DT_FINI, ".fini"),
          Map.entry(Elf.DT_INIT_ARRAY, ".init_array"),
          Map.entry(Elf.DT_FINI_ARRAY, ".fini_array"),
          Map.entry(Elf.DT_PREINIT_ARRAY, ".preinit_array"),
          Map.entry(Elf.DT_VERSYM, ".gnu.version"),
          Map.entry(Elf.DT_VERNEED, ".gnu.version_r"),
          Map.entry(Elf.DT_VERDEF, ".gnu.version_d"));

  private static final Map<Integer, Integer> SIZE_OF =
      Map.of(
          Elf.DT_STRSZ, Elf.DT_STRTAB,
          Elf.DT_RELASZ, Elf.DT_RELA,
          Elf.DT_PLTRELSZ, Elf.DT_JMPREL,
          Elf.DT_INIT_ARRAYSZ, Elf.DT_INIT_ARRAY,
          Elf.DT_FINI_ARRAYSZ, Elf.DT_FINI_ARRAY,
          Elf.DT_PREINIT_ARRAYSZ, Elf.DT_PREINIT_ARRAY);

  /**
   * What DT_RELA may hold. R_X86_64_NONE is passed over by the dynamic linker there, but not in
   * DT_JMPREL and not among the relative ones that DT_RELACOUNT counts.
   */
  private static final Set<Integer> KINDS =
      Set.of(
          Elf.R_X86_64_NONE,
          Elf.R_X86_64_64,
          Elf.R_X86_64_COPY,
          Elf.R_X86_64_GLOB_DAT,
          Elf.R_X86_64_RELATIVE,
          Elf.R_X86_64_DTPMOD64,
          Elf.R_X86_64_DTPOFF64,
          Elf.R_X86_64_TPOFF64,
          Elf.R_X86_64_TLSDESC,
          Elf.R_X86_64_IRELATIVE);

  private DynamicRules() {}

  static void check(ElfImage image, Problems problems) {
    Dynamic dynamic = new Dynamic(image);
    if (!dynamic.present()) {
      return;
    }
    problems.require(dynamic.terminated(), ".dynamic has no DT_NULL");
    Segment segment = image.segment(Elf.PT_DYNAMIC).orElseThrow();
    image
        .section(".dynamic")
        .ifPresent(
            s ->
                problems.require(
                    s.address() == segment.address() && s.size() == segment.memorySize(),
                    "PT_DYNAMIC is not %s",
                    s));
    entries(image, problems, dynamic);
    sizes(image, problems, dynamic);
    dynamic.strings(Elf.DT_NEEDED).forEach(n -> problems.require(!n.isEmpty(), "DT_NEEDED ''"));
    relocations(image, problems, dynamic);
  }

  private static void entries(ElfImage image, Problems problems, Dynamic dynamic) {
    Set<Long> seen = new HashSet<>();
    for (DynamicEntry entry : dynamic.entries()) {
      boolean repeats = entry.tag() == Elf.DT_NEEDED;
      problems.require(repeats || seen.add(entry.tag()), "DT %x occurs twice", entry.tag());
      String name = ADDRESSES.get((int) entry.tag());
      if (name != null) {
        long address = image.section(name).map(Section::address).orElse(-1L);
        problems.require(
            address == entry.value(),
            "DT %x is %x but %s is at %x",
            entry.tag(),
            entry.value(),
            name,
            address);
      }
    }
    for (int tag : new int[] {Elf.DT_STRTAB, Elf.DT_SYMTAB, Elf.DT_STRSZ, Elf.DT_SYMENT}) {
      problems.require(dynamic.value(tag).isPresent(), "DT %x is missing", tag);
    }
    problems.require(
        dynamic.value(Elf.DT_HASH).isPresent() || dynamic.value(Elf.DT_GNU_HASH).isPresent(),
        "no hash table");
    dynamic
        .value(Elf.DT_PLTREL)
        .ifPresent(v -> problems.require(v == Elf.DT_RELA, "DT_PLTREL is %d", v));
    dynamic.value(Elf.DT_RELAENT).ifPresent(v -> problems.require(v == 24, "DT_RELAENT %d", v));
    dynamic.value(Elf.DT_SYMENT).ifPresent(v -> problems.require(v == 24, "DT_SYMENT %d", v));
  }

  private static void sizes(ElfImage image, Problems problems, Dynamic dynamic) {
    SIZE_OF.forEach(
        (sizeTag, addressTag) -> {
          OptionalLong size = dynamic.value(sizeTag);
          boolean paired = size.isPresent() == dynamic.value(addressTag).isPresent();
          problems.require(paired, "DT %x without DT %x", sizeTag, addressTag);
          String name = ADDRESSES.getOrDefault(addressTag, "");
          image
              .section(name)
              .filter(s -> size.isPresent())
              .ifPresent(
                  s ->
                      problems.require(
                          s.size() == size.getAsLong(),
                          "DT %x is %x, %s",
                          sizeTag,
                          size.getAsLong(),
                          s));
        });
  }

  private static void relocations(ElfImage image, Problems problems, Dynamic dynamic) {
    List<DynamicRelocation> all = dynamic.relocations();
    long relative = dynamic.value(Elf.DT_RELACOUNT).orElse(-1);
    for (int i = 0; i < all.size(); i++) {
      boolean isRelative = all.get(i).kind() == Elf.R_X86_64_RELATIVE;
      problems.require(
          relative < 0 || isRelative || i >= relative, "DT_RELACOUNT covers %s", all.get(i));
      problems.require(KINDS.contains(all.get(i).kind()), "%s in DT_RELA", all.get(i));
    }
    for (DynamicRelocation relocation : dynamic.allRelocations()) {
      boolean nothing = relocation.kind() == Elf.R_X86_64_NONE;
      problems.require(
          relocation.symbol() < Math.max(1, image.dynamicSymbols().size()),
          "%s: no such symbol",
          relocation);
      problems.require(
          nothing || writable(image, relocation.address()), "%s is not writable", relocation);
    }
    for (DynamicRelocation relocation : dynamic.jumpRelocations()) {
      boolean allowed =
          relocation.kind() == Elf.R_X86_64_JUMP_SLOT
              || relocation.kind() == Elf.R_X86_64_IRELATIVE;
      problems.require(allowed, "%s in DT_JMPREL", relocation);
    }
  }

  private static boolean writable(ElfImage image, long address) {
    return image.loads().stream()
        .anyMatch(l -> (l.flags() & Elf.PF_W) != 0 && l.containsAddress(address));
  }
}
