package dev.linkd.session;

import dev.linkd.diag.Code;
import dev.linkd.diag.Diagnostic;
import dev.linkd.diag.LinkException;
import dev.linkd.diag.Place;
import dev.linkd.output.AtomUpdate;
import dev.linkd.output.FlushResult;
import dev.linkd.output.Output;
import dev.linkd.output.OutputSpec;
import dev.linkd.output.OutputStatus;
import dev.linkd.publish.AtomChanges;
import dev.linkd.publish.ByteRanges;
import dev.linkd.publish.ChangeRecord;
import dev.linkd.publish.ChangeRing;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * An output that keeps what it is told in maps, for tests of the services. It checks what the
 * engine relies on: a single owner thread, and consistent arrays. A publish only counts.
 */
public final class MemoryOutput implements Output {
  private final OutputSpec spec;
  private final MemoryOutputs family;
  private final Thread owner = Thread.currentThread();

  private final Map<String, Integer> ids = new HashMap<>();
  private final List<String> texts = new ArrayList<>();
  private final List<String> streams = new ArrayList<>();

  /** Atoms by "stream/key"; what they refer to; what they define. */
  private final Map<String, byte[]> atoms = new TreeMap<>();

  private final Map<String, List<String>> references = new HashMap<>();
  private final Map<String, List<String>> definitions = new HashMap<>();
  private final Set<String> symbols = new HashSet<>();
  private final Map<String, List<ImportedSymbol>> libraries = new HashMap<>();
  private final Map<String, InputSpec> inputs = new LinkedHashMap<>();

  /** Short, so that a test reaches its end. */
  private final ChangeRing changes = new ChangeRing(8, 1 << 20);

  private long generation;
  private long flushes;
  private long failedFlushes;
  private int added;
  private int changed;
  private int removed;
  private long symbolChanges;

  MemoryOutput(OutputSpec spec, MemoryOutputs family) {
    this.spec = spec;
    this.family = family;
  }

  @Override
  public OutputSpec spec() {
    return spec;
  }

  @Override
  public long generation() {
    return generation;
  }

