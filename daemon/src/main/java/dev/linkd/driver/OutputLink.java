package dev.linkd.driver;

import dev.linkd.diag.LinkException;
import dev.linkd.driver.InputEdits.End;
import dev.linkd.driver.InputEdits.Outcome;
import dev.linkd.output.FlushResult;
import dev.linkd.output.LinkDriver.Events;
import dev.linkd.output.LinkDriver.Invocation;
import dev.linkd.output.LinkDriver.LinkExit;
import dev.linkd.output.Output;
import dev.linkd.output.OutputKind;
import dev.linkd.output.OutputPool;
import dev.linkd.output.OutputSpec;
import dev.linkd.store.ReadAhead;
import java.nio.file.Files;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The last part of an invocation: the resident output becomes what was prepared. Invocations with
 * the same output do this one after the other.
 */
final class OutputLink {
  private static final int SUCCESS = 0;
  private static final int FAILURE = 1;

  private final Invocation invocation;
  private final OutputPool outputs;
  private final Events events;
  private final Messages messages;
  private final OutputLocks locks;
  private final LinkMemory memory;

  /** What the same words came to before, if that is out of date. */
  private @Nullable PreparedLink before;

  OutputLink(
      Invocation invocation,
      OutputPool outputs,
      Events events,
      Messages messages,
      OutputLocks locks,
      LinkMemory memory) {
    this.invocation = invocation;
    this.outputs = outputs;
    this.events = events;
    this.messages = messages;
    this.locks = locks;
    this.memory = memory;
  }

  /**
   * Makes the output what was prepared, whatever it is now, and remembers how.
   *
   * @param ahead reads the inputs meanwhile
   */
  LinkExit link(PreparedLink prepared, SideFiles side, ReadAhead ahead)
      throws LinkException, InterruptedException {
    OutputSpec spec = prepared.spec;
    try (OutputLocks.Held held = locks.lock(spec.path())) {
      StartOver reason = reason(spec);
      if (reason == StartOver.OPTIONS_CHANGED) {
        outputs.close(held.path());
        reason = changed();
      }
      events.progress("compare", 0, prepared.inputs.size());
      InputEdits edits = new InputEdits(prepared.inputs, events, ahead);
      Outcome outcome = apply(spec, edits, side, reason);
      if (outcome.end() == End.ORDER_DIFFERS) {
        reason = StartOver.INPUT_ORDER_CHANGED;
        outputs.close(held.path());
        outcome = apply(spec, edits, side, reason);
        if (outcome.end() == End.ORDER_DIFFERS) {
          throw new IllegalStateException("an empty output does not keep the order of its inputs");
        }
      }
      LinkExit exit = finish(prepared, outcome, reason);
      prepared.revision = outcome.revision();
      boolean lasting =
          prepared.namedLikeOutput().isEmpty()
              && !prepared.plan.side.reproduces()
              && prepared.plan.passed.isEmpty();
      prepared.failed = exit.status() != SUCCESS;
      if (lasting && (!prepared.failed || outputs.find(held.path()).isPresent())) {
        prepared.seal();
        memory.put(invocation, prepared);
      } else {
        memory.forget(held.path());
        prepared.close();
      }
      return exit;
    }
  }

  /**
   * Makes the output what was prepared for the same words before. Empty when that is out of date,
   * that link failed, or the output is not as it left it; nothing was done then.
   *
   * @param begin runs before the first message
   */
  Optional<LinkExit> repeat(PreparedLink prepared, SideFiles side, Runnable begin)
      throws LinkException, InterruptedException {
    try (OutputLocks.Held held = locks.lock(prepared.spec.path())) {
      boolean usable =
          memory.find(invocation) == prepared
              && outputs.find(held.path()).filter(prepared.spec::equals).isPresent();
      Optional<ChangedInputs> changed = usable ? prepared.changed() : Optional.empty();
      if (changed.isEmpty()) {
        return derive(prepared);
      }
      try (ChangedInputs read = changed.get()) {
        return prepared.failed ? derive(prepared) : repeat(prepared, read, side, begin);
      }
    }
  }

  private Optional<LinkExit> repeat(
      PreparedLink prepared, ChangedInputs read, SideFiles side, Runnable begin)
      throws LinkException, InterruptedException {
    InputEdits edits = new InputEdits(read.inputs(), events, read.ahead());
    long revision = prepared.revision;
    Outcome outcome =
        outputs.call(
            prepared.spec,
            (output, fresh) -> collected(output, edits.applyAgain(output, revision), side));
    if (outcome.end() == End.EDITED_BY_OTHERS) {
      memory.forget(prepared.spec.path());
      return Optional.empty();
    }
    if (outcome.end() == End.NO_OBJECT) {
      prepared.outdatedBy(read);
      return derive(prepared);
    }
    prepared.take(read);
    begin.run();
    LinkExit exit = finish(prepared, outcome, null);
    prepared.revision = outcome.revision();
    prepared.failed = exit.status() != SUCCESS;
    return Optional.of(exit);
  }

