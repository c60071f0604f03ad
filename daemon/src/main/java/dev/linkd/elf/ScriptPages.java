package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.SHF_EXECINSTR;
import static dev.linkd.object.ElfConstants.SHF_WRITE;

import org.jspecify.annotations.Nullable;

/**
 * Which sections begin a page in an image with an order of sections: those with other permissions
 * than the section directly before. Linker scripts say themselves where pages begin.
 */
final class ScriptPages {
  private static final long PERMISSIONS = SHF_WRITE | SHF_EXECINSTR;

  private final boolean ordered;
  private final long page;
  private @Nullable OutputSection last;
  private long end;

  ScriptPages(boolean ordered, int pageLog2) {
    this.ordered = ordered;
    this.page = 1L << pageLog2;
  }

  /** Begins with the first section. */
  void begin() {
    last = null;
  }

  /** Where a section begins that nothing else has an address for. */
  long start(long dot, OutputSection section) {
    OutputSection before = last;
    boolean apart =
        ordered
            && before != null
            && dot == end
            && (before.flags & PERMISSIONS) != (section.flags & PERMISSIONS);
    return apart ? (dot + page - 1) & -page : dot;
  }

  /** A section ends at an address. */
  void ended(OutputSection section, long address) {
    last = section;
    end = address;
  }
}
