package dev.linkd.driver;

import dev.linkd.diag.Code;
import dev.linkd.diag.Diagnostic;
import dev.linkd.diag.LinkException;
import dev.linkd.diag.Place;
import dev.linkd.object.Archive;
import dev.linkd.output.LinkDriver.Events;
import dev.linkd.output.LinkDriver.Invocation;
import dev.linkd.output.LinkDriver.LinkExit;
import dev.linkd.output.Output.InputSpec;
import dev.linkd.output.Output.InputUse;
import dev.linkd.output.OutputPool;
import dev.linkd.output.OutputSpec;
import dev.linkd.output.ScriptText;
import dev.linkd.store.Content;
import dev.linkd.store.FileAnswers;
import dev.linkd.store.InputStore;
import dev.linkd.store.ReadAhead;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** One invocation from its words to its exit status. */
final class LinkJob {
  private static final int SUCCESS = 0;

  private final Invocation invocation;
  private final Events events;
  private final InputStore store;
  private final LinkMemory memory;
  private final Messages messages;
  private final OutputLink link;

  LinkJob(
      Invocation invocation,
      OutputPool outputs,
      Events events,
      InputStore store,
      OutputLocks locks,
      LinkMemory memory) {
    this.invocation = invocation;
    this.events = events;
    this.store = store;
    this.memory = memory;
    this.messages = new Messages(events);
    this.link = new OutputLink(invocation, outputs, events, messages, locks, memory);
  }

  LinkExit run() throws InterruptedException {
    try {
      Optional<LinkExit> exit = repeat();
      return exit.isPresent() ? exit.get() : prepare();
    } catch (UsageException e) {
      messages.usage(e.sentence());
    } catch (LinkException e) {
      messages.send(e.diagnostic());
    }
    return link.nothing();
  }

  /**
   * Links as the same words did before, if that can be done: of the inputs only those count that
   * changed.
   */
  private Optional<LinkExit> repeat() throws LinkException, UsageException, InterruptedException {
    PreparedLink prepared = memory.find(invocation);
    if (prepared == null) {
      return Optional.empty();
    }
    SideFiles side = sideFiles(prepared);
    Optional<LinkExit> exit = link.repeat(prepared, side, () -> begin(prepared));
    if (exit.isPresent()) {
      end(exit.get(), side, prepared);
    }
    return exit;
  }

  /** What is said before the result. */
  private void begin(PreparedLink prepared) {
    messages.show(prepared.written);
    messages.follow(prepared.plan);
    announce(prepared.plan);
    complain(prepared.plan);
    trace(prepared);
  }

  private static void end(LinkExit exit, SideFiles side, PreparedLink prepared)
      throws UsageException {
    if (exit.status() == SUCCESS) {
      side.write();
      side.dependencies(prepared);
    }
  }

  private LinkExit prepare() throws UsageException, LinkException, InterruptedException {
    FileAnswers answers = new FileAnswers(store);
    try {
      return prepare(answers);
    } finally {
      if (!answers.sealed()) {
        answers.close();
      }
    }
  }

  private LinkExit prepare(FileAnswers answers)
      throws UsageException, LinkException, InterruptedException {
    List<String> words =
        new ResponseFiles(answers, invocation.directory()).expand(invocation.arguments());
    WrittenPaths written = new WrittenPaths(invocation.directory(), words);
    messages.show(written);
    Plan plan = CommandLine.parse(words, messages::usage);
    plan.arguments = words;
    messages.follow(plan);
    announce(plan);
    if (plan.announceOnly || (plan.announced && plan.words.isEmpty())) {
      return link.nothing();
    }
    complain(plan);
    if (messages.failed()) {
      return link.nothing();
    }
    if (plan.words.isEmpty()) {
      throw new UsageException("no input files");
    }
    return plan.output.equals(PassedOutput.NAME)
        ? pass(plan, written, answers)
        : run(plan, written, answers);
  }

  /** Links to a file of its own and sends it. */
  private LinkExit pass(Plan plan, WrittenPaths written, FileAnswers answers)
      throws UsageException, LinkException, InterruptedException {
    try (PassedOutput output = PassedOutput.create()) {
      plan.passed = Optional.of(output.path());
      LinkExit exit = run(plan, written, answers);
      if (exit.status() == SUCCESS) {
        output.send(events);
      }
      return exit;
    }
  }