  @Override
  public int name(MemorySegment bytes, long offset, int length) {
    byte[] copy = bytes.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE);
    return name(new String(copy, StandardCharsets.ISO_8859_1));
  }

  @Override
  public int name(String name) {
    checkOwner();
    return ids.computeIfAbsent(
        name,
        text -> {
          texts.add(text);
          return texts.size() - 1;
        });
  }

  @Override
  public Object nameTable() {
    return ids;
  }

  @Override
  public int nameBirth(int id) {
    return 1; // names stay
  }

  @Override
  public int stream(String name) {
    checkOwner();
    int present = streams.indexOf(name);
    if (present >= 0) {
      return present;
    }
    streams.add(name);
    return streams.size() - 1;
  }

  @Override
  public void removeStream(int stream) {
    checkOwner();
    List<String> keys =
        atoms.keySet().stream().filter(k -> k.startsWith(streams.get(stream) + "/")).toList();
    keys.forEach(this::remove);
  }

  @Override
  public void putAtom(int stream, AtomUpdate update) throws LinkException {
    checkOwner();
    family.beforeAtom();
    String key = streams.get(stream) + "/" + texts.get(update.key);
    if (key.endsWith("/defect")) {
      throw new IllegalStateException("defect on purpose");
    }
    if (key.endsWith("/refused")) {
      throw new LinkException(Code.UNKNOWN_RELOCATION, Place.input(key), "refused on purpose");
    }
    if (update.sectionType != 8 && update.bytes.byteSize() != update.size) {
      throw new AssertionError("size and content disagree");
    }
    byte[] content = update.bytes.toArray(ValueLayout.JAVA_BYTE);
    byte[] before = atoms.put(key, content);
    if (before == null) {
      added++;
    } else if (!Arrays.equals(before, content)) {
      changed++;
    }
    references.put(key, referencesOf(update));
    definitions.put(key, definitionsOf(update));
  }

  private List<String> referencesOf(AtomUpdate update) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < update.relocations; i++) {
      if (update.relocationSpaces[i] == AtomUpdate.TARGET_GLOBAL) {
        names.add(texts.get(update.relocationTargets[i]));
      }
    }
    return names;
  }

  private List<String> definitionsOf(AtomUpdate update) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < update.definitions; i++) {
      names.add(texts.get(update.definitionNames[i]));
    }
    return names;
  }

  @Override
  public boolean removeAtom(int stream, int key) {
    checkOwner();
    return remove(streams.get(stream) + "/" + texts.get(key));
  }

  private boolean remove(String key) {
    references.remove(key);
    definitions.remove(key);
    boolean present = atoms.remove(key) != null;
    removed += present ? 1 : 0;
    return present;
  }

  @Override
  public void defineSymbol(int stream, int name, int target, long value, long size, int info) {
    symbolChanges += symbols.add(texts.get(name)) ? 1 : 0;
  }

  @Override
  public boolean removeSymbol(int stream, int name) {
    boolean present = symbols.remove(texts.get(name));
    symbolChanges += present ? 1 : 0;
    return present;
  }

  @Override
  public void importLibrary(String soname, List<ImportedSymbol> imported) {
    libraries.put(soname, List.copyOf(imported));
    symbolChanges++;
  }

  @Override
  public boolean removeLibrary(String soname) {
    return libraries.remove(soname) != null;
  }

  @Override
  public InputChange putInput(InputSpec input) throws LinkException {
    if (input.path().endsWith("missing.o")) {
      throw new LinkException(
          Code.INPUT_UNREADABLE, Place.input(input.key()), "no such file or directory");
    }
    boolean same = input.equals(inputs.put(input.key(), input));
    added += same ? 0 : 2;
    return same ? new InputChange(0, 0, 0, 2) : new InputChange(2, 0, 0, 0);
  }

  @Override
  public boolean removeInput(String key) {
    return inputs.remove(key) != null;
  }

  @Override
  public boolean touch() {
    return generation > 0;
  }

  @Override
  public List<InputSpec> inputs() {
    return List.copyOf(inputs.values());
  }

  @Override
  public FlushResult flush() {
    checkOwner();
    flushes++;
    List<Diagnostic> undefined = undefinedSymbols();
    if (!undefined.isEmpty()) {
      failedFlushes++;
      return new FlushResult(false, generation, undefined, statistics());
    }
    boolean any = added + changed + removed + symbolChanges > 0;
    FlushResult result =
        new FlushResult(any, any ? ++generation : generation, List.of(), statistics());
    if (any) {
      record();
    }
    added = 0;
    changed = 0;
    removed = 0;
    symbolChanges = 0;
    return result;
  }

  /** The file of generation g differs in bytes g to g + 1; each atom counts as number 7. */
  private void record() {
    ByteRanges file = new ByteRanges();
    file.add(generation, generation + 2);
    ByteRanges addresses = new ByteRanges();
    addresses.add(0x400000 + generation, 0x400002 + generation);
    AtomChanges atoms = new AtomChanges();
    for (long i = 0; i < added; i++) {
      atoms.add(AtomChanges.Kind.ADDED, 7);
    }
    changes.add(new ChangeRecord(generation, 4096, file, addresses, atoms));
  }

  @Override
  public ChangeRing changes() {
    return changes;
  }

  private List<Diagnostic> undefinedSymbols() {
    Set<String> defined = new HashSet<>(symbols);
    definitions.values().forEach(defined::addAll);
    libraries.values().forEach(l -> l.forEach(symbol -> defined.add(symbol.name())));
    List<Diagnostic> undefined = new ArrayList<>();
    references.forEach(
        (atom, names) ->
            names.stream()
                .filter(name -> !defined.contains(name))
                .forEach(
                    name ->
                        undefined.add(
                            Diagnostic.error(
                                Code.UNDEFINED_SYMBOL,
                                Place.symbol(atom, name),
                                "undefined symbol: " + name))));
    return undefined;
  }

  private FlushResult.Statistics statistics() {
    return new FlushResult.Statistics(
        added,
        changed,
        0,
        removed,
        0,
        new FlushResult.Rows(0, 0, 1, 0, 0, 0, 0, 0),
        1,
        1,
        3,
        1_000,
        2_000,
        3_000);
  }

  @Override
  public List<String> verify() {
    return atoms.keySet().stream().filter(k -> k.endsWith("/wrong")).toList();
  }

  @Override
  public OutputStatus status() {
    checkOwner();
    return new OutputStatus(
        generation,
        true,
        streams.size() + inputs.size(),
        atoms.size(),
        symbols.size(),
        references.values().stream().mapToLong(List::size).sum(),
        atoms.size() + 1,
        4096,
        64,
        1 << 20,
        flushes,
        failedFlushes,
        statistics(),
        flushes + " flushes");
  }

  @Override
  public void dump(DumpVisitor visitor) {
    visitor.node(0, "file", spec.path().toString(), 0, 0, 4096, 4096);
    long offset = 0;
    for (Map.Entry<String, byte[]> atom : atoms.entrySet()) {
      int size = atom.getValue().length;
      visitor.node(1, "atom", atom.getKey(), offset, 0x400000 + offset, size, size + 8);
      offset += size + 8;
    }
    visitor.node(1, "hole", "", -1, 0, 0, 16);
  }

  @Override
  public boolean query(String name, QueryVisitor visitor) {
    definitions.forEach(
        (atom, names) -> {
          if (names.contains(name)) {
            visitor.definition(true, "stream", atom, 0x400000, 4, 0x12);
          }
        });
    references.forEach(
        (atom, names) ->
            names.stream()
                .filter(name::equals)
                .forEach(n -> visitor.reference("stream", atom, 1, 4, "R_X86_64_PLT32", -4)));
    return definitions.values().stream().anyMatch(n -> n.contains(name))
        || references.values().stream().anyMatch(n -> n.contains(name));
  }

  @Override
  public void close() {
    checkOwner();
    family.closed(this);
  }

  private void checkOwner() {
    if (!Thread.currentThread().equals(owner)) {
      throw new AssertionError("touched by " + Thread.currentThread() + ", owned by " + owner);
    }
  }
}
