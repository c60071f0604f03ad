package dev.linkd.output;

import java.util.List;

/**
 * What the image contains beside the program.
 *
 * @param buildId the identity in {@code .note.gnu.build-id}
 * @param dead what references to what is not linked are in sections that are not loaded; of several
 *     that match, the last counts
 * @param finish what becomes of the image on its way into the file
 */
public record ContentRules(BuildIdStyle buildId, List<DeadValue> dead, FinishRules finish) {

  /** What linkers do without options. */
  public static final ContentRules USUAL = new ContentRules(BuildIdStyle.NONE);

  /**
   * A value in place of an address that does not exist.
   *
   * @param sections pattern for the names of the sections that it is in
   */
  public record DeadValue(String sections, long value) {}

  public ContentRules {
    dead = List.copyOf(dead);
  }

  /** The file is the image. */
  public ContentRules(BuildIdStyle buildId) {
    this(buildId, List.of(), FinishRules.NONE);
  }
}
