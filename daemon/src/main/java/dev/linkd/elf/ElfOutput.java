package dev.linkd.elf;

import dev.linkd.diag.Code;
import dev.linkd.diag.Diagnostic;
import dev.linkd.diag.LinkException;
import dev.linkd.diag.Place;
import dev.linkd.output.AtomUpdate;
import dev.linkd.output.Edits;
import dev.linkd.output.FlushResult;
import dev.linkd.output.FlushResult.Statistics;
import dev.linkd.output.LinkReports;
import dev.linkd.output.Output;
import dev.linkd.output.OutputSpec;
import dev.linkd.output.OutputStatus;
import dev.linkd.publish.AtomChanges;
import dev.linkd.publish.ChangeRing;
import dev.linkd.publish.PublishException;
import dev.linkd.publish.PublishOptions;
import dev.linkd.publish.PublishResult;
import dev.linkd.store.InputStore;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/** An ELF image for x86-64 with everything resident that is needed to patch it. */
final class ElfOutput implements Output {

  private static final String PUBLISHED = "published ";

  private final OutputSpec spec;
  private final InputStore store;
  private Link link;
  private LinkState state;
  private ElfParts parts;
  private StreamEditor streams;
  private InputFiles inputs;
  private final ImagePublisher publisher;
  private NamedStreams named;
  private DeclaredLibraries declared;
  private final Edits edits = new Edits();
  private boolean imageReleased;
  private long applyNanos;
  private long flushes;
  private long failedFlushes;
  private Statistics lastStatistics = Statistics.NOTHING;
  private String lastEvent = "opened";

