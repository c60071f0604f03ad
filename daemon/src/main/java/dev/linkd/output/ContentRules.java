package dev.linkd.output;

/**
 * What the image contains beside the program.
 *
 * @param buildId an identity of the content in {@code .note.gnu.build-id}
 * @param finish what becomes of the image on its way into the file
 */
public record ContentRules(boolean buildId, FinishRules finish) {

  /** What linkers do without options. */
  public static final ContentRules USUAL = new ContentRules(false);

  /** The file is the image. */
  public ContentRules(boolean buildId) {
    this(buildId, FinishRules.NONE);
  }
}
