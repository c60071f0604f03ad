package dev.linkd.output;

/**
 * Choices for an output that is linked again or taken apart by other tools.
 *
 * @param placeCommons common symbols get room
 * @param dissolveGroups COMDAT groups are decided on here, and their members become ordinary
 *     sections
 * @param joinSections sections of a relocatable output are those that an image has
 * @param keepRelocations a linked image contains the relocations of its inputs
 */
public record RelocatableRules(
    boolean placeCommons, boolean dissolveGroups, boolean joinSections, boolean keepRelocations) {

  /** What linkers do without options. */
  public static final RelocatableRules USUAL = new RelocatableRules(false, false, false, false);
}
