package dev.linkd.elf;

/**
 * Decides which atoms are part of the image, and is told of everything that this depends on. Rows
 * are those of {@link LinkState}.
 */
interface Marking extends AutoCloseable {

  /** Without collection every atom is part of the image. */
  Marking ALL = new Marking() {};

  /** Whether atoms that nothing leads to have no place. */
  default boolean collects() {
    return false;
  }

  /** Whether something leads to the atom. */
  default boolean live(int atom) {
    return true;
  }

  /** What led to the atom: a relocation, or one of the constants of {@link LiveTree}. */
  default int cause(int atom) {
    return LiveTree.SECTION_ROOT;
  }

  /** Whether atoms of such a section have a place from the first. */
  default boolean wants(Input input, int sectionName, int type, long flags) {
    return true;
  }

  /** An atom has a row, bytes, relocations and definitions, but a place only if it is wanted. */
  default void added(int atom) {}

  /** An atom is about to be removed. */
  default void removed(int atom) {}

  /** An atom's input section is about to become another one. */
  default void leavingSection(int atom) {}

  default void enteredSection(int atom) {}

  /** A relocation is about to be taken out of the tables. */
  default void dropped(int row) {}

  /** A relocation waits to be applied: it, or its target, may be new. */
  default void reach(int row) {}

  /** A symbol is about to mean something else. */
  default void leaving(int symbol) {}

  /** A symbol has been resolved. */
  default void consider(int symbol) {}

  /**
   * Takes out of the image what nothing leads to any more.
   *
   * @return whether something changed
   */
  default boolean settle() {
    return false;
  }

  /** Whether {@code __start_} and {@code __stop_} symbols keep the sections with that name. */
  default boolean keepsNamed(String section) {
    return false;
  }

  @Override
  default void close() {}

  /** An atom whose input section has that name, NONE when there is none. */
  default int anyNamed(String section) {
    return LinkState.NONE;
  }
}
