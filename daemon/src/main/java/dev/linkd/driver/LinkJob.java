package dev.linkd.driver;

import dev.linkd.diag.Code;
import dev.linkd.diag.Diagnostic;
import dev.linkd.diag.LinkException;
import dev.linkd.diag.Place;
import dev.linkd.driver.InputEdits.End;
import dev.linkd.driver.InputEdits.Outcome;
import dev.linkd.output.FlushResult;
import dev.linkd.output.LinkDriver.Events;
import dev.linkd.output.LinkDriver.Invocation;
import dev.linkd.output.LinkDriver.LinkExit;
import dev.linkd.output.Output;
import dev.linkd.output.Output.InputSpec;
import dev.linkd.output.Output.InputUse;
import dev.linkd.output.OutputKind;
import dev.linkd.output.OutputPool;
import dev.linkd.output.OutputSpec;
import dev.linkd.store.InputStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One invocation from its words to its exit status. */
final class LinkJob {
  private static final int SUCCESS = 0;
  private static final int FAILURE = 1;

  private final Invocation invocation;
  private final OutputPool outputs;
  private final Events events;
  private final InputStore store;
  private final OutputLocks locks;
  private final Messages messages;
  private boolean explain;

  LinkJob(
      Invocation invocation,
      OutputPool outputs,
      Events events,
      InputStore store,
      OutputLocks locks) {
    this.invocation = invocation;
    this.outputs = outputs;
    this.events = events;
    this.store = store;
    this.locks = locks;
    this.messages = new Messages(events);
  }

  LinkExit run() throws InterruptedException {
    try {
      List<String> words = new ResponseFiles(invocation.directory()).expand(invocation.arguments());
      messages.show(new WrittenPaths(invocation.directory(), words));
      Plan plan = CommandLine.parse(words, messages::usage);
      messages.follow(plan);
      explain = plan.explain;
      return run(plan);
    } catch (UsageException e) {
      messages.usage(e.sentence());
    } catch (LinkException e) {
      messages.send(e.diagnostic());
    }
    return end(null, Optional.empty());
  }

  private LinkExit run(Plan plan) throws UsageException, LinkException, InterruptedException {
    if (!plan.announcement.isEmpty()) {
      events.standardOutput(plan.announcement.toString());
    }
    if (plan.announceOnly || (plan.announced && plan.words.isEmpty())) {
      return end(null, Optional.empty());
    }
    for (String complaint : plan.complaints) {
      messages.send(Diagnostic.warning(Code.INVALID_REQUEST, Place.NONE, complaint));
    }
    if (plan.words.isEmpty()) {
      throw new UsageException("no input files");
    }
    if (messages.failed()) {
      return end(null, Optional.empty());
    }
    directoriesOfSymbols(plan);
    SearchPath search = new SearchPath(invocation.directory(), plan);
    try (InputList inputs = new InputList(store, invocation.directory(), search, messages)) {
      events.progress("read", 0, plan.words.size());
      plan.words.forEach(inputs::add);
      plan.layout.script = inputs.script();
      plan.required.addAll(inputs.required());
      OutputSpec spec = Specs.of(plan, inputs, invocation);
      checkOutputIsNoInput(spec, inputs.specs());
      if (plan.trace) {
        trace(inputs.specs());
      }
      if (messages.failed()) {
        return end(null, Optional.empty());
      }
      SideFiles side = new SideFiles(plan.side, invocation.directory(), events::standardOutput);
      LinkExit exit = link(plan, spec, inputs.specs(), side);
      if (exit.status() != SUCCESS) {
        return exit;
      }
      side.write();
      side.dependencies(plan.output, inputs.files());
      return exit;
    }
  }

  /** {@code -R} with a directory means what {@code -rpath} does. */
  private void directoriesOfSymbols(Plan plan) throws UsageException {
    List<Word> directories = new ArrayList<>();
    for (Word word : plan.words) {
      if (word.use() == InputUse.SYMBOLS
          && Files.isDirectory(Paths.at(invocation.directory(), word.text()))) {
        directories.add(word);
        plan.addRunPath(word.text());
      }
    }
    plan.words.removeAll(directories);
  }

  /** Runs on the thread that owns the output. */
  private static Outcome apply(Output output, InputEdits edits, SideFiles side) {
    Outcome outcome = edits.apply(output);
    if (outcome.end() == End.FLUSHED && outcome.flush().map(FlushResult::ok).orElse(false)) {
      side.collect(output);
    }
    return outcome;
  }

