package dev.linkd.elf;

import dev.linkd.output.Atoms;
import dev.linkd.table.Segments;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Checks that the image holds for every atom what its contents and relocations say now, so that no
 * move and no change of a target was missed. The image is the same afterwards.
 */
final class ImageCheck {

  private static final int NONE = -1;

  private final Link link;
  private final Findings findings;

  ImageCheck(Link link, Findings findings) {
    this.link = link;
    this.findings = findings;
  }

  void check() {
    try {
      link.state.file.check();
    } catch (IllegalStateException | AssertionError e) {
      findings.add("layout: " + e.getMessage());
    }
    if (link.parts.headers.stale()) {
      findings.add("stale headers in the image");
    }
    DynamicSection dynamic = link.parts.dynamicSection;
    if (dynamic != null && dynamic.stale()) {
      findings.add("stale dynamic section in the image");
    }
    RelativeRelocations relative = link.parts.dynamicRelocations.relative();
    if (relative != null && relative.stale()) {
      findings.add("stale packed relocations in the image");
    }
    for (String name : link.parts.linkOrder.misplaced()) {
      findings.add("not in the order of what it is linked to: section " + name);
    }
    Atoms atoms = link.state.atoms;
    long largest = 1;
    for (int atom = 0; atom < atoms.highWater(); atom++) {
      if (atoms.live(atom) && atoms.content(atom) != NONE) {
        largest = Math.max(largest, atoms.size(atom));
      }
    }
    boolean settled = link.parts.unwindTable.settled();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment before = arena.allocate(largest);
      for (int atom = 0; atom < atoms.highWater(); atom++) {
        if (atoms.live(atom) && link.state.placed(atom) && atoms.content(atom) != NONE) {
          check(atom, before);
        }
      }
    }
    if (settled) {
      link.parts.unwindTable.untouch(); // else the next settle would sort all records again
    }
    link.state.file.dirty().clear();
    link.state.work.clear();
  }

  private void check(int atom, MemorySegment before) {
    LinkState state = link.state;
    long size = state.atoms.size(atom);
    long position = link.parts.layout.position(atom);
    MemorySegment image = state.file.image();
    Segments.copy(image, position, before, 0, size);
    Segments.copy(state.contentSegment(atom), state.atoms.content(atom), image, position, size);
    int first = state.atoms.firstRelocation(atom);
    for (int row = first; row < first + state.atoms.relocations(atom); row++) {
      // What was remembered may be what is wrong.
      state.symbols.forgetAddress(state.relocations.symbol(row));
      link.parts.writer.apply(row);
    }
    if (MemorySegment.mismatch(image, position, position + size, before, 0, size) >= 0) {
      String key = state.names.string(state.atoms.key(atom));
      String input = state.inputs.get(state.atoms.input(atom)).name;
      findings.add("stale bytes in the image: " + input + ":" + key.replace('\0', '~'));
      Segments.copy(before, 0, image, position, size);
    }
  }
}
