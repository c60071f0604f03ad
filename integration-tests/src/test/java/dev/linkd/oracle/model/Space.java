package dev.linkd.oracle.model;

import dev.linkd.output.AtomUpdate;

/** Where the target of a relocation is looked up. */
public enum Space {
  GLOBAL(AtomUpdate.TARGET_GLOBAL),
  LOCAL(AtomUpdate.TARGET_LOCAL),
  ATOM(AtomUpdate.TARGET_ATOM),
  WEAK(AtomUpdate.TARGET_WEAK);

  private final byte code;

  Space(byte code) {
    this.code = code;
  }

  public byte code() {
    return code;
  }
}
