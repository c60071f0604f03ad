package dev.linkd.elf;

/** That one atom needs another without a field in which its address would be written. */
final class Dependency {

  /** Relocation kind without a field; no number of the psABI, which has 8 bits. */
  static final int KIND = 0x1f01;

  private Dependency() {}
}
