package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.SHT_NOBITS;

import dev.linkd.diag.LinkException;
import dev.linkd.elf.ScriptNames.Memory;
import dev.linkd.object.LayoutCommand.Header;
import dev.linkd.object.LayoutCommand.Region;
import dev.linkd.object.LayoutCommand.Section;
import dev.linkd.object.LayoutExpression.Name;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What is wrong with a layout when all addresses are known. */
final class ScriptChecks {

  /** Section, region, region, and how many bytes are too many. */
  static final String NO_ROOM =
      "section `%s' will not fit in region `%s': region `%s' overflowed by %d bytes";

  private final Layout layout;
  private final ScriptLayout places;

  ScriptChecks(Layout layout, ScriptLayout places) {
    this.layout = layout;
    this.places = places;
  }

  /** Complains about sections that go past the last address. */
  private void checkWrapping(
      ScriptSection section, OutputSection output, ScriptEvaluator evaluator) {
    long size = layout.size(output);
    if (size > 0 && Long.compareUnsigned(output.planned + size - 1, output.planned) < 0) {
      evaluator.fault(
          places.script.fault(0, "section " + section.name + " VMA wraps around address space"));
    }
  }

  /** Complains about regions that are too small and sections on top of each other. */
  void check(List<ScriptSection> placed, ScriptEvaluator evaluator) {
    for (ScriptSection section : placed) {
      OutputSection output = section.output;
      if (output != null && output.loaded()) {
        checkWrapping(section, output, evaluator);
      }
      if (output == null || section.command == null) {
        continue;
      }
      checkRoom(section, section.region, output.planned, evaluator);
      if (output.type != SHT_NOBITS) {
        checkRoom(section, section.loadRegion, section.loadAddress, evaluator);
      }
    }
    checkNames(evaluator);
    checkSegments(placed, evaluator);
    checkAddresses(placed, evaluator);
    checkOverlaps(placed, evaluator);
  }

  /** Warns of names that are given twice: of regions the last counts, of segments the first. */
  private void checkNames(ScriptEvaluator evaluator) {
    Set<String> regions = new HashSet<>();
    places
        .script
        .all(Region.class)
        .filter(region -> !regions.add(region.name()))
        .forEach(
            region ->
                evaluator.warn(
                    region.at(), "redeclaration of memory region `" + region.name() + "'"));
    Set<String> headers = new HashSet<>();
    places
        .script
        .all(Header.class)
        .filter(header -> loads(header) && !headers.add(header.name()))
        .forEach(
            header ->
                evaluator.warn(
                    header.at(),
                    "redeclaration of phdr `" + header.name() + "', which stays empty"));
  }

  private static boolean loads(Header header) {
    return header.type() instanceof Name type && type.name().equals("PT_LOAD");
  }

  /** Complains about segments that PHDRS does not declare. */
  private void checkSegments(List<ScriptSection> placed, ScriptEvaluator evaluator) {
    Set<String> declared =
        places.script.all(Header.class).map(Header::name).collect(Collectors.toSet());
    declared.add("NONE");
    for (ScriptSection section : placed) {
      Section command = section.command;
      if (command == null) {
        continue;
      }
      for (String segment : command.segments()) {
        if (!declared.contains(segment)) {
          evaluator.fault(
              places.script.fault(
                  command.at(),
                  "section `%s' assigned to non-existent phdr `%s'"
                      .formatted(section.name, segment)));
        }
      }
    }
  }

  private void checkRoom(
      ScriptSection section, @Nullable Memory region, long address, ScriptEvaluator evaluator) {
    OutputSection output = section.output;
    Section command = section.command;
    if (region == null || command == null || output == null) {
      return;
    }
    long end = address + layout.size(output) - region.origin;
    if (Long.compareUnsigned(end, region.length) > 0) {
      String name = region.command.name();
      evaluator.fault(
          places.script.fault(
              command.at(), NO_ROOM.formatted(section.name, name, name, end - region.length)));
    }
  }

  /**
   * Complains about addresses of two sections, unless sections that begin together are overlays.
   */
  private void checkAddresses(List<ScriptSection> placed, ScriptEvaluator evaluator) {
    List<OutputSection> sections = new ArrayList<>();
    for (ScriptSection section : placed) {
      OutputSection output = section.output;
      if (output != null && present(output) && !output.threadLocalZero()) {
        sections.add(output);
      }
    }
    sections.sort((a, b) -> Long.compareUnsigned(a.planned, b.planned));
    for (int i = 1; i < sections.size(); i++) {
      if (sections.get(i).planned == sections.get(i - 1).planned) {
        return;
      }
    }
    for (int i = 1; i < sections.size(); i++) {
      OutputSection before = sections.get(i - 1);
      long end = before.planned + layout.size(before);
      if (Long.compareUnsigned(sections.get(i).planned, end) < 0) {
        evaluator.fault(
            places.script.fault(
                0,
                "section "
                    + addresses(sections.get(i))
                    + " overlaps section "
                    + addresses(before)));
      }
    }
  }

  private boolean present(OutputSection section) {
    return section.loaded() && layout.size(section) > 0;
  }

  private String addresses(OutputSection section) {
    long last = section.planned + layout.size(section) - 1;
    return "%s VMA [%016x,%016x]".formatted(section.name, section.planned, last);
  }

  private void checkOverlaps(List<ScriptSection> placed, ScriptEvaluator evaluator) {
    List<ScriptSection> loaded = new ArrayList<>();
    for (ScriptSection section : placed) {
      OutputSection output = section.output;
      if (output != null && present(output) && output.type != SHT_NOBITS) {
        loaded.add(section);
      }
    }
    loaded.sort((a, b) -> Long.compareUnsigned(a.loadAddress, b.loadAddress));
    for (int i = 1; i < loaded.size(); i++) {
      ScriptSection before = loaded.get(i - 1);
      if (Long.compareUnsigned(loaded.get(i).loadAddress, end(before)) < 0) {
        LinkException fault =
            places.script.fault(
                0, "section " + range(loaded.get(i)) + " overlaps section " + range(before));
        evaluator.fault(fault);
      }
    }
  }

  private long end(ScriptSection section) {
    OutputSection output = section.output;
    return section.loadAddress + (output == null ? 0 : layout.size(output));
  }

  private String range(ScriptSection section) {
    return "%s LMA [%016x,%016x]".formatted(section.name, section.loadAddress, end(section) - 1);
  }
}
