package dev.linkd.driver;

import static dev.linkd.driver.Arity.NONE;
import static dev.linkd.driver.Option.implemented;

import java.util.List;

/** Options for outputs that are linked again. */
final class RelocatableOptions {
  private RelocatableOptions() {}

  static List<Option> rows() {
    return List.of(
        implemented(
            NONE,
            "Makes an object of objects. Every link that changes something makes it anew.",
            "RelocatableLinkTest#anObjectOfObjectsIsLinkedAgain",
            (plan, none) -> {
              plan.relocatable = true;
              plan.flags = plan.flags.withArchivesOnly(true);
            },
            "r",
            "i",
            "relocatable",
            "Ur"),
        implemented(
            NONE,
            "Gives common symbols room in a relocatable output too.",
            "RelocatableLinkTest#commonSymbolsStayCommonUnlessTheyGetRoom",
            (plan, none) -> plan.placeCommons = true,
            "d",
            "dc",
            "dp",
            "define-common"),
        implemented(
            NONE,
            "Members of section groups become ordinary sections of a relocatable output.",
            "RelocatableLinkTest#groupsAreDissolvedOnRequest",
            (plan, none) -> plan.dissolveGroups = true,
            "force-group-allocation"),
        implemented(
            NONE,
            "Sections of a relocatable output are those that an image has: `.text.f` joins"
                + " `.text`.",
            "RelocatableLinkTest#sectionsAreJoinedOnRequest",
            (plan, none) -> plan.joinSections = true,
            "relocatable-merge-sections"),
        implemented(
            NONE,
            "Keeps the relocations of the inputs in the linked image; costs time in each link.",
            "EmittedRelocationsLinkTest#toolsSeeTheRelocations",
            (plan, none) -> plan.keepRelocations = true,
            "q",
            "emit-relocs"));
  }
}
