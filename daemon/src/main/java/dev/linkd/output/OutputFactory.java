package dev.linkd.output;

import dev.linkd.diag.LinkException;

/** Makes outputs; implemented by each format. */
public interface OutputFactory {

  /**
   * Opens an empty output. The caller's thread becomes its owner.
   *
   * @throws LinkException when the path cannot be used, or the format cannot make this kind
   */
  Output open(OutputSpec spec) throws LinkException;
}
