package dev.linkd.elf.relocatable;

import static dev.linkd.object.ElfConstants.R_X86_64_NONE;
import static dev.linkd.object.ElfConstants.SHF_ALLOC;

import dev.linkd.diag.Code;
import dev.linkd.diag.Diagnostic;
import dev.linkd.diag.Place;
import dev.linkd.object.ElfObject;
import java.util.List;

/** Carries the relocations of the inputs over: new offsets, symbols and addends. */
final class RelocationMerger {

  private final SymbolMerger symbols;
  private final List<Diagnostic> problems;

  RelocationMerger(SymbolMerger symbols, List<Diagnostic> problems) {
    this.symbols = symbols;
    this.problems = problems;
  }

  /** Marks the symbols that the section's relocations need. */
  void mark(MergedSection.Part part) {
    ElfObject object = part.input.object;
    for (int r = 0; r < object.relocationCount(part.section); r++) {
      int y = object.relocationSymbol(part.section, r);
      boolean kept = part.input.map(part.section, object.relocationOffset(part.section, r)) >= 0;
      if (y != 0 && kept) {
        symbols.use(part.input, y);
      }
    }
  }

  /** Adds the relocations of a part to those of its output section. */
  void merge(MergedSection section, MergedSection.Part part) {
    ElfObject object = part.input.object;
    int s = part.section;
    for (int r = 0; r < object.relocationCount(s); r++) {
      long offset = part.input.map(s, object.relocationOffset(s, r));
      if (offset != InputObject.NONE) {
        merge(section, part, r, offset);
      }
    }
  }

  private void merge(MergedSection section, MergedSection.Part part, int r, long offset) {
    InputObject input = part.input;
    ElfObject object = input.object;
    int y = object.relocationSymbol(part.section, r);
    int kind = object.relocationKind(part.section, r);
    long addend = object.relocationAddend(part.section, r);
    if (y == 0) {
      section.relocations.add(offset, kind, 0, addend);
      return;
    }
    int home = object.symbolSection(y);
    int index = input.symbols[y];
    if (index != InputObject.NONE) {
      boolean ofSection = input.sectionSymbol(y);
      section.relocations.add(offset, kind, index, ofSection ? addend + start(input, y) : addend);
      return;
    }
    MergedSection target = input.home(home);
    if (target != null) {
      long value = input.map(home, object.symbolValue(y));
      section.relocations.add(offset, kind, target.symbol, addend + value);
    } else if ((section.flags & SHF_ALLOC) == 0) {
      section.relocations.add(offset, R_X86_64_NONE, 0, 0);
    } else {
      problems.add(
          Diagnostic.error(
              Code.UNDEFINED_SYMBOL,
              Place.section(object.name(), object.sectionName(part.section), offset),
              "relocation refers to a symbol in a discarded section: " + named(object, y)));
    }
  }

  /** The name of a symbol, or of the section that it stands for. */
  private static String named(ElfObject object, int y) {
    String name = object.symbolName(y);
    return name.isEmpty() ? object.sectionName(Math.max(0, object.symbolSection(y))) : name;
  }

  /** Where the section of a section symbol begins now. */
  private static long start(InputObject input, int y) {
    return input.offset(input.object.symbolSection(y)) + input.object.symbolValue(y);
  }
}
