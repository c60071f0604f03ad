package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.object.ElfObject;
import dev.linkd.table.Segments;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Sections with contents that have no bytes in the image: those that a linker script does not load,
 * and with {@code --zero-to-bss} variables in sections with names of their own that are written out
 * as zeros. Of the latter those that have boundary symbols stay whole.
 */
final class ZeroSections {
  private static final long FORBIDDEN =
      SHF_EXECINSTR | SHF_TLS | SHF_MERGE | SHF_COMPRESSED | SHF_LINK_ORDER;

  private final boolean wanted;
  private final @Nullable ScriptLayout script;

  ZeroSections(Layout layout, LinkState state) {
    this.script = layout.script();
    this.wanted = state.spec.sections().zerosOmitted() && !layout.scripted();
  }

  boolean are(ElfObject object, int s) {
    return unloaded(object, s) || zeros(object, s);
  }

  /** What is in such a section is neither written nor relocated. */
  boolean unloaded(ElfObject object, int s) {
    ScriptLayout places = script;
    return places != null
        && (object.sectionFlags(s) & SHF_ALLOC) != 0
        && places.unloaded(object.name(), object.sectionName(s), object.sectionFlags(s));
  }

  private boolean zeros(ElfObject object, int s) {
    if (!wanted) {
      return false;
    }
    long flags = object.sectionFlags(s);
    boolean variables = (flags & SHF_ALLOC) != 0 && (flags & SHF_WRITE) != 0;
    return variables
        && (flags & FORBIDDEN) == 0
        && object.sectionType(s) == SHT_PROGBITS
        && object.relocationCount(s) == 0
        && separate(object.sectionName(s), flags)
        && zeros(object.sectionBytes(s));
  }

  private static boolean separate(String name, long flags) {
    SectionRule rule = SectionRule.of(name, SHT_PROGBITS, flags);
    return rule.segment() == SegmentKind.OTHER_WRITE && !rule.dense();
  }

  private static boolean zeros(MemorySegment bytes) {
    for (long i = 0; i < bytes.byteSize(); i++) {
      if (Segments.getByte(bytes, i) != 0) {
        return false;
      }
    }
    return true;
  }
}
