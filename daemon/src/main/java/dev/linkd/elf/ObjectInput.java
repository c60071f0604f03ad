package dev.linkd.elf;

import dev.linkd.object.ElfObject;
import dev.linkd.store.Content;
import org.jspecify.annotations.Nullable;

/** An object file or archive member whose sections are atoms of the output. */
final class ObjectInput extends Input {

  static final int[] NO_ROWS = {};

  /** What the object was read from; released by {@link InputFiles}. */
  Content source;

  ElfObject object;

  /** Atoms of shared pieces that this object uses, one entry for each use. */
  int[] pieces = NO_ROWS;

  /** Uses of strings; see {@link StringUses}. */
  int[] strings = NO_ROWS;

  /** Symbols whose definitions here have a version; see {@link DefaultVersions}. */
  int[] versionedSymbols = NO_ROWS;

  /** What the object was translated to, once it was read again; see {@link HeldNames}. */
  HeldNames.@Nullable Translation translation;

  /** Nothing of it has been read so far, so that nothing has to be compared. */
  boolean fresh = true;

  /** Its section .note.gnu.property as counted; null while it is not counted. */
  byte @Nullable [] properties;

  /** The archive that the member was extracted from; null for an object of its own. */
  final @Nullable ArchiveInput archive;

  /** Index of the member in the present version of its archive. */
  int member;

  ObjectInput(
      int number,
      String name,
      long order,
      Content source,
      ElfObject object,
      @Nullable ArchiveInput archive,
      int member) {
    super(number, name, order);
    this.source = source;
    this.object = object;
    this.archive = archive;
    this.member = member;
    this.atomsIndexed = false;
    this.saidIndexed = false;
  }

  void dropPieces() {
    translation = null;
    pieces = NO_ROWS;
    strings = NO_ROWS;
  }
}
