package dev.linkd.mapped;

import static dev.linkd.mapped.MappedFile.FILE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.linkd.table.Layouts;
import dev.linkd.table.Work;
import java.util.ArrayDeque;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Ends of containers that move in steps. */
class ExtentsTest {
  private static final int ATOMS = 1000;
  private static final int ATOM_BYTES = 256;

  private final Work work = new Work();
  private final MappedFile file = new MappedFile("a.out", 1 << 28, work);
  private final Extents extents = file.extents();
  private final ArrayDeque<Integer> atoms = new ArrayDeque<>();
  private int text;

  @BeforeEach
  void fill() throws Exception {
    text = file.add(FILE, Policy.FLOATING, 0, 4, 0);
    extents.step(text);
    for (int i = 0; i < ATOMS; i++) {
      add();
    }
    assertThat(extents.shown(text)).isEqualTo((long) ATOMS * ATOM_BYTES);
  }

  @AfterEach
  void close() {
    file.check();
    file.close();
  }

  private void add() throws WindowFullException {
    atoms.add(file.add(text, Policy.FIXED, ATOM_BYTES, 4, 0));
  }

  @Test
  void endsAreExactUntilStepsBegin() throws Exception {
    add();
    assertThat(extents.shown(text)).isEqualTo((ATOMS + 1L) * ATOM_BYTES);
    file.remove(atoms.removeLast());
    assertThat(extents.shown(text)).isEqualTo((long) ATOMS * ATOM_BYTES);
  }

  @Test
  void growingChangesTheEndRarely() throws Exception {
    extents.begin();
    int changes = 0;
    for (int i = 0; i < ATOMS; i++) {
      long before = extents.changes();
      add();
      changes += extents.changes() == before ? 0 : 1;
      assertThat(extents.shown(text)).isBetween(file.extent(text), file.size(text));
    }
    // A step is 64 atoms, and the container itself grows by half.
    assertThat(changes).isBetween(ATOMS / 64, ATOMS / 64 + 4);
  }

  @Test
  void anAtomThatLeavesTheEndAndComesBackChangesNothing() throws Exception {
    extents.begin();
    add();
    long before = extents.changes();
    long shown = extents.shown(text);
    for (int i = 0; i < 100; i++) {
      file.remove(atoms.removeLast());
      add();
      file.resize(atoms.getLast(), ATOM_BYTES + 16);
      file.resize(atoms.getLast(), ATOM_BYTES);
    }
    assertThat(extents.changes()).isEqualTo(before);
    assertThat(extents.shown(text)).isEqualTo(shown);
  }

  @Test
  void aContainerThatBecomesMuchSmallerShowsIt() {
    extents.begin();
    while (atoms.size() > ATOMS / 2) {
      file.remove(atoms.removeLast());
      assertThat(extents.shown(text)).isBetween(file.extent(text), file.extent(text) + (1 << 15));
    }
    while (!atoms.isEmpty()) {
      file.remove(atoms.removeLast());
    }
    assertThat(extents.shown(text)).isZero();
  }

  @Test
  void theEndIsInsideOfAContainerThatWasCutToItsChildren() throws Exception {
    extents.begin();
    add();
    assertThat(extents.shown(text)).isGreaterThan(file.extent(text));
    file.resize(text, file.extent(text));
    assertThat(extents.shown(text)).isEqualTo(file.extent(text));
  }

  @Test
  void whatIsShownBehindTheLastAtomIsFilled() throws Exception {
    int code = file.add(FILE, Policy.FLOATING, 0, 4, 0);
    file.setFiller(code, GapFiller.TRAP);
    extents.step(code);
    file.add(code, Policy.FIXED, 1 << 16, 4, 0);
    assertThat(extents.shown(code)).isEqualTo(1 << 16);
    extents.begin();
    file.addUnfilled(code, ATOM_BYTES, 4, 0);
    long position = file.position(code);
    assertThat(extents.shown(code)).isGreaterThan(file.extent(code));
    for (long at = file.extent(code); at < extents.shown(code); at++) {
      assertThat(file.image().get(Layouts.BYTE, position + at)).isEqualTo((byte) 0xcc);
    }
  }

  @Test
  void aContainerThatWentAndItsNumberAreForgotten() throws Exception {
    extents.begin();
    add();
    file.remove(text);
    long before = extents.changes();
    int other = file.add(FILE, Policy.FLOATING, 0, 4, 0);
    assertThat(other).isEqualTo(text);
    file.add(other, Policy.FIXED, ATOM_BYTES, 4, 0);
    assertThat(extents.changes()).isGreaterThan(before);
    assertThat(extents.shown(other)).isEqualTo(ATOM_BYTES);
  }

  @Test
  void aContainerWithChildrenKeepsItsWay() {
    assertThatThrownBy(() -> extents.step(text)).isInstanceOf(IllegalStateException.class);
  }
}
