package dev.linkd.session;

import dev.linkd.diag.LinkException;
import dev.linkd.output.Output;

/** Work that is done by the thread that owns an output. Exactly one of the methods is called. */
interface OutputWork {

  /**
   * Does the work. A checked exception concerns this work alone and is passed to {@link #refuse};
   * any other is a defect, after which the output is closed.
   */
  void run(Output output) throws LinkException, RequestException;

  /** The work was not done, or failed. */
  void refuse(Exception fault);
}
