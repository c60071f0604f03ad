package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.output.PlacementRules;
import dev.linkd.table.Segments;
import java.lang.foreign.MemorySegment;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where an input section goes: the name of the output section, its type, its segment, and whether
 * its atoms lie back to back in input order. The names are those of the GNU ld default script for
 * x86-64. Sections that have to be in the order of others (SHF_LINK_ORDER) lie back to back as
 * well, except in usual sections, where nobody counts on an order.
 *
 * @param segment null for sections that are not loaded
 * @param dense atoms keep the order of their inputs without gaps
 */
record SectionRule(
    String name, int type, long flags, @Nullable SegmentKind segment, boolean dense) {

  private static final long KEPT_FLAGS =
      SHF_WRITE | SHF_ALLOC | SHF_EXECINSTR | SHF_TLS | SHF_MERGE | SHF_STRINGS | SHF_X86_64_LARGE;

  /** Room for common symbols, called as by mold. */
  static final String COMMONS = ".common";

  /** Room for common thread-local symbols, called as by mold. */
  static final String THREAD_LOCAL_COMMONS = ".tls_common";

  /** Copies of objects of libraries, and of their constants, called as by mold. */
  static final String COPIES = ".copyrel";

  static final String CONSTANT_COPIES = ".copyrel.rel.ro";

  private static final String[] PREFIXES = {
    ".text",
    ".rodata",
    ".data.rel.ro",
    ".data",
    ".bss",
    ".tdata",
    ".tbss",
    ".gcc_except_table",
    ".init_array",
    ".fini_array",
    ".preinit_array",
    ".ctors",
    ".dtors",
    ".ltext",
    ".lrodata",
    ".ldata",
    ".lbss",
  };

  /** Parts of the code that can be sections of their own. */
  private static final String[] TEXT_PARTS = {
    ".text.hot", ".text.unknown", ".text.unlikely", ".text.startup", ".text.exit", ".text.split"
  };

  static SectionRule of(String input, int type, long inputFlags) {
    return of(input, type, inputFlags, PlacementRules.USUAL);
  }

  static SectionRule of(String input, int type, long inputFlags, PlacementRules choices) {
    String name = outputName(input, choices);
    long flags = inputFlags & KEPT_FLAGS;
    if ((flags & SHF_ALLOC) == 0) {
      boolean gaps = (flags & SHF_MERGE) != 0 || DebugFillers.gaps(name);
      return new SectionRule(name, type, flags, null, !gaps);
    }
    if ((flags & SHF_TLS) != 0) {
      long tls = SHF_ALLOC | SHF_WRITE | SHF_TLS;
      return new SectionRule(threadLocal(name, type), type, tls, SegmentKind.TLS, false);
    }
    flags &= ~(SHF_MERGE | SHF_STRINGS);
    boolean ordered = isIdentifier(name) || (inputFlags & SHF_LINK_ORDER) != 0;
    if ((flags & SHF_X86_64_LARGE) != 0) {
      return new SectionRule(name, type, flags, large(type, flags), isIdentifier(name));
    }
    if ((flags & SHF_EXECINSTR) != 0) {
      return code(name, type, flags, ordered);
    }
    boolean array = ARRAYS.contains(name);
    long written = array ? flags | SHF_WRITE : flags; // some assemblers do not say so
    return (written & SHF_WRITE) != 0
        ? writable(name, type, written, ordered)
        : readOnly(name, type, written, ordered);
  }

  private static String threadLocal(String name, int type) {
    if (type != SHT_NOBITS) {
      return ".tdata";
    }
    return name.equals(THREAD_LOCAL_COMMONS) ? name : ".tbss";
  }

  /** The rule for sections of one name that inputs give different permissions: it has them all. */
  SectionRule joined(OutputSection other) {
    long all = flags | other.flags;
    return new SectionRule(name, type, all, SegmentKind.other(all), dense || other.dense);
  }

  private static final Set<String> ARRAYS = Set.of(".init_array", ".fini_array", ".preinit_array");

  private static SegmentKind large(int type, long flags) {
    if ((flags & SHF_EXECINSTR) != 0) {
      return SegmentKind.LARGE_TEXT;
    }
    if ((flags & SHF_WRITE) == 0) {
      return SegmentKind.LARGE_RODATA;
    }
    return type == SHT_NOBITS ? SegmentKind.LARGE_BSS : SegmentKind.LARGE_DATA;
  }

  private static String outputName(String input, PlacementRules choices) {
    for (String pattern : choices.unique()) {
      if (Glob.matches(pattern, input)) {
        return input;
      }
    }
    if (choices.textPrefixes()) {
      String part = named(input, TEXT_PARTS);
      if (!part.isEmpty()) {
        return part;
      }
    }
    String usual = named(input, PREFIXES);
    return usual.isEmpty() ? input : usual;
  }

  /** The first of some names that the input's is or begins with, up to a dot; empty for none. */
  private static String named(String input, String[] names) {
    for (String prefix : names) {
      if (input.startsWith(prefix)
          && (input.length() == prefix.length() || input.charAt(prefix.length()) == '.')) {
        return prefix;
      }
    }
    return "";
  }

  /**
   * Number of the usual output section that an input section belongs to by its name; -1 for none.
   * Sections with one number, type and flags have one rule.
   */
  static int usual(MemorySegment bytes, long offset, int length) {
    for (int i = 0; i < PREFIXES.length; i++) {
      String prefix = PREFIXES[i];
      int end = prefix.length();
      if ((length == end || (length > end && Segments.getByte(bytes, offset + end) == '.'))
          && startsWith(bytes, offset, prefix)) {
        return i;
      }
    }
    return -1;
  }

  private static boolean startsWith(MemorySegment bytes, long offset, String prefix) {
    for (int i = 0; i < prefix.length(); i++) {
      if (Segments.getByte(bytes, offset + i) != prefix.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static SectionRule code(String name, int type, long flags, boolean ordered) {
    if (name.equals(".text")) {
      return new SectionRule(name, type, flags, SegmentKind.TEXT, false);
    }
    boolean dense = name.equals(".init") || name.equals(".fini") || ordered;
    return new SectionRule(name, type, flags, SegmentKind.other(flags), dense);
  }

  private static SectionRule writable(String name, int type, long flags, boolean ordered) {
    switch (name) {
      case ".data":
        return new SectionRule(name, SHT_PROGBITS, flags, SegmentKind.DATA, false);
      case ".bss":
        return new SectionRule(
            name, type, flags, type == SHT_NOBITS ? SegmentKind.BSS : SegmentKind.DATA, false);
      case ".data.rel.ro", CONSTANT_COPIES:
        return new SectionRule(name, type, flags, SegmentKind.RELRO, false);
      case ".init_array":
        return new SectionRule(name, SHT_INIT_ARRAY, flags, SegmentKind.RELRO, true);
      case ".fini_array":
        return new SectionRule(name, SHT_FINI_ARRAY, flags, SegmentKind.RELRO, true);
      case ".preinit_array":
        return new SectionRule(name, SHT_PREINIT_ARRAY, flags, SegmentKind.RELRO, true);
      case ".tm_clone_table": // nearly always empty: no segment of its own
        return new SectionRule(name, type, flags, SegmentKind.DATA, true);
      case ".ctors", ".dtors", ".jcr":
        return new SectionRule(name, type, flags, SegmentKind.RELRO, true);
      default:
        SegmentKind segment = type == SHT_NOBITS ? SegmentKind.BSS : SegmentKind.OTHER_WRITE;
        return new SectionRule(name, type, flags, segment, ordered);
    }
  }

  private static SectionRule readOnly(String name, int type, long flags, boolean ordered) {
    switch (name) {
      case ".rodata":
        return new SectionRule(name, SHT_PROGBITS, flags, SegmentKind.RODATA, false);
      case ".eh_frame":
        return new SectionRule(name, SHT_PROGBITS, flags, SegmentKind.EH_FRAME, false);
      case ".gcc_except_table":
        return new SectionRule(name, type, flags, SegmentKind.GCC_EXCEPT_TABLE, false);
      default:
        if (type == SHT_NOTE) {
          boolean usual = name.equals(".note.ABI-tag");
          SegmentKind segment = usual ? SegmentKind.HEADERS : SegmentKind.TABLES;
          return new SectionRule(name, type, flags, segment, true);
        }
        // Debuggers take the start of .stapsdt.base for the one byte that probes are relative to.
        boolean dense = ordered || name.equals(".stapsdt.base");
        return new SectionRule(name, type, flags, SegmentKind.OTHER_READ, dense);
    }
  }

  /** Whether {@code __start_} and {@code __stop_} symbols can name the section. */
  static boolean isIdentifier(String name) {
    if (name.isEmpty() || Character.isDigit(name.charAt(0))) {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
      if (!letter && !(c >= '0' && c <= '9')) {
        return false;
      }
    }
    return true;
  }
}
