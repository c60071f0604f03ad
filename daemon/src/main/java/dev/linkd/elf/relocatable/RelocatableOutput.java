package dev.linkd.elf.relocatable;

import dev.linkd.diag.Code;
import dev.linkd.diag.Diagnostic;
import dev.linkd.diag.LinkException;
import dev.linkd.diag.Place;
import dev.linkd.elf.finish.Finisher;
import dev.linkd.object.ElfObject;
import dev.linkd.output.AtomUpdate;
import dev.linkd.output.Edits;
import dev.linkd.output.FinishRules;
import dev.linkd.output.FinishRules.Compression;
import dev.linkd.output.FlushResult;
import dev.linkd.output.FlushResult.Rows;
import dev.linkd.output.FlushResult.Statistics;
import dev.linkd.output.Output;
import dev.linkd.output.OutputSpec;
import dev.linkd.output.OutputStatus;
import dev.linkd.publish.ByteRanges;
import dev.linkd.publish.ChangeRing;
import dev.linkd.publish.PublishException;
import dev.linkd.publish.PublishOptions;
import dev.linkd.publish.PublishResult;
import dev.linkd.publish.Publisher;
import dev.linkd.store.InputStore;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An object made of objects ({@code ld -r}). Nothing but the inputs is resident: a flush after a
 * change makes the whole file again, because nothing in a relocatable file has a place of its own
 * that could be patched.
 */
public final class RelocatableOutput implements Output {

  private static final int NONE = -1;
  private static final long CONTENT_BYTES_MAX = 1L << 36;
  private final OutputSpec spec;
  private final Publisher publisher;
  private final RelocatableInputs inputs;
  private final Map<String, Diagnostic> faulty = new HashMap<>();
  private final Edits edits = new Edits();
  private long applyNanos;
  private long fileBytes;
  private long flushes;
  private long failedFlushes;
  private Statistics lastStatistics = Statistics.NOTHING;
  private String lastEvent = "opened";

  public RelocatableOutput(OutputSpec spec, PublishOptions options, InputStore store) {
    this.spec = spec;
    this.publisher = new Publisher(spec.path(), options);
    this.inputs = new RelocatableInputs(store);
  }

  @Override
  public OutputSpec spec() {
    return spec;
  }

  @Override
  public long generation() {
    return publisher.generation();
  }

  @Override
  public ChangeRing changes() {
    return publisher.changes();
  }

  @Override
  public InputChange putInput(InputSpec input) throws LinkException {
    long start = System.nanoTime();
    try {
      boolean changed = inputs.put(input);
      edits.made(changed | faulty.remove(input.key()) != null);
      return changed ? new InputChange(0, 1, 0, 0) : InputChange.NONE;
    } catch (LinkException e) {
      faulty.put(input.key(), e.diagnostic());
      edits.made();
      throw e;
    } finally {
      applyNanos += System.nanoTime() - start;
    }
  }

  @Override
  public boolean removeInput(String key) {
    boolean removed = inputs.remove(key) | faulty.remove(key) != null;
    return edits.made(removed);
  }

  @Override
  public long revision() {
    return edits.revision();
  }

  @Override
  public List<InputSpec> inputs() {
    return inputs.specs();
  }

  @Override
  public FlushResult flush() {
    flushes++;
    if (!edits.pending() && publisher.intact()) {
      lastEvent = "flushed without changes";
      return new FlushResult(false, generation(), edits.warnings(), Statistics.NOTHING);
    }
    FlushResult result = flushEdits();
    edits.flushed(result);
    return result;
  }

