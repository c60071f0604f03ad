package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.symbol.Symbols;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code .gnu.version} and {@code .gnu.version_r}: which version each import asks for. */
final class VersionTables {

  /** First version number that the gABI leaves to the linker. */
  private static final int VERSION_FIRST = 2;

  private final LinkState state;
  private final Layout layout;
  private final Providers providers;
  private final Symbols symbols;
  private final ByteBuilder bytes = new ByteBuilder();
  final OutputSection versions;
  final OutputSection needs;
  private int needed;

  VersionTables(
      LinkState state,
      Layout layout,
      Providers providers,
      OutputSection dynamicSymbols,
      OutputSection strings) {
    this.state = state;
    this.layout = layout;
    this.providers = providers;
    this.symbols = state.symbols;
    SegmentKind tables = SegmentKind.TABLES;
    this.versions = layout.table(".gnu.version", SHT_GNU_VERSYM, SHF_ALLOC, tables, 2);
    this.needs = layout.table(".gnu.version_r", SHT_GNU_VERNEED, SHF_ALLOC, tables, 0);
    versions.alignmentLog2 = 1;
    versions.link = dynamicSymbols;
    needs.link = strings;
  }

  /** Number of libraries of which versions are needed. */
  int needs() {
    return needed;
  }

  /** The version that an import asks for; null for none. */
  private @Nullable String version(int symbol) {
    if (symbols.state(symbol) != Symbols.IMPORTED) {
      return null;
    }
    Library library = providers.library(symbols.provider(symbol));
    String version = library.symbols.version((int) symbols.value(symbol));
    return version.isEmpty() ? null : version;
  }

  void write(IntQueue ordered, ByteBuilder names) {
    Map<Integer, Map<String, Integer>> byLibrary = new HashMap<>();
    List<Library> order = new ArrayList<>();
    int next = VERSION_FIRST;
    bytes.clear();
    bytes.putShort(VER_NDX_LOCAL);
    for (int i = 0; i < ordered.size(); i++) {
      int symbol = ordered.get(i);
      String version = version(symbol);
      int index = VER_NDX_GLOBAL;
      if (version != null) {
        Library library = providers.library(symbols.provider(symbol));
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
        index = given;
      }
      bytes.putShort(index);
    }
    needed = order.size();
    if (needed == 0) {
      versions.tableSize = 0;
      needs.tableSize = 0;
      return;
    }
    bytes.writeTo(state, layout, versions);
    writeNeeds(order, byLibrary, names);
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
        bytes.putInt(sysvHash(entry.getKey())).putShort(0).putShort(entry.getValue());
        bytes.putInt(names.putString(entry.getKey())).putInt(--left > 0 ? VERNAUX_SIZE : 0);
      }
    }
    needs.infoValue = order.size();
    bytes.writeTo(state, layout, needs);
  }

  private static int sysvHash(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return SysvHash.hash(MemorySegment.ofArray(utf8), 0, utf8.length);
  }
}
