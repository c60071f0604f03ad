package dev.linkd.session;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Lets outputs give small images back long before memory is short, all but those that were flushed
 * last. A project with hundreds of test programs links each of them seldom, and reading a small
 * image from the published file costs little beside a link. Outputs whose file was changed by
 * others, and those that a stream is connected to, keep theirs. Thread-safe.
 */
final class SmallImages {
  /** Reading that much takes less time than what else a link does. */
  static final long BYTES_MAX = 4L << 20;

  /** Images that stay in memory: more outputs than somebody works on at a time. */
  static final int KEPT_MAX = 16;

  private static final float LOAD_FACTOR = 0.75f;

  /** Outputs that have a small image, least recently used first. */
  private final Map<OutputActor, Boolean> resident =
      new LinkedHashMap<>(2 * KEPT_MAX, LOAD_FACTOR, true);

  /**
   * Notes that an output was flushed.
   *
   * @param bytes of its image, 0 if it is not in memory
   * @return the output that has to give its image back now; never this one
   */
  synchronized Optional<OutputActor> used(OutputActor actor, long bytes) {
    if (bytes == 0 || bytes > BYTES_MAX || actor.streams() > 0) {
      resident.remove(actor);
      return Optional.empty();
    }
    resident.put(actor, true);
    if (resident.size() <= KEPT_MAX) {
      return Optional.empty();
    }
    Iterator<OutputActor> eldest = resident.keySet().iterator();
    OutputActor idle = eldest.next();
    eldest.remove();
    return Optional.of(idle);
  }

  synchronized void ended(OutputActor actor) {
    resident.remove(actor);
  }
}
