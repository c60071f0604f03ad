package dev.linkd.object;

import static dev.linkd.object.ElfConstants.STB_LOCAL;
import static dev.linkd.object.ElfConstants.STT_TLS;

import dev.linkd.diag.LinkException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The global symbols that an ELF file of any kind defines, with their addresses. Thread-local ones
 * are left out, because they have none.
 */
public final class ImageSymbols {

  private final MemorySegment bytes;
  private final ElfSymbols symbols;

  /** Numbers in the symbol table of those that count. */
  private final int[] chosen;

  private ImageSymbols(MemorySegment bytes, ElfSymbols symbols, int[] chosen) {
    this.bytes = bytes;
    this.symbols = symbols;
    this.chosen = chosen;
  }

  /** Checks the bytes and makes the view. */
  public static ImageSymbols parse(String name, MemorySegment bytes) throws LinkException {
    InputBytes in = new InputBytes(name, bytes);
    ElfHeader header = ElfHeader.read(in);
    ElfSymbols symbols = ElfSymbols.read(in, ElfSections.read(in, header));
    int[] chosen = new int[symbols.count()];
    int count = 0;
    for (int y = 1; y < symbols.count(); y++) {
      int home = symbols.sectionOf(y);
      boolean defined = home > ElfObject.UNDEF || home == ElfObject.ABS;
      boolean global = ElfConstants.binding(symbols.info(y)) != STB_LOCAL;
      if (defined && global && ElfConstants.type(symbols.info(y)) != STT_TLS) {
        chosen[count++] = y;
      }
    }
    return new ImageSymbols(bytes, symbols, Arrays.copyOf(chosen, count));
  }

  public MemorySegment bytes() {
    return bytes;
  }

  public int count() {
    return chosen.length;
  }

  public long nameOffset(int i) {
    return symbols.nameOffset(chosen[i]);
  }

  public int nameLength(int i) {
    return symbols.nameLength(chosen[i]);
  }

  /** The address. */
  public long value(int i) {
    return symbols.value(chosen[i]);
  }

  public long size(int i) {
    return symbols.size(chosen[i]);
  }

  /** Binding and type. */
  public int info(int i) {
    return symbols.info(chosen[i]);
  }
}
