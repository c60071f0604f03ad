package dev.linkd.elf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The contents of .debug_aranges as readelf prints them.
 *
 * @param ranges for each unit its ranges, as the name of what begins there and the length
 * @param gaps number of sets that describe nothing
 */
record RangeSets(Map<String, Set<String>> ranges, int gaps, List<String> complaints) {
  private static final Pattern UNIT =
      Pattern.compile(
          "Compilation Unit @ offset (\\w+):|\\((DW_TAG_\\w+)\\)"
              + "|DW_AT_name +: (?:\\(.*\\): )?(.*)");
  private static final Pattern SET =
      Pattern.compile("Offset into .debug_info: +(\\w+)|^ +([0-9a-f]{16}) ([0-9a-f]{16}) *$");

  /** Reads a file, of which readelf does not complain. */
  static RangeSets of(Path file) throws IOException {
    RangeSets sets = read(file);
    assertThat(sets.complaints).isEmpty();
    return sets;
  }

  static RangeSets read(Path file) throws IOException {
    Path folder = Path.of("/");
    String name = file.toString();
    String list = Program.command(folder, "readelf", "-wi", "--dwarf-depth=1", name);
    Map<Long, String> units = units(list);
    Map<Long, String> symbols = symbols(Program.command(folder, "nm", name));
    Map<String, Set<String>> ranges = new TreeMap<>();
    Set<String> seen = new HashSet<>();
    String unit = "";
    int gaps = 0;
    String dump = Program.command(folder, "readelf", "-wr", name);
    for (String line : dump.lines().toList()) {
      Matcher at = SET.matcher(line);
      if (!at.find()) {
        continue;
      }
      if (at.group(1) != null) {
        assertThat(seen.add(at.group(1))).as("GDB accepts one set for a unit: " + line).isTrue();
        unit = units.getOrDefault(Long.decode(at.group(1)), "no unit");
        gaps += unit.isEmpty() ? 1 : 0;
      } else if (Long.parseUnsignedLong(at.group(2), 16) != 0) {
        String start = symbols.get(Long.parseUnsignedLong(at.group(2), 16));
        String range = start + " " + Long.parseUnsignedLong(at.group(3), 16);
        ranges.computeIfAbsent(unit, none -> new TreeSet<>()).add(range);
      }
    }
    assertThat(ranges).doesNotContainKeys("", "no unit");
    List<String> complaints =
        (list + dump).lines().filter(line -> line.matches("(?i).*(warning|error).*")).toList();
    return new RangeSets(ranges, gaps, complaints);
  }

  /** Other readers rely on the section, and do not complain. */
  static void use(Path file, String function) throws IOException {
    Path folder = Path.of("/");
    String name = file.toString();
    String found = Program.command(folder, "eu-readelf", "--debug-dump=decodedaranges", name);
    assertThat(found).contains("DWARF section").doesNotContain("cannot", "invalid");
    String line = "info line *&" + function;
    String session =
        Program.command(
            folder, "gdb", "-nx", "-batch", "-iex", "set complaints 100", name, "-ex", line);
    assertThat(session).contains("Line ", "<" + function + ">");
    assertThat(session).doesNotContain("During symbol reading", "warning", "aranges");
  }

  /** Names of units by their offsets, empty for those of gaps. */
  private static Map<Long, String> units(String dump) {
    Map<Long, String> units = new HashMap<>();
    long unit = 0;
    for (String line : dump.lines().toList()) {
      Matcher at = UNIT.matcher(line);
      if (!at.find()) {
        continue;
      }
      if (at.group(1) != null) {
        unit = Long.decode(at.group(1));
      } else if (at.group(2) != null) {
        units.put(unit, at.group(2).equals("DW_TAG_partial_unit") ? "" : at.group(2));
      } else {
        units.replace(unit, "DW_TAG_compile_unit", at.group(3).strip());
      }
    }
    return units;
  }

  private static Map<Long, String> symbols(String list) {
    Map<Long, String> symbols = new HashMap<>();
    for (String line : list.lines().toList()) {
      String[] words = line.split(" +");
      if (words.length == 3 && words[1].matches("[tTwW]")) {
        symbols.put(Long.parseUnsignedLong(words[0], 16), words[2]);
      }
    }
    return symbols;
  }
}
