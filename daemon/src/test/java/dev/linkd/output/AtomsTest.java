package dev.linkd.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.linkd.table.TableFullException;
import org.junit.jupiter.api.Test;

/** Rows of atoms pack several columns into one word. */
class AtomsTest {

  private static final int MANY = 1000;

  @Test
  void attributesAndFlagsDoNotDisturbEachOther() {
    try (Atoms atoms = new Atoms(MANY)) {
      int atom = atoms.add(1, 2);
      atoms.setFlag(atom, Atoms.ADDED | Atoms.SEEN | Atoms.OWNS_CONTENT, true);
      atoms.setAttributes(atom, 7, 0x6ffffff1, 0x80000000_00000006L, 31);
      assertThat(atoms.sectionName(atom)).isEqualTo(7);
      assertThat(atoms.sectionType(atom)).isEqualTo(0x6ffffff1);
      assertThat(atoms.sectionFlags(atom)).isEqualTo(0x80000000_00000006L);
      assertThat(atoms.alignmentLog2(atom)).isEqualTo(31);
      assertThat(atoms.flag(atom, Atoms.ADDED)).isTrue();
      assertThat(atoms.flag(atom, Atoms.SEEN)).isTrue();
      assertThat(atoms.flag(atom, Atoms.OWNS_CONTENT)).isTrue();
      assertThat(atoms.flag(atom, Atoms.MOVED | Atoms.CHANGED | Atoms.PLACED)).isFalse();

      atoms.setFlag(atom, Atoms.ADDED | Atoms.SEEN | Atoms.OWNS_CONTENT, false);
      atoms.setFlag(atom, Atoms.MOVED | Atoms.CHANGED | Atoms.PLACED | Atoms.NEXT_CONTENT, true);
      assertThat(atoms.sectionType(atom)).isEqualTo(0x6ffffff1);
      assertThat(atoms.alignmentLog2(atom)).isEqualTo(31);
      atoms.setAttributes(atom, 8, 1, 2, 0);
      assertThat(atoms.flag(atom, Atoms.PLACED)).isTrue();
      assertThat(atoms.sectionFlags(atom)).isEqualTo(2);
      assertThat(atoms.alignmentLog2(atom)).isZero();
    }
  }

  @Test
  void manyCombinationsOfTypeAndFlagsAreKeptApart() {
    try (Atoms atoms = new Atoms(MANY)) {
      for (int i = 0; i < MANY; i++) {
        atoms.setAttributes(atoms.add(0, i), 0, i % 7, i, i % 32);
      }
      for (int i = 0; i < MANY; i++) {
        assertThat(atoms.sectionType(i)).isEqualTo(i % 7);
        assertThat(atoms.sectionFlags(i)).isEqualTo(i);
        assertThat(atoms.alignmentLog2(i)).isEqualTo(i % 32);
      }
    }
  }

  @Test
  void combinationsHaveALimit() {
    SectionKinds kinds = new SectionKinds(3);
    assertThat(kinds.of(0, 0)).isZero();
    assertThat(kinds.of(1, 6)).isEqualTo(1);
    assertThat(kinds.of(1, 2)).isEqualTo(2);
    assertThatThrownBy(() -> kinds.of(1, 3)).isInstanceOf(TableFullException.class);
    assertThat(kinds.of(1, 6)).isEqualTo(1);
    assertThat(kinds.flags(2)).isEqualTo(2);
  }

  @Test
  void anAlignmentOutOfRangeIsABrokenInvariant() {
    try (Atoms atoms = new Atoms(1)) {
      int atom = atoms.add(0, 0);
      assertThatThrownBy(() -> atoms.setAttributes(atom, 0, 0, 0, 32))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
