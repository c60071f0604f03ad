package dev.linkd.output;

/**
 * What happens to instructions.
 *
 * @param relax references through the GOT become direct ones where the symbol allows it
 */
public record CodeRules(boolean relax) {

  /** What linkers do without options. */
  public static final CodeRules USUAL = new CodeRules(true);
}
