package dev.linkd.session;

import dev.linkd.diag.LinkException;
import dev.linkd.output.AtomUpdate;
import dev.linkd.output.FlushResult;
import dev.linkd.output.LinkReports;
import dev.linkd.output.Output;
import dev.linkd.output.OutputSpec;
import dev.linkd.output.OutputStatus;
import dev.linkd.publish.ChangeRing;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/**
 * The output that an invocation gets: its flushes are counted and watched like those of clients,
 * and only the registry can close it.
 */
final class ReportedOutput implements Output {
  private final Output output;
  private final OutputActor actor;

  ReportedOutput(Output output, OutputActor actor) {
    this.output = output;
    this.actor = actor;
  }

  @Override
  public FlushResult flush() {
    return actor.flush(output);
  }

  @Override
  public void close() {
    throw new IllegalStateException("an output is closed through the pool");
  }

  @Override
  public ChangeRing changes() {
    return output.changes();
  }

  @Override
  public Optional<LinkReports> reports() {
    return output.reports();
  }

  @Override
  public OutputSpec spec() {
    return output.spec();
  }

  @Override
  public long generation() {
    return output.generation();
  }

  @Override
  public int name(MemorySegment bytes, long offset, int length) {
    return output.name(bytes, offset, length);
  }

  @Override
  public void names(MemorySegment bytes, long[] offsets, int[] lengths, int count, int[] ids) {
    output.names(bytes, offsets, lengths, count, ids);
  }

  @Override
  public int name(String name) {
    return output.name(name);
  }

  @Override
  public Object nameTable() {
    return output.nameTable();
  }

  @Override
  public int nameBirth(int id) {
    return output.nameBirth(id);
  }

  @Override
  public int stream(String name) {
    return output.stream(name);
  }

  @Override
  public void removeStream(int stream) {
    output.removeStream(stream);
  }

  @Override
  public void putAtom(int stream, AtomUpdate update) throws LinkException {
    output.putAtom(stream, update);
  }

  @Override
  public boolean removeAtom(int stream, int key) {
    return output.removeAtom(stream, key);
  }

  @Override
  public void defineSymbol(int stream, int name, int target, long value, long size, int info)
      throws LinkException {
    output.defineSymbol(stream, name, target, value, size, info);
  }

  @Override
  public boolean removeSymbol(int stream, int name) {
    return output.removeSymbol(stream, name);
  }

  @Override
  public void importLibrary(String soname, List<ImportedSymbol> symbols) throws LinkException {
    output.importLibrary(soname, symbols);
  }

  @Override
  public boolean removeLibrary(String soname) {
    return output.removeLibrary(soname);
  }

  @Override
  public InputChange putInput(InputSpec input) throws LinkException {
    return output.putInput(input);
  }

  @Override
  public boolean placeInput(String key, String after, int run) {
    return output.placeInput(key, after, run);
  }

  @Override
  public boolean removeInput(String key) {
    return output.removeInput(key);
  }

  @Override
  public boolean touch() {
    return output.touch();
  }

  @Override
  public long revision() {
    return output.revision();
  }

  @Override
  public List<InputSpec> inputs() {
    return output.inputs();
  }

  @Override
  public List<String> verify() {
    return output.verify();
  }

  @Override
  public void explain(String cause) {
    actor.explain(cause);
  }

  @Override
  public OutputStatus status() {
    return output.status();
  }

  @Override
  public void dump(DumpVisitor visitor) {
    output.dump(visitor);
  }

  @Override
  public boolean query(String name, QueryVisitor visitor) {
    return output.query(name, visitor);
  }

  @Override
  public void collected(CollectedVisitor visitor) {
    output.collected(visitor);
  }

  @Override
  public void folded(FoldedVisitor visitor) {
    output.folded(visitor);
  }
}