  /** What was prepared is out of date or was at fault: it has to be derived again. */
  private Optional<LinkExit> derive(PreparedLink prepared) {
    before = prepared;
    memory.forget(prepared.spec.path());
    return Optional.empty();
  }

  /** Runs on the thread that owns the output. */
  private static Outcome collected(Output output, Outcome outcome, SideFiles side) {
    if (outcome.ok()) {
      output.explain("");
      side.collect(output);
    }
    return outcome;
  }

  private Outcome apply(
      OutputSpec spec, InputEdits edits, SideFiles side, @Nullable StartOver reason)
      throws LinkException, InterruptedException {
    String cause = reason == null ? "" : "linked anew: " + text(reason);
    return outputs.call(
        spec,
        (output, fresh) -> {
          Outcome outcome = collected(output, edits.apply(output), side);
          output.explain(cause);
          return outcome;
        });
  }

  /** Why another output is wanted: with the same words it is what these depend on. */
  private StartOver changed() {
    StartOver noticed = before == null ? null : before.outdated();
    return noticed == null ? StartOver.OPTIONS_CHANGED : noticed;
  }

  private String text(StartOver reason) {
    PreparedLink known = before;
    String path = known != null && reason == known.outdated() ? ": " + known.outdatedBy() : "";
    return reason + ": " + reason.text() + path;
  }

  private @Nullable StartOver reason(OutputSpec spec) {
    Optional<OutputSpec> open = outputs.find(spec.path());
    if (open.isEmpty()) {
      return memory.failed(spec.path()) ? StartOver.LAST_LINK_FAILED : StartOver.FIRST_LINK;
    }
    return open.get().equals(spec) ? null : StartOver.OPTIONS_CHANGED;
  }

  private LinkExit finish(PreparedLink prepared, Outcome outcome, @Nullable StartOver cause)
      throws LinkException, InterruptedException {
    OutputSpec spec = prepared.spec;
    boolean remade = outcome.flush().map(FlushResult::published).orElse(false);
    boolean again = cause == null && remade && spec.kind() == OutputKind.RELOCATABLE;
    StartOver reason = again ? StartOver.RELOCATABLE_OUTPUT : cause;
    if (SectionReport.wanted(prepared.plan) && outcome.end() == End.FLUSHED) {
      String sections =
          outputs.call(spec, (output, fresh) -> SectionReport.text(prepared.plan, output));
      events.standardOutput(prepared.written.shown(sections));
    }
    outcome.faults().forEach(messages::send);
    outcome.flush().ifPresent(flush -> flush.diagnostics().forEach(messages::send));
    boolean nothingPublished = outcome.flush().map(FlushResult::generation).orElse(0L) == 0;
    boolean gone =
        (nothingPublished && reason != null)
            || !Files.isRegularFile(spec.path())
            || prepared.plan.passed.isPresent();
    if (gone) {
      outputs.close(spec.path());
    }
    memory.ended(spec.path(), gone && (outcome.end() != End.FLUSHED || messages.failed()));
    if (prepared.plan.explain) {
      explain(spec, outcome, reason);
    }
    if (outcome.end() == End.FLUSHED || messages.failed()) {
      return end(reason, outcome.flush());
    }
    return new LinkExit(FAILURE, name(reason), outcome.flush());
  }

  private void explain(OutputSpec spec, Outcome outcome, @Nullable StartOver reason) {
    boolean failed = outcome.end() != End.FLUSHED || messages.failed();
    String whole = reason == null ? "patched" : "linked anew: " + text(reason);
    String done = failed ? "failed" : whole;
    String work =
        outcome
            .flush()
            .map(FlushResult::statistics)
            .map(
                s ->
                    "; atoms: %d added, %d changed, %d moved, %d removed; %d bytes written"
                        .formatted(
                            s.atomsAdded(),
                            s.atomsChanged(),
                            s.atomsMoved(),
                            s.atomsRemoved(),
                            s.bytesWritten()))
            .orElse("");
    events.standardError(
        invocation.program() + ": " + spec.path() + ": " + done + work + System.lineSeparator());
  }

  /** The end of an invocation that did not get to its output. */
  LinkExit nothing() {
    return end(null, Optional.empty());
  }

  private LinkExit end(@Nullable StartOver reason, Optional<FlushResult> flush) {
    return new LinkExit(messages.failed() ? FAILURE : SUCCESS, name(reason), flush);
  }

  private static String name(@Nullable StartOver reason) {
    return reason == null ? "" : reason.name();
  }
}
