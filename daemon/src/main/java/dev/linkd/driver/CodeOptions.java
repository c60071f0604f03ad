package dev.linkd.driver;

import static dev.linkd.driver.Arity.NONE;
import static dev.linkd.driver.Arity.REQUIRED;
import static dev.linkd.driver.Option.implemented;
import static dev.linkd.driver.Option.noOp;
import static dev.linkd.object.ElfConstants.GNU_PROPERTY_X86_FEATURE_1_IBT;
import static dev.linkd.object.ElfConstants.GNU_PROPERTY_X86_FEATURE_1_SHSTK;

import dev.linkd.output.CodeRules.FeatureReport;
import java.util.List;

/** Options that decide on instructions, and on what the image says about its code. */
final class CodeOptions {
  private CodeOptions() {}

  static List<Option> rows() {
    return List.of(
        implemented(
            NONE,
            "References through the global offset table become direct where the symbol allows it.",
            "CodeOptionsTest#referencesThroughTheTableBecomeDirectUnlessForbidden",
            (plan, none) -> plan.relax = true,
            "relax"),
        implemented(
            NONE,
            "Keeps references through the global offset table. Thread-local sequences are still"
                + " rewritten, as by GNU ld.",
            "CodeOptionsTest#referencesThroughTheTableBecomeDirectUnlessForbidden",
            (plan, none) -> plan.relax = false,
            "no-relax"),
        implemented(
            NONE,
            "Makes `.eh_frame_hdr`, which unwinders need to find records; also without the option.",
            "UnwindLinkTest#theIndexIsLeftOutOnRequest",
            (plan, none) -> plan.unwindIndex = true,
            "eh-frame-hdr"),
        implemented(
            NONE,
            "Makes no `.eh_frame_hdr`.",
            "UnwindLinkTest#theIndexIsLeftOutOnRequest",
            (plan, none) -> plan.unwindIndex = false,
            "no-eh-frame-hdr"),
        implemented(
            NONE,
            "Marks the output as ready for tracking of indirect branches; entries of the PLT begin"
                + " with `endbr64`.",
            "PropertyLinkTest#featuresCanBeForced",
            (plan, none) -> plan.features |= GNU_PROPERTY_X86_FEATURE_1_IBT,
            "z ibt"),
        implemented(
            NONE,
            "As `-z ibt`, with a warning about each input that is not ready.",
            "PropertyLinkTest#featuresCanBeForced",
            (plan, none) -> {
              plan.features |= GNU_PROPERTY_X86_FEATURE_1_IBT;
              plan.warnForced = true;
            },
            "z force-ibt"),
        implemented(
            NONE,
            "Entries of the PLT begin with `endbr64`.",
            "PropertyLinkTest#thePltHasLandingPadsOnRequest",
            (plan, none) -> plan.branchTrackingPlt = true,
            "z ibtplt"),
        implemented(
            NONE,
            "Marks the output as ready for shadow stacks.",
            "PropertyLinkTest#featuresCanBeForced",
            (plan, none) -> plan.features |= GNU_PROPERTY_X86_FEATURE_1_SHSTK,
            "z shstk"),
        implemented(
            NONE,
            "Global functions that no indirect branch can reach lose the `endbr64` at their start."
                + " The file is written whole by each link that changes something.",
            "PropertyLinkTest#landingPadsThatNothingNeedsAreRemoved",
            (plan, none) -> plan.finish.padsRemoved = true,
            "z rewrite-endbr"),
        implemented(
            NONE,
            "Functions keep their landing pads; so without it too.",
            "PropertyLinkTest#landingPadsThatNothingNeedsAreRemoved",
            (plan, none) -> plan.finish.padsRemoved = false,
            "z norewrite-endbr"),
        processor("baseline", 1),
        processor("v2", 2),
        processor("v3", 4),
        processor("v4", 8),
        implemented(
            REQUIRED,
            "`none`, `warning` or `error` for inputs that are not ready for IBT or SHSTK.",
            "PropertyLinkTest#inputsWithoutAFeatureAreReported",
            CodeOptions::featureReport,
            "z cet-report"),
        noOp(NONE, "Processors that mask addresses need no mark.", "z lam-u48", "z lam-u57"),
        noOp(
            REQUIRED,
            "Only reports more.",
            "z lam-u48-report",
            "z lam-u57-report",
            "z lam-report"));
  }

  private static Option processor(String level, int bit) {
    return implemented(
        NONE,
        "Marks the output as code for x86-64-" + level + ", without which the loader refuses it.",
        "PropertyLinkTest#theProcessorCanBeDemanded",
        (plan, none) -> plan.processor |= bit,
        "z x86-64-" + level);
  }

  private static void featureReport(Plan plan, String level) throws UsageException {
    plan.featureReport =
        switch (level) {
          case "none" -> FeatureReport.NONE;
          case "warning" -> FeatureReport.WARNING;
          case "error" -> FeatureReport.ERROR;
          default -> throw new UsageException("invalid option for -z cet-report=: " + level);
        };
  }
}
