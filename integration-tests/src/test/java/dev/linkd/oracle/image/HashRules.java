package dev.linkd.oracle.image;

/** Every exported name is found, and a lookup of any other name ends. */
final class HashRules {
  private static final int ABSENT_NAMES = 500;

  private HashRules() {}

  static void check(ElfImage image, Problems problems) {
    image.section(".gnu.hash").ifPresent(s -> gnu(image, problems, new GnuHash(image, s)));
    image.section(".hash").ifPresent(s -> sysV(image, problems, s));
  }

  private static void gnu(ElfImage image, Problems problems, GnuHash hash) {
    for (ElfSymbol symbol : image.dynamicSymbols()) {
      if (!symbol.local() && symbol.defined()) {
        problems.require(
            hash.finds(symbol.name(), symbol.index()), ".gnu.hash does not find %s", symbol);
      }
    }
    for (int i = 0; i < ABSENT_NAMES; i++) {
      String name = "linkd absent " + i;
      problems.require(!hash.finds(name), ".gnu.hash finds '%s'", name);
    }
  }

  private static void sysV(ElfImage image, Problems problems, Section section) {
    long buckets = image.u32(section.offset());
    long chains = image.u32(section.offset() + 4);
    problems.require(chains == image.dynamicSymbols().size(), "%s: nchain is %d", section, chains);
    problems.require(section.size() >= 8 + 4 * (buckets + chains), "%s is too small", section);
    for (long bucket = 0; bucket < buckets; bucket++) {
      long symbol = image.u32(section.offset() + 8 + 4 * bucket);
      long steps = 0;
      while (symbol != 0 && steps <= chains) {
        symbol = image.u32(section.offset() + 8 + 4 * (buckets + symbol));
        steps++;
      }
      problems.require(steps <= chains, "%s: chain %d does not end", section, bucket);
    }
  }
}
