package dev.linkd.output;

/**
 * Marks for the dynamic linker in DT_FLAGS and DT_FLAGS_1, beside those that follow from the rest.
 *
 * @param flags DF_ bits
 * @param flags1 DF_1_ bits
 */
public record ModuleTags(int flags, int flags1) {

  /** No marks. */
  public static final ModuleTags NONE = new ModuleTags(0, 0);
}
