package dev.linkd.session;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Bounds the memory that outputs use together. When they exceed it, those that were not flushed for
 * the longest time give their images back; an image is read again when its output is used.
 * Thread-safe.
 */
final class ImageBudget {
  private static final float LOAD_FACTOR = 0.75f;

  private final long bytesMax;

  /** Outputs with an image and their memory, least recently used first. */
  private final Map<OutputActor, Long> resident = new LinkedHashMap<>(16, LOAD_FACTOR, true);

  private long bytes;

  ImageBudget(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /**
   * Notes that an output was used.
   *
   * @return the outputs that have to give their images back now; never this one
   */
  synchronized List<OutputActor> used(OutputActor actor, long residentBytes) {
    Long before = resident.put(actor, residentBytes);
    bytes += residentBytes - (before == null ? 0 : before);
    List<OutputActor> idle = new ArrayList<>();
    Iterator<Map.Entry<OutputActor, Long>> eldest = resident.entrySet().iterator();
    while (bytes > bytesMax && eldest.hasNext()) {
      Map.Entry<OutputActor, Long> entry = eldest.next();
      if (!entry.getKey().equals(actor)) {
        idle.add(entry.getKey());
        bytes -= entry.getValue();
        eldest.remove();
      }
    }
    return idle;
  }

  synchronized void ended(OutputActor actor) {
    Long before = resident.remove(actor);
    bytes -= before == null ? 0 : before;
  }
}