  private LinkExit run(Plan plan, WrittenPaths written, FileAnswers answers)
      throws UsageException, LinkException, InterruptedException {
    directoriesOfSymbols(plan, answers);
    SearchPath search = new SearchPath(answers, invocation.directory(), plan);
    ReadAhead ahead = ReadAhead.of(store, namedFiles(plan));
    try (ahead;
        InputList inputs = new InputList(answers, invocation.directory(), search, messages)) {
      answers.follow(ahead);
      events.progress("read", 0, plan.words.size());
      plan.words.forEach(inputs::add);
      inputs.completeScript(plan.layout.base(plan.shared || plan.pie));
      Optional<ScriptText> packed = plan.packed(inputs.usesSharedLibraries());
      plan.layout.script = plan.names.script(inputs.script().or(() -> packed));
      plan.required.addAll(inputs.required());
      plan.exports.scriptVersions.addAll(inputs.versions());
      plan.skipped.addAll(inputs.skipped());
      OutputSpec spec = Specs.of(plan, inputs, invocation, search);
      addNeeded(plan, spec, inputs, search);
      reproduce(plan, spec, inputs);
      PreparedLink prepared = new PreparedLink(plan, spec, inputs, written, answers);
      checkOutputIsNoInput(prepared);
      trace(prepared);
      if (messages.failed()) {
        return link.nothing();
      }
      SideFiles side = sideFiles(prepared);
      LinkExit exit = link.link(prepared, side, ahead);
      end(exit, side, prepared);
      return exit;
    }
  }

  private void announce(Plan plan) {
    if (!plan.announcement.isEmpty()) {
      events.standardOutput(plan.announcement.toString());
    }
  }

  private void complain(Plan plan) {
    for (String complaint : plan.complaints) {
      messages.send(Diagnostic.warning(Code.INVALID_REQUEST, Place.NONE, complaint));
    }
    plan.skipped.forEach(messages::send);
  }

  private SideFiles sideFiles(PreparedLink prepared) {
    return new SideFiles(
        prepared.plan.side, invocation.directory(), prepared.written, events::standardOutput);
  }

  /** The files on the command line; where libraries are is found one after the other. */
  private List<Path> namedFiles(Plan plan) throws UsageException {
    List<Path> files = new ArrayList<>();
    for (Word word : plan.words) {
      if (!word.library()) {
        files.add(Paths.at(invocation.directory(), word.text()));
      }
    }
    return files;
  }

  private void reproduce(Plan plan, OutputSpec spec, InputList inputs)
      throws UsageException, LinkException {
    String archive =
        plan.side.reproduceBesideOutput ? spec.path() + ".repro.tar" : plan.side.reproduce;
    if (!archive.isEmpty()) {
      List<String> read = new ArrayList<>(inputs.files());
      read.addAll(plan.filesRead());
      Set<String> named = new HashSet<>(plan.filesRead());
      plan.words.stream().filter(word -> !word.library()).map(Word::text).forEach(named::add);
      for (int archiveAt : inputs.thinArchives()) {
        read.addAll(members(inputs.specs().get(archiveAt).path()));
      }
      new Reproduction(invocation.directory(), plan.output, named)
          .write(archive, plan.arguments, read);
    }
  }

  /** The files that a thin archive names. */
  private List<String> members(Path path) throws LinkException {
    Content content = store.open(path);
    try {
      Archive archive = Archive.parse(path.toString(), content.bytes());
      List<String> members = new ArrayList<>();
      for (int m = 0; m < archive.members(); m++) {
        Path member = path.resolveSibling(archive.memberName(m));
        if (Files.isRegularFile(member)) {
          members.add(member.toString());
        }
      }
      return members;
    } finally {
      content.release();
    }
  }

  /** Libraries that libraries need matter when it is asked what they leave undefined. */
  private void addNeeded(Plan plan, OutputSpec spec, InputList inputs, SearchPath search)
      throws UsageException, LinkException {
    boolean asked = plan.copyNeeded || spec.dynamic().undefined().ofLibraries();
    if (spec.kind().imports() && asked) {
      NeededSearch places = new NeededSearch(inputs.answers(), invocation, plan, search.usual());
      inputs.addNeeded(places, plan.copyNeeded ? InputUse.LINKED : InputUse.NEEDED);
    }
  }

  /** {@code -R} with anything but a file means what {@code -rpath} does. */
  private void directoriesOfSymbols(Plan plan, FileAnswers answers) throws UsageException {
    List<Word> directories = new ArrayList<>();
    for (Word word : plan.words) {
      if (word.use() == InputUse.SYMBOLS
          && !answers.isRegular(Paths.at(invocation.directory(), word.text()))) {
        directories.add(word);
        plan.addRunPath(word.text());
      }
    }
    plan.words.removeAll(directories);
  }

  private void trace(PreparedLink prepared) {
    if (prepared.plan.trace) {
      prepared.plan.side.members = true;
      StringBuilder text = new StringBuilder();
      prepared.inputs.forEach(input -> text.append(input.path()).append('\n'));
      events.standardOutput(prepared.written.shown(text.toString()));
    }
  }

  private static void checkOutputIsNoInput(PreparedLink prepared) throws UsageException {
    Path output = prepared.spec.path();
    for (InputSpec input : prepared.namedLikeOutput()) {
      if (isSame(input.path(), output)) {
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
}
