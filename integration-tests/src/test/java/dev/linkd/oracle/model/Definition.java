package dev.linkd.oracle.model;

/**
 * A symbol that an atom defines.
 *
 * @param info st_info in bits 0-7, st_other in bits 8-15
 */
public record Definition(String name, long offset, long size, int info) {

  public int binding() {
    return (info >>> 4) & 15;
  }

  public int type() {
    return info & 15;
  }

  public int visibility() {
    return (info >>> 8) & 3;
  }

  public boolean local() {
    return binding() == 0;
  }

  public boolean weak() {
    return binding() == 2;
  }
}
