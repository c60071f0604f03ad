package dev.linkd.elf;

import dev.linkd.elf.ScriptNames.Memory;
import java.util.Locale;

/** How full the regions of a linker script's MEMORY are, in the columns of GNU ld. */
final class MemoryReport {
  private static final String[] UNITS = {"GB", "MB", "KB"};

  private MemoryReport() {}

  static String text(Iterable<Memory> regions) {
    StringBuilder text =
        new StringBuilder("Memory region         Used Size  Region Size  %age Used\n");
    for (Memory region : regions) {
      long used = region.next - region.origin;
      text.append("%16s: ".formatted(region.command.name()))
          .append(size(used))
          .append(size(region.length));
      if (region.length != 0) {
        text.append(String.format(Locale.ROOT, "    %6.2f%%", used * 100.0 / region.length));
      }
      text.append('\n');
    }
    return text.toString();
  }

  /** In the greatest unit that needs no fraction. */
  private static String size(long bytes) {
    for (int i = 0; i < UNITS.length; i++) {
      int log2 = 10 * (UNITS.length - i);
      if (bytes != 0 && (bytes & ((1L << log2) - 1)) == 0) {
        return "%10d %s".formatted(bytes >> log2, UNITS[i]);
      }
    }
    return " %10d B".formatted(bytes);
  }
}
