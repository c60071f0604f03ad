package dev.linkd.output;

/** What the linked image is. */
public enum OutputKind {
  /** Executable at a fixed address without dynamic linking. */
  STATIC_EXECUTABLE,
  /** Executable at a fixed address that uses shared libraries. */
  DYNAMIC_EXECUTABLE,
  /** Position-independent executable that uses shared libraries. */
  PIE,
  /** Position-independent executable that relocates itself. */
  STATIC_PIE,
  /** Shared library. */
  SHARED_LIBRARY,
  /** An object made of objects, to be linked again. */
  RELOCATABLE;

  public boolean positionIndependent() {
    return this == PIE || this == STATIC_PIE || this == SHARED_LIBRARY;
  }

  /** Whether a dynamic linker processes the image: it has PT_DYNAMIC and may import. */
  public boolean dynamic() {
    return this != STATIC_EXECUTABLE && this != RELOCATABLE;
  }

  /** Whether the image may use shared libraries. */
  public boolean imports() {
    return this == DYNAMIC_EXECUTABLE || this == PIE || this == SHARED_LIBRARY;
  }

  public boolean executable() {
    return this != SHARED_LIBRARY && this != RELOCATABLE;
  }
}
