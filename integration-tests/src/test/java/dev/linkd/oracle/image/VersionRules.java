package dev.linkd.oracle.image;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Symbol versions: each index is declared, each declaration names a needed library. */
final class VersionRules {
  private VersionRules() {}

  static void check(ElfImage image, Problems problems) {
    Dynamic dynamic = new Dynamic(image);
    Section versions = image.section(".gnu.version").orElse(null);
    if (versions == null) {
      problems.require(dynamic.value(Elf.DT_VERNEED).isEmpty(), "DT_VERNEED without .gnu.version");
      return;
    }
    problems.require(
        versions.size() / 2 == image.dynamicSymbols().size(),
        "%s has %d entries for %d symbols",
        versions,
        versions.size() / 2,
        image.dynamicSymbols().size());
    Set<Integer> declared = new HashSet<>(Set.of(0, 1));
    needed(image, problems, dynamic, declared);
    defined(image, problems, dynamic, declared);
    for (ElfSymbol symbol : image.dynamicSymbols()) {
      int version = image.u16(versions.offset() + 2L * symbol.index()) & 0x7fff;
      problems.require(declared.contains(version), "%s: version %d", symbol, version);
    }
  }

  private static void needed(
      ElfImage image, Problems problems, Dynamic dynamic, Set<Integer> declared) {
    long count = dynamic.value(Elf.DT_VERNEEDNUM).orElse(0);
    if (count == 0) {
      return;
    }
    List<String> libraries = dynamic.strings(Elf.DT_NEEDED);
    long at = image.fileOffset(dynamic.value(Elf.DT_VERNEED).orElseThrow());
    for (long i = 0; i < count; i++) {
      String library = dynamic.string(image.u32(at + 4));
      problems.require(libraries.contains(library), "versions of %s, not needed", library);
      long entry = at + image.u32(at + 8);
      for (int k = 0; k < image.u16(at + 2); k++) {
        String name = dynamic.string(image.u32(entry + 8));
        problems.require(image.u32(entry) == hash(name), "hash of version %s", name);
        int index = image.u16(entry + 6);
        problems.require(declared.add(index), "version index %d occurs twice", index);
        entry += image.u32(entry + 12);
      }
      at += image.u32(at + 12);
    }
  }

  private static void defined(
      ElfImage image, Problems problems, Dynamic dynamic, Set<Integer> declared) {
    long count = dynamic.value(Elf.DT_VERDEFNUM).orElse(0);
    if (count == 0) {
      return;
    }
    long at = image.fileOffset(dynamic.value(Elf.DT_VERDEF).orElseThrow());
    for (long i = 0; i < count; i++) {
      String name = dynamic.string(image.u32(at + image.u32(at + 12)));
      problems.require(image.u32(at + 8) == hash(name), "hash of version %s", name);
      declared.add(image.u16(at + 4));
      at += image.u32(at + 16);
    }
  }

  /** The System V hash of the gABI. */
  private static long hash(String name) {
    long hash = 0;
    for (byte letter : name.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash << 4) + (letter & 0xff);
      long high = hash & 0xf0000000L;
      hash = (hash ^ (high >> 24)) & ~high;
    }
    return hash;
  }
}