  private void trace(List<InputSpec> inputs) {
    StringBuilder text = new StringBuilder();
    inputs.forEach(input -> text.append(input.path()).append('\n'));
    events.standardOutput(text.toString());
  }

  private static void checkOutputIsNoInput(OutputSpec spec, List<InputSpec> inputs)
      throws UsageException {
    Path name = spec.path().getFileName();
    for (InputSpec input : inputs) {
      if (Objects.equals(input.path().getFileName(), name) && isSame(input.path(), spec.path())) {
        throw new UsageException("input file '" + input.key() + "' is the same as output file");
      }
    }
  }

  private static boolean isSame(Path input, Path output) throws UsageException {
    try {
      return Files.exists(output) && Files.isSameFile(input, output);
    } catch (IOException e) {
      throw new UsageException("cannot look at " + input + ": " + e.getMessage());
    }
  }

  private LinkExit link(Plan plan, OutputSpec spec, List<InputSpec> inputs, SideFiles side)
      throws LinkException, InterruptedException {
    try (OutputLocks.Held held = locks.lock(spec.path())) {
      StartOver reason = reason(spec);
      if (reason == StartOver.OPTIONS_CHANGED) {
        outputs.close(held.path());
      }
      events.progress("compare", 0, inputs.size());
      InputEdits edits = new InputEdits(List.copyOf(inputs), events);
      Outcome outcome = apply(spec, edits, side, reason);
      if (outcome.end() == End.ORDER_DIFFERS) {
        reason = StartOver.INPUT_ORDER_CHANGED;
        outputs.close(held.path());
        outcome = apply(spec, edits, side, reason);
        if (outcome.end() == End.ORDER_DIFFERS) {
          throw new IllegalStateException("an empty output does not keep the order of its inputs");
        }
      }
      boolean remade = outcome.flush().map(FlushResult::published).orElse(false);
      if (reason == null && remade && spec.kind() == OutputKind.RELOCATABLE) {
        reason = StartOver.RELOCATABLE_OUTPUT;
      }
      if (SectionReport.wanted(plan) && outcome.end() == End.FLUSHED) {
        events.standardOutput(
            outputs.call(spec, (output, fresh) -> SectionReport.text(plan, output)));
      }
      return finish(spec, outcome, reason);
    }
  }

  private Outcome apply(
      OutputSpec spec, InputEdits edits, SideFiles side, @Nullable StartOver reason)
      throws LinkException, InterruptedException {
    String cause = reason == null ? "" : "linked anew: " + reason + ": " + reason.text();
    return outputs.call(
        spec,
        (output, fresh) -> {
          output.explain(cause);
          return apply(output, edits, side);
        });
  }

  private @Nullable StartOver reason(OutputSpec spec) {
    Optional<OutputSpec> open = outputs.find(spec.path());
    if (open.isEmpty()) {
      return StartOver.FIRST_LINK;
    }
    return open.get().equals(spec) ? null : StartOver.OPTIONS_CHANGED;
  }

  private LinkExit finish(OutputSpec spec, Outcome outcome, @Nullable StartOver reason)
      throws InterruptedException {
    outcome.faults().forEach(messages::send);
    outcome.flush().ifPresent(flush -> flush.diagnostics().forEach(messages::send));
    boolean nothingPublished = outcome.flush().map(FlushResult::generation).orElse(0L) == 0;
    if ((nothingPublished && reason != null) || !Files.isRegularFile(spec.path())) {
      outputs.close(spec.path());
    }
    if (explain) {
      explain(spec, outcome, reason);
    }
    if (outcome.end() == End.FLUSHED || messages.failed()) {
      return end(reason, outcome.flush());
    }
    return new LinkExit(FAILURE, name(reason), outcome.flush());
  }

  private void explain(OutputSpec spec, Outcome outcome, @Nullable StartOver reason) {
    String done = reason == null ? "patched" : "linked anew: " + reason + ": " + reason.text();
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

  private LinkExit end(@Nullable StartOver reason, Optional<FlushResult> flush) {
    return new LinkExit(messages.failed() ? FAILURE : SUCCESS, name(reason), flush);
  }

  private static String name(@Nullable StartOver reason) {
    return reason == null ? "" : reason.name();
  }
}
