package dev.linkd.output;

/**
 * What happens to instructions, and what the processor is told about them.
 *
 * @param relax references through the GOT become direct ones where the symbol allows it
 * @param branchTrackingPlt entries of the PLT begin with {@code endbr64} in any case
 * @param features bits of GNU_PROPERTY_X86_FEATURE_1_AND that the output has in any case
 * @param warnForced each input that lacks one of these is reported
 * @param report what happens to inputs without IBT or SHSTK
 */
public record CodeRules(
    boolean relax,
    boolean branchTrackingPlt,
    int features,
    boolean warnForced,
    FeatureReport report) {

  /** How inputs that lack a feature are reported. */
  public enum FeatureReport {
    NONE,
    WARNING,
    ERROR
  }

  /** What linkers do without options. */
  public static final CodeRules USUAL =
      new CodeRules(true, false, 0, false, FeatureReport.NONE);
}