  private FlushResult flushEdits() {
    long start = System.nanoTime();
    List<Diagnostic> problems = new ArrayList<>(faulty.values());
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment image = problems.isEmpty() ? make(inputs, arena, problems) : MemorySegment.NULL;
      long settled = System.nanoTime() - start;
      if (problems.stream().anyMatch(p -> p.severity() == Diagnostic.Severity.ERROR)) {
        return failed(problems);
      }
      return publish(image, problems, settled);
    } catch (LinkException e) {
      problems.add(e.diagnostic());
      return failed(problems);
    }
  }

  private MemorySegment make(RelocatableInputs from, Arena arena, List<Diagnostic> problems)
      throws LinkException {
    List<String> required = new ArrayList<>(spec.symbols().required());
    spec.names().defined().forEach(symbol -> symbol.value().names(required::add));
    List<ElfObject> objects = from.objects(new MemberSearch(spec.names().wrapped(), required));
    RelocatableLink link = new RelocatableLink(spec, objects);
    ObjectFile file = link.link();
    problems.addAll(link.problems());
    MemorySegment whole = file.write(arena);
    FinishRules rules = spec.content().finish();
    return rules.compression() == Compression.NONE
        ? whole
        : new Finisher(rules, spec.path(), problems::add).finish(whole, arena).program();
  }

  private FlushResult failed(List<Diagnostic> problems) {
    failedFlushes++;
    lastEvent = "flush failed: " + problems.size() + " problems";
    return new FlushResult(false, generation(), problems, Statistics.NOTHING);
  }

  private FlushResult publish(MemorySegment image, List<Diagnostic> problems, long settleNanos) {
    long start = System.nanoTime();
    ByteRanges all = new ByteRanges();
    all.add(0, image.byteSize());
    try {
      PublishResult published = publisher.publish(image, image.byteSize(), all);
      if (!published.warning().isEmpty()) {
        problems.add(
            Diagnostic.warning(
                Code.PUBLISH_FAILED, Place.input(spec.path().toString()), published.warning()));
      }
      fileBytes = image.byteSize();
      lastEvent = "published generation " + published.generation();
      long publishNanos = System.nanoTime() - start;
      lastStatistics = statistics(published, settleNanos, publishNanos);
      applyNanos = 0;
      return new FlushResult(true, published.generation(), problems, lastStatistics);
    } catch (PublishException e) {
      problems.add(
          Diagnostic.error(
              Code.PUBLISH_FAILED, Place.input(e.path().toString()), e.fault(), e.advice()));
      return failed(problems);
    }
  }

  private Statistics statistics(PublishResult published, long settleNanos, long publishNanos) {
    return new Statistics(
        0,
        0,
        0,
        0,
        0,
        Rows.NONE,
        published.bytesWritten(),
        published.ranges(),
        published.systemCalls(),
        applyNanos,
        settleNanos,
        publishNanos);
  }

  @Override
  public boolean touch() {
    return publisher.touch();
  }

  /** Makes the file again from files read again, and compares it with the published one. */
  @Override
  public List<String> verify() {
    if (edits.pending()) {
      return List.of("there are edits that were not flushed");
    }
    try (Arena arena = Arena.ofConfined();
        RelocatableInputs again = new RelocatableInputs(new InputStore(CONTENT_BYTES_MAX))) {
      for (InputSpec input : inputs.specs()) {
        again.put(input);
      }
      List<Diagnostic> problems = new ArrayList<>();
      MemorySegment expected = make(again, arena, problems);
      MemorySegment actual = MemorySegment.ofArray(Files.readAllBytes(spec.path()));
      long differs = expected.mismatch(actual);
      return differs < 0
          ? problems.stream()
              .filter(p -> p.severity() == Diagnostic.Severity.ERROR)
              .map(p -> "a fresh link reports: " + p)
              .toList()
          : List.of("byte " + differs + " differs from a fresh link");
    } catch (LinkException e) {
      return List.of("a fresh link is not possible: " + e.diagnostic());
    } catch (IOException e) {
      return List.of("the published file cannot be read: " + e.getMessage());
    }
  }

  @Override
  public OutputStatus status() {
    return new OutputStatus(
        generation(),
        true,
        inputs.size(),
        0,
        0,
        0,
        0,
        fileBytes,
        0,
        inputs.bytes(),
        flushes,
        failedFlushes,
        lastStatistics,
        lastEvent);
  }

  @Override
  public void dump(DumpVisitor visitor) {
    visitor.node(0, "file", spec.path().toString(), 0, 0, fileBytes, fileBytes);
  }

  @Override
  public boolean query(String name, QueryVisitor visitor) {
    boolean found = false;
    try {
      MemberSearch search = new MemberSearch(spec.names().wrapped(), spec.symbols().required());
      for (ElfObject object : inputs.objects(search)) {
        found |= SymbolReport.visit(object, name, visitor);
      }
    } catch (LinkException e) {
      return false; // a member that cannot be read mentions nothing
    }
    return found;
  }

  @Override
  public void close() {
    publisher.close();
    inputs.close();
  }

  @Override
  public int name(MemorySegment bytes, long offset, int length) {
    return NONE;
  }

  @Override
  public int name(String name) {
    return NONE;
  }

  @Override
  public Object nameTable() {
    return this;
  }

  @Override
  public int nameBirth(int id) {
    return 0;
  }

  @Override
  public int stream(String name) {
    return NONE;
  }

  @Override
  public void removeStream(int stream) {
    // there are none
  }

  @Override
  public void putAtom(int stream, AtomUpdate update) throws LinkException {
    throw onlyFiles();
  }

  @Override
  public boolean removeAtom(int stream, int key) {
    return false;
  }

  @Override
  public void defineSymbol(int stream, int name, int target, long value, long size, int info)
      throws LinkException {
    throw onlyFiles();
  }

  @Override
  public boolean removeSymbol(int stream, int name) {
    return false;
  }

  @Override
  public void importLibrary(String soname, List<ImportedSymbol> symbols) throws LinkException {
    throw onlyFiles();
  }

  @Override
  public boolean removeLibrary(String soname) {
    return false;
  }

  private LinkException onlyFiles() {
    return new LinkException(
        Code.INVALID_REQUEST,
        Place.input(spec.path().toString()),
        "a relocatable output is made of files");
  }
}
