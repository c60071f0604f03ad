package dev.linkd.elf.relocatable;

import dev.linkd.object.ElfObject;
import dev.linkd.output.Output.QueryVisitor;

/** What an object says about a global name. */
final class SymbolReport {

  private static final int VISIBILITY = 3;

  private SymbolReport() {}

  /** Visits definitions and relocations; returns whether there is a definition. */
  static boolean visit(ElfObject object, String name, QueryVisitor visitor) {
    boolean found = false;
    for (int y = Math.max(1, object.firstGlobal()); y < object.symbols(); y++) {
      int s = object.symbolSection(y);
      if (object.symbolName(y).equals(name) && s != ElfObject.UNDEF) {
        int info = object.symbolInfo(y) | (object.symbolOther(y) & VISIBILITY) << 8;
        String section = s > 0 ? object.sectionName(s) : "";
        visitor.definition(true, object.name(), section, 0, object.symbolSize(y), info);
        found = true;
      }
    }
    return found;
  }
}
