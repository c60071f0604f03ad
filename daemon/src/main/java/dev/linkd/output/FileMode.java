package dev.linkd.output;

/**
 * Permission bits of the published file.
 *
 * @param bits 0 to 0777
 * @param chosen whether they are what whoever links asks for, also of a file that is there; else
 *     such a file keeps its own
 */
public record FileMode(int bits, boolean chosen) {

  /** For outputs that others than linkers make: an existing file keeps its mode. */
  public static final FileMode USUAL = new FileMode(0755, false);

  /** The mode that a linker gives to every file that it writes. */
  public static FileMode ofLinker(int bits) {
    return new FileMode(bits, true);
  }
}
