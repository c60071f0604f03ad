package dev.linkd.elf;

import dev.linkd.object.ElfObject;
import java.lang.foreign.MemorySegment;

/** Compares what objects say about names that others may mean too. */
final class SymbolTables {

  private SymbolTables() {}

  /** Whether two objects define and require the same names in the same way and order. */
  static boolean same(ElfObject a, ElfObject b) {
    int count = a.symbols() - a.firstGlobal();
    boolean same = count == b.symbols() - b.firstGlobal();
    for (int i = 0; same && i < count; i++) {
      int x = a.firstGlobal() + i;
      int y = b.firstGlobal() + i;
      same =
          kind(a, x) == kind(b, y)
              && SymbolView.binding(a.symbolInfo(x)) == SymbolView.binding(b.symbolInfo(y))
              && (a.symbolOther(x) & 3) == (b.symbolOther(y) & 3)
              && MemorySegment.mismatch(
                      a.bytes(),
                      a.symbolNameOffset(x),
                      a.symbolNameOffset(x) + a.symbolNameLength(x),
                      b.bytes(),
                      b.symbolNameOffset(y),
                      b.symbolNameOffset(y) + b.symbolNameLength(y))
                  < 0;
    }
    return same;
  }

  /** In which section a definition is makes no difference. */
  private static int kind(ElfObject object, int symbol) {
    int section = object.symbolSection(symbol);
    boolean plain = section != ElfObject.UNDEF && section != ElfObject.COMMON;
    return plain ? ElfObject.ABS : section;
  }
}
