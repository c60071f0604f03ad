package dev.linkd.output;

/**
 * What the image contains beside the program.
 *
 * @param buildId the identity in {@code .note.gnu.build-id}
 * @param finish what becomes of the image on its way into the file
 */
public record ContentRules(BuildIdStyle buildId, FinishRules finish) {

  /** What linkers do without options. */
  public static final ContentRules USUAL = new ContentRules(BuildIdStyle.NONE);

  /** The file is the image. */
  public ContentRules(BuildIdStyle buildId) {
    this(buildId, FinishRules.NONE);
  }
}
