package dev.linkd.publish;

import java.nio.file.Path;

/**
 * Learns which spares there are, so that somebody can remove them when this process was killed.
 * Called when a spare comes and when it goes, not by an update that patches it; by the owners of
 * all outputs, at the same time.
 */
public interface SpareLog {
  /** Nobody wants to know. */
  SpareLog NONE =
      new SpareLog() {
        @Override
        public void appeared(Path output, FileIdentity file) {}

        @Override
        public void went(Path output) {}
      };

  /**
   * A file that was not yet told of is the spare of the output. Two files take turns, so that
   * either of the last two that were told of may be it from now on.
   */
  void appeared(Path output, FileIdentity file);

  /** The output has no spare any more. */
  void went(Path output);
}
