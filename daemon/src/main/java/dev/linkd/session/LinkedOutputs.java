package dev.linkd.session;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Outputs that only invocations use. Configure scripts and build tools link thousands of programs
 * once and delete them: their state goes some time after the file, whether or not others are
 * linked, and when too many outputs are open those go first that were not linked for the longest
 * time. Thread-safe.
 */
final class LinkedOutputs {
  /** Files looked at for each invocation, so that its cost does not grow with their number. */
  private static final int LOOKS = 8;

  /** A clean build deletes outputs and links them again soon. */
  static final long GRACE_NANOS = 60_000_000_000L;

  private static final long PRESENT = -1;
  private final LongSupplier clock;

  /** Since when the file of an output is missing; least recently linked first. */
  private final Map<OutputActor, Long> missingSince = new LinkedHashMap<>();

  /** Outputs in the order in which their files are looked at. */
  private final ArrayDeque<OutputActor> round = new ArrayDeque<>();

  LinkedOutputs(LongSupplier clock) {
    this.clock = clock;
  }

  /** An invocation links the output. */
  synchronized void linked(OutputActor actor) {
    if (missingSince.remove(actor) == null) {
      round.add(actor);
    }
    missingSince.put(actor, PRESENT); // at the end
  }

  /** Whether only invocations use the output. */
  synchronized boolean contains(OutputActor actor) {
    return missingSince.containsKey(actor);
  }

  /** The output is closed, or somebody else uses it too. */
  synchronized void forget(OutputActor actor) {
    if (missingSince.remove(actor) != null) {
      round.remove(actor);
    }
  }

  /** Some of the outputs whose files have been missing for a while; they are forgotten here. */
  List<OutputActor> someWithoutFile() {
    return withoutFile(LOOKS);
  }

  /** All outputs whose files have been missing for a while; they are forgotten here. */
  List<OutputActor> allWithoutFile() {
    return withoutFile(Integer.MAX_VALUE);
  }

  private synchronized List<OutputActor> withoutFile(int looks) {
    List<OutputActor> gone = new ArrayList<>();
    long now = clock.getAsLong();
    for (int i = Math.min(looks, round.size()); i > 0; i--) {
      OutputActor actor = round.remove();
      if (gone(actor, now)) {
        missingSince.remove(actor);
        gone.add(actor);
      } else {
        round.add(actor);
      }
    }
    return gone;
  }

  private boolean gone(OutputActor actor, long now) {
    if (Files.exists(actor.spec().path(), LinkOption.NOFOLLOW_LINKS)) {
      missingSince.put(actor, PRESENT);
      return false;
    }
    long since = missingSince.getOrDefault(actor, PRESENT);
    if (since == PRESENT) {
      missingSince.put(actor, now);
      return false;
    }
    return now - since >= GRACE_NANOS;
  }

  /** The output that was not linked for the longest time; it is forgotten here. */
  synchronized Optional<OutputActor> takeEldest() {
    Iterator<OutputActor> eldest = missingSince.keySet().iterator();
    if (!eldest.hasNext()) {
      return Optional.empty();
    }
    OutputActor actor = eldest.next();
    eldest.remove();
    round.remove(actor);
    return Optional.of(actor);
  }
}