  ElfOutput(OutputSpec spec, PublishOptions options, InputStore store) {
    this.spec = spec;
    this.store = store;
    this.link = new Link(spec, store);
    this.state = link.state;
    this.parts = link.parts;
    this.streams = link.streams;
    this.named = new NamedStreams(link);
    this.inputs = link.inputs;
    this.declared = new DeclaredLibraries(link);
    this.publisher = new ImagePublisher(spec, options);
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
  public int name(MemorySegment bytes, long offset, int length) {
    requireImage(); // whoever links again has other names
    return state.names.intern(bytes, offset, length);
  }

  @Override
  public void names(MemorySegment bytes, long[] offsets, int[] lengths, int count, int[] ids) {
    requireImage();
    state.names.intern(bytes, offsets, lengths, count, ids);
  }

  @Override
  public int name(String name) {
    requireImage();
    return state.names.intern(name);
  }

  @Override
  public Object nameTable() {
    requireImage();
    return state.names;
  }

  @Override
  public int nameBirth(int id) {
    return state.names.birth(id);
  }

  @Override
  public int stream(String name) {
    return named.named(name).number;
  }

  @Override
  public void removeStream(int stream) {
    requireImage();
    edits.made(named.remove(stream));
  }

  @Override
  public void putAtom(int stream, AtomUpdate update) throws LinkException {
    requireImage();
    long start = System.nanoTime();
    streams.put(named.require(stream), update);
    edits.made();
    applyNanos += System.nanoTime() - start;
  }

  @Override
  public boolean removeAtom(int stream, int key) {
    requireImage();
    return edits.made(streams.remove(stream, key));
  }

  @Override
  public void defineSymbol(int stream, int name, int target, long value, long size, int info)
      throws LinkException {
    requireImage();
    streams.define(named.require(stream), name, target, value, size, info);
    edits.made();
  }

  @Override
  public boolean removeSymbol(int stream, int name) {
    requireImage();
    return edits.made(streams.undefine(stream, name));
  }

  @Override
  public void importLibrary(String soname, List<ImportedSymbol> symbols) throws LinkException {
    requireImage();
    if (declared.put(soname, symbols)) {
      librariesChanged();
    }
  }

  private void librariesChanged() {
    edits.made();
    if (parts.dynamicSymbols != null) {
      parts.dynamicSymbols.invalidate();
    }
  }

  @Override
  public boolean removeLibrary(String soname) {
    requireImage();
    if (!declared.remove(soname)) {
      return false;
    }
    librariesChanged();
    return true;
  }

  @Override
  public InputChange putInput(InputSpec input) throws LinkException {
    requireImage();
    long start = System.nanoTime();
    edits.made();
    InputChange change = inputs.put(input);
    applyNanos += System.nanoTime() - start;
    return change;
  }

  @Override
  public long revision() {
    return edits.revision();
  }

  @Override
  public boolean placeInput(String key, String after, int run) {
    return inputs.place(key, after, run);
  }

  @Override
  public boolean removeInput(String key) {
    requireImage();
    return edits.made(inputs.remove(key));
  }

  @Override
  public ChangeRing changes() {
    return publisher.changes();
  }

  @Override
  public boolean touch() {
    return publisher.touch();
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
    requireImage();
    long start = System.nanoTime();
    state.problems.clear();
    settle();
    long settleNanos = System.nanoTime() - start;
    FlushResult result = state.problems.errors() ? failed(settleNanos) : publish(settleNanos);
    edits.flushed(result);
    state.names.sweep();
    state.clearCounters();
    applyNanos = 0;
    lastStatistics = result.statistics();
    return result;
  }

  private void settle() {
    try {
      link.settle();
    } catch (TableTooLargeException e) {
      String message = String.valueOf(e.getMessage());
      state.problems.add(
          Diagnostic.error(
              Code.ADDRESS_SPACE_EXHAUSTED, Place.input(spec.path().toString()), message));
    }
  }

  private FlushResult failed(long settleNanos) {
    failedFlushes++;
    int problems = state.problems.size();
    lastEvent = "flush failed: " + problems + (problems == 1 ? " problem" : " problems");
    return unpublished(settleNanos);
  }

  private FlushResult unpublished(long settleNanos) {
    Statistics work = FlushStatistics.of(state, applyNanos, settleNanos);
    return new FlushResult(false, generation(), state.problems.list(), work);
  }

  private FlushResult publish(long settleNanos) {
    long start = System.nanoTime();
    if (state.file.dirty().isEmpty() && publisher.intact()) {
      lastEvent = "flushed without changes";
      return unpublished(settleNanos);
    }
    BuildIdNote buildId = parts.buildId;
    if (buildId != null) {
      buildId.settle();
    }
    try {
      AtomChanges atoms = state.changes.net();
      PublishResult published = publisher.publish(parts, atoms);
      state.file.extents().begin();
      lastEvent = PUBLISHED;
      if (!published.warning().isEmpty()) {
        state.problems.add(
            Diagnostic.warning(
                Code.PUBLISH_FAILED, Place.input(spec.path().toString()), published.warning()));
      }
      Statistics all =
          FlushStatistics.published(
              state, atoms, applyNanos, settleNanos, published, System.nanoTime() - start);
      return new FlushResult(true, published.generation(), state.problems.list(), all);
    } catch (PublishException e) {
      state.room.scarce = e.noSpace();
      state.problems.add(e);
    } catch (LinkException e) {
      state.problems.add(e.diagnostic());
    }
    return failed(settleNanos);
  }

  @Override
  public List<String> verify() {
    requireImage();
    if (edits.pending()) {
      return List.of("there are edits that were not flushed");
    }
    return new Verifier(link).verify(declared.all());
  }

  @Override
  public long releaseImage(boolean unlessChanged) {
    boolean only = edits.pending() || generation() == 0 || !state.file.dirty().isEmpty();
    if (imageReleased || only || (unlessChanged && !publisher.rereadable())) {
      return 0;
    }
    state.file.discardImage();
    imageReleased = true;
    lastEvent = "gave the memory of its image back";
    return parts.layout.fileSize();
  }

  /** Gets the image back before anything looks at it or changes it. */
  private void requireImage() {
    if (imageReleased) {
      imageReleased = false;
      if (!publisher.read(state.file.image(), parts.layout.fileSize())) {
        linkAgain();
      }
    }
  }

  /** The image is not in the published file, or not any more: makes it from the inputs. */
  private void linkAgain() {
    Link fresh = new Link(spec, store);
    DeclaredLibraries declaredAgain = new DeclaredLibraries(fresh);
    NamedStreams namedAgain = new NamedStreams(fresh);
    try {
      Replay replay = new Replay(link, fresh);
      replay.libraries(declared.all(), declaredAgain::adopt);
      replay.streams(namedAgain::put);
      replay.files(inputs.placed());
    } catch (LinkException e) {
      fresh.inputs.refuse(e.diagnostic());
    }
    link.close();
    link = fresh;
    state = fresh.state;
    parts = fresh.parts;
    streams = fresh.streams;
    named = namedAgain;
    inputs = fresh.inputs;
    declared = declaredAgain;
    state.changes.startOver();
    edits.made();
    lastEvent = "linked again: the published file does not hold the image";
  }

  @Override
  public OutputStatus status() {
    long used = FileUse.bytes(parts.layout, state.file);
    return new OutputStatus(
        generation(),
        !imageReleased,
        state.inputs.size() - 1L,
        state.atoms.size(),
        state.symbols.size(),
        state.relocations.size(),
        state.file.nodeCount(),
        parts.layout.fileSize(),
        parts.layout.fileSize() - used,
        state.residentBytes() + parts.bytes() - (imageReleased ? parts.layout.fileSize() : 0),
        flushes,
        failedFlushes,
        lastStatistics,
        lastEvent());
  }

  /** A publish is told by its record, which becomes text only when somebody asks. */
  private String lastEvent() {
    return lastEvent.equals(PUBLISHED)
        ? changes().find(generation()).map(r -> PUBLISHED + r).orElse(PUBLISHED + generation())
        : lastEvent;
  }

  @Override
  public Optional<LinkReports> reports() {
    return Optional.of(new ElfReports(link));
  }

  @Override
  public void dump(DumpVisitor visitor) {
    new Dump(state, parts.layout).visit(visitor);
  }

  @Override
  public boolean query(String name, QueryVisitor visitor) {
    return new SymbolQuery(state, parts).visit(name, visitor);
  }

  @Override
  public void collected(CollectedVisitor visitor) {
    inputs.objects(input -> Collected.visit(state, input, visitor));
  }

  @Override
  public void folded(FoldedVisitor visitor) {
    inputs.objects(input -> Collected.folded(state, input, visitor));
  }

  @Override
  public void close() {
    publisher.close();
    link.close();
  }
}
