package dev.linkd.object;

import static dev.linkd.object.ElfConstants.DT_VERDEF;
import static dev.linkd.object.ElfConstants.DT_VERDEFNUM;
import static dev.linkd.object.ElfConstants.DT_VERNEED;
import static dev.linkd.object.ElfConstants.DT_VERNEEDNUM;
import static dev.linkd.object.ElfConstants.DT_VERSYM;
import static dev.linkd.object.ElfConstants.VERDEF_SIZE;
import static dev.linkd.object.ElfConstants.VERNAUX_SIZE;
import static dev.linkd.object.ElfConstants.VERNEED_SIZE;
import static dev.linkd.object.ElfConstants.VERSYM_HIDDEN;
import static dev.linkd.object.ElfConstants.VERSYM_VERSION;
import static dev.linkd.object.ElfConstants.VER_FLG_BASE;
import static dev.linkd.object.ElfConstants.VER_NDX_GLOBAL;

import dev.linkd.diag.LinkException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Symbol versions of a shared library (GNU extension): for each symbol a 16-bit version index,
 * whose name is in the definitions (DT_VERDEF) or, for undefined symbols, the requirements
 * (DT_VERNEED).
 */
final class SymbolVersions {
  private static final long UNNAMED = -1;

  /** Index of the empty name, which the base version gets. */
  private static final long EMPTY = 0;

  private final InputBytes in;
  private final DynamicSection dynamic;
  private final List<String> defined = new ArrayList<>();
  private long symbolTable = -1;

  /** For each version index the index of its name in the string table, or {@link #UNNAMED}. */
  private long[] names = {};

  private SymbolVersions(InputBytes in, DynamicSection dynamic) {
    this.in = in;
    this.dynamic = dynamic;
  }

  static SymbolVersions read(InputBytes in, DynamicSection dynamic, int symbols)
      throws LinkException {
    SymbolVersions versions = new SymbolVersions(in, dynamic);
    if (dynamic.has(DT_VERDEF)) {
      versions.readDefinitions();
    }
    if (dynamic.has(DT_VERNEED)) {
      versions.readRequirements();
    }
    if (dynamic.has(DT_VERSYM)) {
      versions.symbolTable = dynamic.table(DT_VERSYM, "DT_VERSYM", symbols * 2L);
      versions.checkSymbols(symbols);
    }
    return versions;
  }

  /** {@code vd_version, vd_flags, vd_ndx, vd_cnt (2 bytes each), vd_hash, vd_aux, vd_next}. */
  private void readDefinitions() throws LinkException {
    long table = dynamic.table(DT_VERDEF, "DT_VERDEF", VERDEF_SIZE);
    long end = table + dynamic.stored(DT_VERDEF);
    long count = dynamic.value(DT_VERDEFNUM, 0);
    long at = table;
    for (long i = 0; i < count; i++) {
      check(at, VERDEF_SIZE, end, "DT_VERDEF");
      long aux = at + in.u32(at + 12);
      check(aux, Integer.BYTES, end, "DT_VERDEF");
      long name = in.u32(aux);
      dynamic.checkString(name, "DT_VERDEF");
      boolean base = (in.u16(at + 2) & VER_FLG_BASE) != 0;
      set(in.u16(at + 4) & VERSYM_VERSION, base ? EMPTY : name);
      if (!base) {
        defined.add(dynamic.string(name));
      }
      long next = in.u32(at + 16);
      if (next == 0) {
        return;
      }
      at += next;
    }
  }

  /** {@code vn_version, vn_cnt (2 bytes each), vn_file, vn_aux, vn_next}. */
  private void readRequirements() throws LinkException {
    long table = dynamic.table(DT_VERNEED, "DT_VERNEED", VERNEED_SIZE);
    long end = table + dynamic.stored(DT_VERNEED);
    long count = dynamic.value(DT_VERNEEDNUM, 0);
    long at = table;
    for (long i = 0; i < count; i++) {
      check(at, VERNEED_SIZE, end, "DT_VERNEED");
      readRequired(at + in.u32(at + 8), in.u16(at + 2), end);
      long next = in.u32(at + 12);
      if (next == 0) {
        return;
      }
      at += next;
    }
  }

  /** {@code vna_hash (4), vna_flags (2), vna_other (2), vna_name (4), vna_next (4)}. */
  private void readRequired(long first, int count, long end) throws LinkException {
    long at = first;
    for (int i = 0; i < count; i++) {
      check(at, VERNAUX_SIZE, end, "DT_VERNEED");
      long name = in.u32(at + 8);
      dynamic.checkString(name, "DT_VERNEED");
      set(in.u16(at + 6) & VERSYM_VERSION, name);
      long next = in.u32(at + 12);
      if (next == 0) {
        return;
      }
      at += next;
    }
  }

  private void check(long at, long size, long end, String what) throws LinkException {
    if (at > end - size) {
      throw in.malformed(at, what + " reaches beyond its segment");
    }
  }

  private void set(int version, long name) {
    if (version >= names.length) {
      int old = names.length;
      names = Arrays.copyOf(names, Math.max(version + 1, old * 2));
      Arrays.fill(names, old, names.length, UNNAMED);
    }
    names[version] = name;
  }

  private void checkSymbols(int symbols) throws LinkException {
    for (int y = 1; y < symbols; y++) {
      int version = version(y);
      if (version > VER_NDX_GLOBAL && nameOf(version) == UNNAMED) {
        throw in.malformed(
            symbolTable + y * 2L,
            "dynamic symbol " + y + " has version " + version + ", which is not defined");
      }
    }
  }

  private long nameOf(int version) {
    return version < names.length ? names[version] : UNNAMED;
  }

  private int entry(int y) {
    return symbolTable < 0 ? VER_NDX_GLOBAL : in.u16(symbolTable + y * 2L);
  }

  int version(int y) {
    return entry(y) & VERSYM_VERSION;
  }

  boolean hidden(int y) {
    return (entry(y) & VERSYM_HIDDEN) != 0;
  }

  /** Whether the version has a name: it is neither local, global nor the base version. */
  boolean named(int version) {
    return version > VER_NDX_GLOBAL && nameOf(version) != UNNAMED;
  }

  long nameOffset(int version) {
    return dynamic.stringOffset(nameOf(version));
  }

  int nameLength(int version) {
    return named(version) ? dynamic.stringLength(nameOf(version)) : 0;
  }

  String name(int version) {
    return named(version) ? dynamic.string(nameOf(version)) : "";
  }

  /** Names of the versions that the library defines, without its base version. */
  List<String> defined() {
    return List.copyOf(defined);
  }
}
