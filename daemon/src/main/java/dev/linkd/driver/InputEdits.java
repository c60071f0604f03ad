package dev.linkd.driver;

import dev.linkd.diag.Code;
import dev.linkd.diag.Diagnostic;
import dev.linkd.diag.LinkException;
import dev.linkd.diag.Place;
import dev.linkd.output.FlushResult;
import dev.linkd.output.LinkDriver.Events;
import dev.linkd.output.Output;
import dev.linkd.output.Output.InputSpec;
import dev.linkd.store.ReadAhead;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes the inputs of a resident output those of the command line, and flushes. Files that did not
 * change cost a look at their stamp; those of which it is known that they did not change cost
 * nothing. Runs on the thread that owns the output.
 *
 * @param wanted the inputs in order
 * @param events asked whether the caller is gone
 * @param ahead reads the files meanwhile; null when they are read already
 */
record InputEdits(List<InputSpec> wanted, Events events, @Nullable ReadAhead ahead) {

  /** How the edits ended. */
  enum End {
    FLUSHED,
    /** Inputs were refused; nothing was flushed. */
    REFUSED,
    /** The resident inputs cannot be brought into the order of the command line. */
    ORDER_DIFFERS,
    /** The output is not as the last link left it. */
    EDITED_BY_OTHERS,
    /** An input that was an object is none any more; some were put, and nothing was flushed. */
    NO_OBJECT,
    CANCELLED
  }

  /**
   * What the edits led to.
   *
   * @param faults why inputs were refused, and warnings
   * @param flush present when the output was flushed
   * @param revision of the output afterwards
   */
  record Outcome(End end, List<Diagnostic> faults, Optional<FlushResult> flush, long revision) {
    Outcome {
      faults = List.copyOf(faults);
    }

    private static Outcome of(End end) {
      return new Outcome(end, List.of(), Optional.empty(), Output.NO_REVISION);
    }

    /** Whether the output is what was wanted. */
    boolean ok() {
      return end == End.FLUSHED && flush.map(FlushResult::ok).orElse(false);
    }
  }

  Outcome apply(Output output) {
    List<String> keys = wanted.stream().map(InputSpec::key).toList();
    if (!arrange(output, keys)) {
      return Outcome.of(End.ORDER_DIFFERS);
    }
    Optional<Outcome> refused = putAll(output, false);
    if (refused.isPresent()) {
      return refused.get();
    }
    if (!output.inputs().stream().map(InputSpec::key).toList().equals(keys)) {
      return Outcome.of(End.ORDER_DIFFERS);
    }
    return flush(output);
  }

  /**
   * Puts the inputs into an output that has all the others as they are wanted.
   *
   * @param revision of the output when that was so
   */
  Outcome applyAgain(Output output, long revision) {
    if (revision == Output.NO_REVISION || output.revision() != revision) {
      return Outcome.of(End.EDITED_BY_OTHERS);
    }
    return putAll(output, true).orElseGet(() -> flush(output));
  }

  /**
   * Returns why nothing can be flushed.
   *
   * @param objects whether those that are read ahead have to be objects
   */
  private Optional<Outcome> putAll(Output output, boolean objects) {
    List<Diagnostic> faults = new ArrayList<>();
    for (InputSpec input : wanted) {
      if (events.cancelled()) {
        return Optional.of(Outcome.of(End.CANCELLED));
      }
      if (objects && ahead != null && !ahead.awaitObject(input.path())) {
        return Optional.of(Outcome.of(End.NO_OBJECT));
      }
      put(output, input, faults);
    }
    return faults.isEmpty()
        ? Optional.empty()
        : Optional.of(new Outcome(End.REFUSED, faults, Optional.empty(), output.revision()));
  }

  private Outcome flush(Output output) {
    if (events.cancelled()) {
      return Outcome.of(End.CANCELLED);
    }
    FlushResult flush = output.flush();
    return new Outcome(End.FLUSHED, newer(output, flush), Optional.of(flush), output.revision());
  }

  /** Build tools expect that a link makes its output newer, also when nothing changed. */
  private static List<Diagnostic> newer(Output output, FlushResult flush) {
    if (flush.published() || !flush.ok() || output.touch()) {
      return List.of();
    }
    return List.of(
        Diagnostic.warning(
            Code.PUBLISH_FAILED,
            Place.input(output.path().toString()),
            "nothing changed, but the file cannot be made newer"));
  }

  /** An input that was refused is forgotten, so that it does not keep later links from ending. */
  private void put(Output output, InputSpec input, List<Diagnostic> faults) {
    try {
      if (ahead != null) {
        ahead.awaitSame(input.path());
      }
      output.putInput(input);
    } catch (LinkException e) {
      faults.add(e.diagnostic());
      output.removeInput(input.key());
    }
  }

  /**
   * Removes the inputs that are gone or come elsewhere now, and chooses places for the new ones.
   *
   * @return whether there is room for all
   */
  private static boolean arrange(Output output, List<String> keys) {
    List<String> held = output.inputs().stream().map(InputSpec::key).toList();
    if (held.equals(keys)) {
      return true;
    }
    Set<String> kept = InputOrder.kept(held, keys);
    held.stream().filter(key -> !kept.contains(key)).forEach(output::removeInput);
    int last = keys.size();
    while (last > 0 && !kept.contains(keys.get(last - 1))) {
      last--;
    }
    for (int i = 0; i < last; i++) {
      int run = 0;
      while (!kept.contains(keys.get(i + run))) {
        run++;
      }
      for (; run > 0; run--, i++) {
        if (!output.placeInput(keys.get(i), i == 0 ? "" : keys.get(i - 1), run)) {
          return false;
        }
      }
    }
    return true;
  }
}
