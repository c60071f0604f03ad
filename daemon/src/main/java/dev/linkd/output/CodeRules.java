package dev.linkd.output;

/**
 * What happens to instructions, and what is recorded about code.
 *
 * @param relax references through the GOT become direct ones where the symbol allows it
 * @param branchTrackingPlt entries of the PLT begin with {@code endbr64} in any case
 * @param features bits of GNU_PROPERTY_X86_FEATURE_1_AND that the output has in any case
 * @param needed bits of GNU_PROPERTY_X86_ISA_1_NEEDED that the output has in any case
 * @param warnForced each input that lacks one of these is reported
 * @param report what happens to inputs without IBT or SHSTK
 * @param unwindIndex {@code .eh_frame_hdr} lists the unwind records by address
 */
public record CodeRules(
    boolean relax,
    boolean branchTrackingPlt,
    int features,
    int needed,
    boolean warnForced,
    FeatureReport report,
    boolean unwindIndex) {

  /** How inputs that lack a feature are reported. */
  public enum FeatureReport {
    NONE,
    WARNING,
    ERROR
  }

  /** What linkers do without options. */
  public static final CodeRules USUAL =
      new CodeRules(true, false, 0, 0, false, FeatureReport.NONE, true);
}
