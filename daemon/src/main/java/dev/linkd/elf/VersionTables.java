package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.diag.Code;
import dev.linkd.diag.Diagnostic;
import dev.linkd.diag.Place;
import dev.linkd.output.RelativePacking;
import dev.linkd.symbol.Symbols;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code .gnu.version}, {@code .gnu.version_r} and {@code .gnu.version_d}: which version each
 * import asks for, and which each definition has.
 */
final class VersionTables {

  private static final String C_LIBRARY = "libc.so.";
  private static final String C_VERSIONS = "GLIBC_2.";

  /** glibc loads modules with DT_RELR only when they say that they know what that requires. */
  private static final String PACKED_RELOCATIONS = "GLIBC_ABI_DT_RELR";

  private final LinkState state;
  private final Layout layout;
  private final Providers providers;
  private final ExportChoice exports;
  private final Symbols symbols;
  private final ByteBuilder bytes = new ByteBuilder();
  private final VersionDefinitions defined;
  final OutputSection versions;
  final OutputSection needs;

  /** Definitions whose version the output does not have. */
  private final List<Integer> unknown = new ArrayList<>();

  private int needed;

  VersionTables(
      LinkState state,
      Layout layout,
      Providers providers,
      ExportChoice exports,
      OutputSection dynamicSymbols,
      OutputSection strings) {
    this.state = state;
    this.layout = layout;
    this.providers = providers;
    this.exports = exports;
    this.symbols = state.symbols;
    SegmentKind tables = SegmentKind.TABLES;
    this.versions = layout.table(".gnu.version", SHT_GNU_VERSYM, SHF_ALLOC, tables, 2);
    this.defined = new VersionDefinitions(state, layout, exports.versions, strings);
    this.needs = layout.table(".gnu.version_r", SHT_GNU_VERNEED, SHF_ALLOC, tables, 0);
    versions.alignmentLog2 = 1;
    versions.link = dynamicSymbols;
    needs.link = strings;
  }

  /** Number of libraries of which versions are needed. */
  int needs() {
    return needed;
  }

  VersionDefinitions defined() {
    return defined;
  }

  /** Whether symbols have versions at all. */
  boolean used() {
    return needed > 0 || defined.count() > 0;
  }

  /** The version that an import asks for; null for none. */
  private @Nullable String version(int symbol) {
    Library library = providers.library(symbols.atom(symbol));
    String version = library.symbols.version((int) symbols.value(symbol));
    return version.isEmpty() ? null : version;
  }

  /**
   * Builds the tables.
   *
   * @param used libraries, by number, that something requires
   */
  void write(IntQueue ordered, BitSet used, ByteBuilder names) {
    int[] entries = new int[ordered.size() + 1];
    definitions(ordered, entries);
    Map<Integer, Map<String, Integer>> byLibrary = new HashMap<>();
    List<Library> order = imports(ordered, used, entries, byLibrary);
    needed = order.size();
    defined.write(names);
    if (!used()) {
      versions.tableSize = 0;
      needs.tableSize = 0;
      return;
    }
    bytes.clear();
    for (int entry : entries) {
      bytes.putShort(entry);
    }
    bytes.writeTo(state, layout, versions);
    writeNeeds(order, byLibrary, names);
  }

  /** First, because the numbers of needed versions follow those of the own ones. */
  private void definitions(IntQueue ordered, int[] entries) {
    unknown.clear();
    for (int i = 0; i < ordered.size(); i++) {
      int symbol = ordered.get(i);
      int resolution = symbols.state(symbol);
      entries[i + 1] = VER_NDX_GLOBAL;
      if (resolution != Symbols.IMPORTED && resolution != Symbols.UNDEFINED) {
        int version = exports.version(symbol);
        if (version == VersionNodes.NONE) {
          unknown.add(symbol);
        } else {
          entries[i + 1] = version;
        }
      }
    }
  }

  private List<Library> imports(
      IntQueue ordered, BitSet used, int[] entries, Map<Integer, Map<String, Integer>> byLibrary) {
    List<Library> order = new ArrayList<>();
    int next = VersionNodes.FIRST + exports.versions.versions().size();
    for (int i = 0; i < ordered.size(); i++) {
      int symbol = ordered.get(i);
      String version = symbols.state(symbol) == Symbols.IMPORTED ? version(symbol) : null;
      if (version == null) {
        continue;
      }
      Library library = providers.library(symbols.atom(symbol));
      if (library.asNeeded && !used.get(library.number)) {
        continue; // it may not be there at run time
      }
      Map<String, Integer> known = byLibrary.get(library.number);
      if (known == null) {
        known = new LinkedHashMap<>();
        byLibrary.put(library.number, known);
        order.add(library);
      }
      Integer given = known.get(version);
      if (given == null) {
        given = next++;
        known.put(version, given);
      }
      entries[i + 1] = given;
    }
    if (state.spec.dynamic().tags().packing() == RelativePacking.STANDARD) {
      for (Library library : order) {
        Map<String, Integer> known = byLibrary.getOrDefault(library.number, Map.of());
        if (library.soname.startsWith(C_LIBRARY)
            && known.keySet().stream().anyMatch(version -> version.startsWith(C_VERSIONS))) {
          known.put(PACKED_RELOCATIONS, next++);
        }
      }
    }
    return order;
  }

  private void writeNeeds(
      List<Library> order, Map<Integer, Map<String, Integer>> byLibrary, ByteBuilder names) {
    bytes.clear();
    for (int i = 0; i < order.size(); i++) {
      Library library = order.get(i);
      Map<String, Integer> used = byLibrary.getOrDefault(library.number, Map.of());
      int size = VERNEED_SIZE + used.size() * VERNAUX_SIZE;
      bytes.putShort(1).putShort(used.size()).putInt(names.putString(library.soname));
      bytes.putInt(VERNEED_SIZE).putInt(i + 1 < order.size() ? size : 0);
      int left = used.size();
      for (Map.Entry<String, Integer> entry : used.entrySet()) {
        bytes.putInt(hash(entry.getKey())).putShort(0).putShort(entry.getValue());
        bytes.putInt(names.putString(entry.getKey())).putInt(--left > 0 ? VERNAUX_SIZE : 0);
      }
    }
    needs.infoValue = order.size();
    bytes.writeTo(state, layout, needs);
  }

  /** Reports definitions with versions that no version script names. */
  void report() {
    exports.versions.reportUndefined(state.spec.dynamic().exports().undefinedVersions());
    if (!unknown.isEmpty()) {
      reportUnknown();
    }
  }

  private void reportUnknown() {
    for (int symbol : unknown) {
      String version = exports.stated(symbol);
      boolean exact = symbols.flag(symbol, Symbols.VERSIONED);
      String name = state.name(symbol) + (exact ? "" : "@@" + version);
      state.problems.add(
          Diagnostic.error(
              Code.UNDEFINED_SYMBOL,
              Place.symbol("", name),
              "symbol " + name + " has undefined version " + version,
              "version node not found for symbol " + name));
    }
  }

  static int hash(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return SysvHash.hash(MemorySegment.ofArray(utf8), 0, utf8.length);
  }
}
