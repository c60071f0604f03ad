package dev.linkd.oracle.naive;

import dev.linkd.output.AtomUpdate;
import dev.linkd.output.FlushResult;
import dev.linkd.output.Output;
import dev.linkd.output.OutputSpec;
import dev.linkd.output.OutputStatus;
import dev.linkd.publish.ChangeRing;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A reference linker implements what the checks use of an output; it refuses the rest. */
public abstract class PartialOutput implements Output {
  protected static final FlushResult.Statistics NO_STATISTICS = FlushResult.Statistics.NOTHING;

  private final OutputSpec spec;

  protected PartialOutput(OutputSpec spec) {
    this.spec = spec;
  }

  private static UnsupportedOperationException refused() {
    return new UnsupportedOperationException("not an operation of a reference linker");
  }

  @Override
  public ChangeRing changes() {
    throw refused();
  }

  @Override
  public OutputSpec spec() {
    return spec;
  }

  @Override
  public int name(MemorySegment bytes, long offset, int length) {
    byte[] copy = bytes.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE);
    return name(new String(copy, StandardCharsets.UTF_8));
  }

  @Override
  public int name(String name) {
    throw refused();
  }

  @Override
  public Object nameTable() {
    throw refused();
  }

  @Override
  public int nameBirth(int id) {
    throw refused();
  }

  @Override
  public int stream(String name) {
    throw refused();
  }

  @Override
  public void removeStream(int stream) {
    throw refused();
  }

  @Override
  public void putAtom(int stream, AtomUpdate update) {
    throw refused();
  }

  @Override
  public boolean removeAtom(int stream, int key) {
    throw refused();
  }

  @Override
  public void defineSymbol(int stream, int name, int target, long value, long size, int info) {
    throw refused();
  }

  @Override
  public boolean removeSymbol(int stream, int name) {
    throw refused();
  }

  @Override
  public void importLibrary(String soname, List<ImportedSymbol> symbols) {
    throw refused();
  }

  @Override
  public boolean removeLibrary(String soname) {
    throw refused();
  }

  @Override
  public InputChange putInput(InputSpec input) {
    throw refused();
  }

  @Override
  public boolean removeInput(String key) {
    throw refused();
  }

  @Override
  public boolean touch() {
    throw refused();
  }

  @Override
  public List<InputSpec> inputs() {
    return List.of();
  }

  @Override
  public OutputStatus status() {
    throw refused();
  }

  @Override
  public void dump(DumpVisitor visitor) {
    throw refused();
  }

  @Override
  public boolean query(String name, QueryVisitor visitor) {
    throw refused();
  }

  /** A reference linker is what others are compared with. */
  @Override
  public List<String> verify() {
    return List.of();
  }

  @Override
  public void close() {}
}
