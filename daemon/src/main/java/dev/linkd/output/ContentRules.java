package dev.linkd.output;

/**
 * What the image contains beside the program.
 *
 * @param buildId an identity of the content in {@code .note.gnu.build-id}
 */
public record ContentRules(boolean buildId) {

  /** What linkers do without options. */
  public static final ContentRules USUAL = new ContentRules(false);
}
