package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.diag.LinkException;
import dev.linkd.elf.ScriptNames.Memory;
import dev.linkd.object.LayoutCommand.Section;
import dev.linkd.object.LayoutScript;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which region of memory a section of a linker script belongs to, and where it is loaded: the rules
 * of GNU ld. Who names neither a load address nor a region for it is loaded from the region of the
 * section before, if both have one region; else as far from its address as the last such section in
 * its region.
 */
final class ScriptLoads {
  private final ScriptNames names;
  private final ScriptExpressions expressions;

  /** Region from which sections are loaded; absent without one. */
  private final Map<Section, String> loadRegions;

  /** From address to load address of the last section of a region that names no load region. */
  private final Map<@Nullable Memory, Long> distances = new HashMap<>();

  /** What the last section is loaded from, when that is another region than its own. */
  private @Nullable Memory lastLoaded;

  private long lastDistance;

  ScriptLoads(ScriptLayout places, ScriptNames names, ScriptExpressions expressions) {
    this.names = names;
    this.expressions = expressions;
    this.loadRegions = loadRegions(places.script);
  }

  /** The regions from which sections are loaded; a section is loaded as the one before it. */
  static Map<Section, String> loadRegions(LayoutScript script) {
    Map<Section, String> loadRegions = new IdentityHashMap<>();
    String region = "";
    String loaded = "";
    for (Section section : script.all(Section.class).toList()) {
      boolean inherits =
          section.loadRegion().isEmpty()
              && section.loadAddress().isEmpty()
              && section.address().isEmpty()
              && section.region().equals(region);
      loaded = inherits ? loaded : section.loadRegion();
      region = section.region();
      if (!loaded.isEmpty()) {
        loadRegions.put(section, loaded);
      }
    }
    return loadRegions;
  }

  void begin() {
    distances.clear();
    lastLoaded = null;
    lastDistance = 0;
  }

  /** The region of a section; null when it belongs to none. */
  @Nullable Memory region(Section command, OutputSection output) throws LinkException {
    if (!command.region().isEmpty()) {
      return names.region(command.at(), command.region());
    }
    if (command.address().isPresent()) {
      return null;
    }
    if (!command.loadRegion().isEmpty()) {
      return names.region(command.at(), command.loadRegion());
    }
    for (Memory region : names.regions()) {
      if (accepts(region.command.attributes(), output.flags, output.type != SHT_NOBITS)) {
        return region;
      }
    }
    return null;
  }

  /** Whether the attributes of a region ask for such sections; those behind '!' must not apply. */
  static boolean accepts(String attributes, long flags, boolean bytes) {
    boolean code = (flags & SHF_EXECINSTR) != 0;
    boolean writable = (flags & SHF_WRITE) != 0;
    boolean wanted = true;
    boolean accepted = false;
    for (int i = 0; i < attributes.length(); i++) {
      boolean applies =
          switch (Character.toLowerCase(attributes.charAt(i))) {
            case 'r' -> !writable;
            case 'w' -> writable;
            case 'x' -> code;
            case 'a' -> true;
            case 'i', 'l' -> bytes;
            default -> false;
          };
      if (attributes.charAt(i) == '!') {
        wanted = !wanted;
      } else if (applies && !wanted) {
        return false;
      }
      accepted |= applies;
    }
    return accepted;
  }

  /** Gives a section its load address; returns whether it is another one. */
  boolean load(
      ScriptSection section,
      OutputSection output,
      Section command,
      @Nullable Memory region,
      long start,
      long size)
      throws LinkException {
    String loadRegion = loadRegions.getOrDefault(command, "");
    Memory loaded = loadRegion.isEmpty() ? null : names.region(command.at(), loadRegion);
    long address = start;
    if (command.loadAddress().isPresent()) {
      address = expressions.number(command.loadAddress().get());
    } else if (loaded != null && loaded != region) {
      address = aligned(command, region, loaded.next, start);
    } else if (loaded == null) {
      long unit = command.address().isPresent() ? 1 : 1L << output.alignmentLog2;
      address = start + distances.getOrDefault(region, 0L) + unit - 1 & -unit;
    }
    if (loaded == null && (size > 0 || address != start)) {
      distances.put(region, address - start);
    }
    lastLoaded = loaded == region ? null : loaded;
    lastDistance = address - start;
    takes(output, lastLoaded, address, size);
    section.region = region;
    section.loadRegion = lastLoaded;
    return moved(section, address);
  }

  /** Goes where a section would be loaded from that is not there. */
  void enter(Section command, Memory region) throws LinkException {
    String loadRegion = loadRegions.getOrDefault(command, "");
    Memory loaded = loadRegion.isEmpty() ? null : names.region(command.at(), loadRegion);
    lastLoaded = loaded == region ? null : loaded;
    lastDistance = distances.getOrDefault(region, 0L);
  }

  /** What the command says of the alignment counts where the section is loaded, too. */
  private long aligned(Section command, @Nullable Memory region, long next, long start)
      throws LinkException {
    if (command.alignWithInput()) {
      return next + start - (region == null ? start : region.next);
    }
    Optional<Long> alignment =
        command.alignment().isEmpty()
            ? Optional.empty()
            : Optional.of(expressions.number(command.alignment().get()));
    long unit = Long.highestOneBit(Math.max(1, alignment.orElse(1L)));
    return next + unit - 1 & -unit;
  }

  /** Gives a section that the script does not name the load address behind the last one. */
  boolean follow(
      ScriptSection section, OutputSection output, @Nullable Memory region, long start, long size) {
    Memory loaded = lastLoaded;
    long address = loaded == null ? start + lastDistance : loaded.next;
    lastDistance = address - start;
    takes(output, loaded == null && address == start ? region : loaded, address, size);
    return moved(section, address);
  }

  private static boolean moved(ScriptSection section, long address) {
    boolean moved = section.loadAddress != address;
    section.loadAddress = address;
    return moved;
  }

  /** What is loaded from a region takes room in it. */
  private static void takes(
      OutputSection output, @Nullable Memory region, long address, long size) {
    if (region != null && !output.threadLocalZero() && output.type != SHT_NOBITS) {
      region.next = Math.max(region.next, address + size);
    }
  }
}
