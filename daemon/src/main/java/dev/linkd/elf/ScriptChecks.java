package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.SHT_NOBITS;

import dev.linkd.diag.LinkException;
import dev.linkd.elf.ScriptNames.Memory;
import dev.linkd.object.LayoutCommand.Section;
import java.util.ArrayList;
import java.util.List;

/** What is wrong with a layout when all addresses are known. */
final class ScriptChecks {
  private final Layout layout;
  private final ScriptLayout places;

  ScriptChecks(Layout layout, ScriptLayout places) {
    this.layout = layout;
    this.places = places;
  }

  /** Complains about regions that are too small and sections on top of each other. */
  void check(List<ScriptSection> placed, ScriptNames names, ScriptEvaluator evaluator) {
    for (ScriptSection section : placed) {
      Section command = section.command;
      if (command != null && !command.region().isEmpty()) {
        for (Memory region : names.regions()) {
          if (region.command.name().equals(command.region())) {
            checkRoom(section, command, region, evaluator);
          }
        }
      }
    }
    checkOverlaps(placed, evaluator);
  }

  private void checkRoom(
      ScriptSection section, Section command, Memory region, ScriptEvaluator evaluator) {
    OutputSection output = section.output;
    long size = output == null ? 0 : layout.size(output);
    long end = (output == null ? 0 : output.planned) + size - region.origin;
    if (Long.compareUnsigned(end, region.length) > 0) {
      String name = region.command.name();
      evaluator.fault(
          places.script.fault(
              command.at(),
              "section `%s' will not fit in region `%s': region `%s' overflowed by %d bytes"
                  .formatted(section.name, name, name, end - region.length)));
    }
  }

  private void checkOverlaps(List<ScriptSection> placed, ScriptEvaluator evaluator) {
    List<ScriptSection> loaded = new ArrayList<>();
    for (ScriptSection section : placed) {
      OutputSection output = section.output;
      if (output != null && layout.size(output) > 0 && output.type != SHT_NOBITS) {
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
