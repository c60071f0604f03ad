package dev.linkd.elf;

import java.lang.foreign.MemorySegment;

/** Something that atoms and definitions come from: a stream, an object, or the linker itself. */
class Input {

  static final int NONE = -1;

  final int number;

  /** What diagnostics call it: the path where its present version was read. */
  String name;

  /** Position in the order of resolution; the lower of two equal definitions wins. */
  final long order;

  /** Head of the list of the input's atoms. */
  int firstAtom = NONE;

  /** Head of the list of definitions and references that belong to no atom. */
  int firstDefinition = NONE;

  /** Whether the atoms are found by their keys; see {@link AtomIndex}. */
  boolean atomsIndexed = true;

  /** Whether the definitions and references are found by their symbols. */
  boolean saidIndexed = true;

  private MemorySegment content = MemorySegment.NULL;
  private MemorySegment nextContent = MemorySegment.NULL;

  Input(int number, String name, long order) {
    this.number = number;
    this.name = name;
    this.order = order;
  }

  /** The bytes that atoms which do not own their content refer to. */
  final MemorySegment content() {
    return content;
  }

  /** The bytes of the version that is being read; atoms that have changed over refer to them. */
  final MemorySegment nextContent() {
    return nextContent;
  }

  /** Begins to change over to another version. */
  final void beginContent(MemorySegment bytes) {
    nextContent = bytes;
  }

  /** All atoms have changed over. */
  final void commitContent() {
    content = nextContent;
  }
}
