package dev.linkd.elf;

import dev.linkd.diag.LinkException;
import dev.linkd.elf.ScriptNames.Memory;
import dev.linkd.object.LayoutCommand.Region;
import dev.linkd.object.LayoutCommand.Section;
import dev.linkd.object.LayoutExpression;
import dev.linkd.object.LayoutScript;
import dev.linkd.output.AtomUpdate;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The addresses that a linker script gives to the sections of a relocatable output. They are in the
 * headers of the sections, and inputs are aligned to them; symbols count from their sections.
 */
final class JoinedAddresses {

  /** Where a section begins, and where it is loaded. */
  private record Place(long start, long load) {
    static final Place NOWHERE = new Place(0, 0);
  }

  private final LayoutScript script;
  private final JoinedStatements.Contents contents;
  private final ScriptExpressions expressions;
  private final Map<Section, String> loadRegions;
  private final Map<String, Memory> regions = new LinkedHashMap<>();

  /** By key. */
  private final Map<String, Place> places = new HashMap<>();

  /** The key of the first section with each name. */
  private final Map<String, String> keys = new HashMap<>();

  JoinedAddresses(
      LayoutScript script, JoinedStatements.Contents contents, ScriptExpressions expressions) {
    this.script = script;
    this.contents = contents;
    this.expressions = expressions;
    this.loadRegions = ScriptLoads.loadRegions(script);
    script.all(Region.class).forEach(region -> regions.put(region.name(), new Memory(region)));
  }

  /** Begins a pass; places stay, for references to what comes later. */
  void begin() throws LinkException {
    keys.clear();
    for (Memory region : regions.values()) {
      region.origin = expressions.number(region.command.origin());
      region.length = expressions.number(region.command.length());
      region.next = region.origin;
    }
  }

  /** What is equal in two passes when nothing has moved between them. */
  Map<String, ?> snapshot() {
    return Map.copyOf(places);
  }

  Memory region(int at, String name) throws LinkException {
    Memory region = regions.get(name);
    if (region == null) {
      throw script.fault(at, "memory region `" + name + "' not declared");
    }
    return region;
  }

  /** The start of a section that has a key, or else is the first with the name. */
  long start(String section) {
    return place(section).start();
  }

  long load(String section) {
    return place(section).load();
  }

  private Place place(String section) {
    Place place = places.get(section);
    String key = place == null ? keys.get(section) : section;
    return key == null ? Place.NOWHERE : places.getOrDefault(key, Place.NOWHERE);
  }

  /** Begins a section; returns where. */
  long enter(Section section, String key, long dot) throws LinkException {
    JoinedStatements.Shape shape = contents.shape(key);
    Memory region = region(section, shape);
    long start = region == null ? dot : region.next;
    long unit = unit(section.at(), section.alignment());
    Long chosen = contents.chosen(section.name());
    if (chosen != null) {
      start = chosen;
    } else if (section.address().isPresent()) {
      start = align(expressions.number(section.address().get()), unit);
    } else {
      start = align(start, Math.max(unit, shape.alignment()));
    }
    keys.putIfAbsent(section.name(), key);
    places.put(key, new Place(start, load(section, start)));
    long step =
        section.inputAlignment().isEmpty() ? 0 : unit(section.at(), section.inputAlignment());
    contents.enter(key, start, unit, step);
    return start;
  }

  /** Ends a section; in the last pass it must have found room. */
  void leave(Section section, String key, long end, boolean last) throws LinkException {
    JoinedStatements.Shape shape = contents.shape(key);
    Place place = place(key);
    Memory region = region(section, shape);
    if (region != null) {
      region.next = end;
      check(section, region, place.start(), end, last);
    }
    String name = loadRegions.getOrDefault(section, "");
    if (!name.isEmpty() && shape.bytes()) {
      Memory loaded = region(section.at(), name);
      long loadEnd = place.load() + end - place.start();
      loaded.next = Math.max(loaded.next, loadEnd);
      check(section, loaded, place.load(), loadEnd, last);
    }
  }

  private void check(Section section, Memory region, long start, long end, boolean last)
      throws LinkException {
    long over = end - region.origin;
    if (!last || start == end || Long.compareUnsigned(over, region.length) <= 0) {
      return;
    }
    String name = region.command.name();
    throw script.fault(
        section.at(),
        Long.compareUnsigned(start - region.origin, region.length) > 0
            ? "address 0x%x of section `%s' is not within region `%s'"
                .formatted(start, section.name(), name)
            : ScriptChecks.NO_ROOM.formatted(section.name(), name, name, over - region.length));
  }

  private @Nullable Memory region(Section section, JoinedStatements.Shape shape)
      throws LinkException {
    if (!section.region().isEmpty()) {
      return region(section.at(), section.region());
    }
    if (section.address().isPresent()) {
      return null;
    }
    for (Memory region : regions.values()) {
      if (ScriptLoads.accepts(region.command.attributes(), shape.flags(), shape.bytes())) {
        return region;
      }
    }
    return null;
  }

  private long load(Section section, long start) throws LinkException {
    if (section.loadAddress().isPresent()) {
      return expressions.number(section.loadAddress().get());
    }
    String name = loadRegions.getOrDefault(section, "");
    return name.isEmpty()
        ? start
        : align(region(section.at(), name).next, unit(section.at(), section.alignment()));
  }

  /** What an alignment comes to: the next power of two. */
  private long unit(int at, Optional<LayoutExpression> alignment) throws LinkException {
    if (alignment.isEmpty()) {
      return 1;
    }
    long value = expressions.number(alignment.get());
    if (Long.compareUnsigned(value, 1L << AtomUpdate.ALIGNMENT_LOG2_MAX) > 0) {
      throw script.fault(at, "an alignment of " + Long.toUnsignedString(value) + " is too large");
    }
    return value <= 1 ? 1 : Long.highestOneBit(value - 1) << 1;
  }

  private static long align(long value, long unit) {
    return (value + unit - 1) & -unit;
  }
}
