package dev.linkd.oracle.program;

import dev.linkd.oracle.image.Elf;
import dev.linkd.oracle.model.Space;

/** A function or a data object: an atom with one symbol at its start. */
abstract sealed class Entity implements Referable permits Function, DataObject {
  /** How widely the symbol is known. */
  enum Scope {
    LOCAL,
    GLOBAL,
    HIDDEN
  }

  final String key;
  String name;
  String stream;
  Scope scope = Scope.GLOBAL;
  long alignment = 1;

  Entity(String key, String name, String stream) {
    this.key = key;
    this.name = name;
    this.stream = stream;
  }

  @Override
  public Entity entity() {
    return this;
  }

  @Override
  public String symbol() {
    return name;
  }

  @Override
  public long offset() {
    return 0;
  }

  @Override
  public boolean visibleFrom(String other) {
    return scope != Scope.LOCAL || stream.equals(other);
  }

  @Override
  public Space space() {
    return scope == Scope.LOCAL ? Space.LOCAL : Space.GLOBAL;
  }

  /** Whether the atom itself, not only its name, can be referred to. */
  boolean hasFixedAtom() {
    return true;
  }

  /** st_info and st_other of the symbol. */
  int info(int type) {
    int binding = scope == Scope.LOCAL ? Elf.STB_LOCAL : Elf.STB_GLOBAL;
    int visibility = scope == Scope.HIDDEN ? Elf.STV_HIDDEN : Elf.STV_DEFAULT;
    return binding << 4 | type | visibility << 8;
  }
}
