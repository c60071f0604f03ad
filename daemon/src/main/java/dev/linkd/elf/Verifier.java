package dev.linkd.elf;

import dev.linkd.reloc.Relocations;
import dev.linkd.symbol.Symbols;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Compares the live state with itself and with the bytes of the image. */
final class Verifier {

  private static final int NONE = -1;
  private static final int FINDINGS_MAX = 100;

  private final LinkState state;
  private final ElfParts parts;
  private final List<String> findings = new ArrayList<>();

  Verifier(LinkState state, ElfParts parts) {
    this.state = state;
    this.parts = parts;
  }

  List<String> verify() {
    state.file.check();
    for (int atom = 0; atom < state.atoms.highWater(); atom++) {
      if (state.atoms.live(atom)) {
        verifyAtom(atom);
      }
    }
    return findings;
  }

  private void verifyAtom(int atom) {
    Relocations relocations = state.relocations;
    int first = state.atoms.firstRelocation(atom);
    int count = state.atoms.relocations(atom);
    for (int row = first; row < first + count; row++) {
      if (relocations.atom(row) != atom || !listed(row)) {
        find("relocation " + row + " is not in the list of its symbol");
      }
    }
    if (state.atoms.content(atom) != NONE && count == 0) {
      verifyBytes(atom);
    }
  }

  private boolean listed(int row) {
    int symbol = state.relocations.symbol(row);
    int other = state.symbols.firstReference(symbol);
    while (other != NONE && other != row) {
      other = state.relocations.next(other);
    }
    return other == row && state.symbols.live(symbol) && symbol != Symbols.NONE;
  }

  private void verifyBytes(int atom) {
    long size = state.atoms.size(atom);
    long position = parts.layout.position(atom);
    long content = state.atoms.content(atom);
    MemorySegment image = state.file.image();
    MemorySegment held = state.contentSegment(atom);
    if (MemorySegment.mismatch(image, position, position + size, held, content, content + size)
        >= 0) {
      find("bytes of " + state.names.string(state.atoms.key(atom)) + " differ");
    }
  }

  private void find(String text) {
    if (findings.size() < FINDINGS_MAX) {
      findings.add(text);
    }
  }
}
