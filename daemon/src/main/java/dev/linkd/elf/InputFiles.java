package dev.linkd.elf;

import dev.linkd.diag.Code;
import dev.linkd.diag.Diagnostic;
import dev.linkd.diag.LinkException;
import dev.linkd.diag.Place;
import dev.linkd.object.Archive;
import dev.linkd.object.ElfObject;
import dev.linkd.object.FileKinds;
import dev.linkd.object.LinkerScript;
import dev.linkd.object.SharedLibrary;
import dev.linkd.output.Output.InputChange;
import dev.linkd.output.Output.InputSpec;
import dev.linkd.output.Output.InputUse;
import dev.linkd.store.Content;
import dev.linkd.store.InputStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The input files of an output by key: objects, archives, shared libraries, linker scripts. */
final class InputFiles {

  /** What one key stands for; exactly one of the five is set. */
  private record Held(
      InputSpec spec,
      Content source,
      @Nullable ObjectInput object,
      @Nullable ArchiveInput archive,
      @Nullable Library library,
      @Nullable List<String> script,
      @Nullable Input symbols) {}

  private final LinkState state;
  private final ElfParts parts;
  private final InputStore store;
  private final ObjectFiles objects;
  private final ArchiveFiles archives;
  private final SymbolFiles symbolFiles;
  private final Map<String, Held> held = new LinkedHashMap<>();

  /** Inputs whose last version could not be used; they keep a flush from publishing. */
  private final Map<String, Diagnostic> faulty = new LinkedHashMap<>();

  private final InputPlaces places;

  InputFiles(LinkState state, ElfParts parts, InputStore store) {
    this.state = state;
    this.parts = parts;
    this.store = store;
    this.objects = new ObjectFiles(state, parts);
    this.archives = new ArchiveFiles(state, parts, objects, store);
    this.symbolFiles = new SymbolFiles(state, parts.streamSymbols);
    this.places = new InputPlaces(state.inputs);
  }

  InputChange put(InputSpec spec) throws LinkException {
    return putAt(new Placed(places.ofOrNext(spec.key()), spec, null));
  }

  /** See {@link InputPlaces#choose}. */
  boolean place(String key, String after, int run) {
    return places.choose(key, after, run);
  }

  /** Like {@link #put}, at a place that another link gave to the file. */
  InputChange putAt(Placed file) throws LinkException {
    InputSpec spec = file.spec();
    long place = file.place();
    places.take(spec.key(), place);
    try {
      InputChange change = put(file);
      faulty.remove(spec.key());
      return change;
    } catch (LinkException e) {
      faulty.put(spec.key(), e.diagnostic());
      throw e;
    }
  }

  private InputChange put(Placed file) throws LinkException {
    Content content = open(file);
    try {
      return put(file.spec(), file.place(), content);
    } finally {
      content.release();
    }
  }

  /** Keeps flushes from publishing until the input that the diagnostic names is put again. */
  void refuse(Diagnostic diagnostic) {
    faulty.put(diagnostic.place().input(), diagnostic);
  }

  /** The file's content; that which another link holds, if the file is gone. */
  private Content open(Placed file) throws LinkException {
    Content other = file.content();
    if (other != null && Files.notExists(file.spec().path())) {
      other.retain();
      return other;
    }
    return store.open(file.spec().path());
  }

  private InputChange put(InputSpec spec, long place, Content content) throws LinkException {
    Held old = held.get(spec.key());
    if (old != null && same(old, spec, content)) {
      return InputChange.NONE;
    }
    String name = spec.path().toString();
    boolean data = spec.use() == InputUse.DATA;
    FileKinds.Kind kind = data ? FileKinds.Kind.OBJECT : FileKinds.detect(content.bytes());
    boolean plain = data || spec.use() == InputUse.LINKED;
    if (old != null && old.object() != null && kind == FileKinds.Kind.OBJECT && plain) {
      return replaceObject(spec, old.object(), content);
    }
    ArchiveInput archive = old != null && old.spec().equals(spec) ? old.archive() : null;
    if (old != null && archive != null && archive.becomes(kind)) {
      return replaceArchive(old, archive, content);
    }
    if (old != null && old.script() != null && old.source() == content && old.spec().equals(spec)) {
      return putScript(spec, place, LinkerScript.parse(name, content.bytes()), old.script());
    }
    drop(spec.key());
    if (spec.use() == InputUse.SYMBOLS) {
      return addSymbols(spec, place, content);
    }
    if (spec.use() == InputUse.WHEN_NEEDED && kind == FileKinds.Kind.OBJECT) {
      return addArchive(spec, place, content, null);
    }
    return switch (kind) {
      case OBJECT -> addObject(spec, place, content, spec.object(content));
      case SHARED_LIBRARY -> addLibrary(spec, place, content, content.library(name));
      case ARCHIVE, THIN_ARCHIVE -> addArchive(spec, place, content, content.archive(name));
      case SCRIPT, EMPTY -> addScript(spec, place, content, name);
      case BITCODE ->
          throw refused(
              Code.UNSUPPORTED_INPUT,
              name,
              "LLVM bitcode without machine code",
              "compile without -flto");
      default -> throw refused(Code.INCOMPATIBLE_INPUT, name, "not an object, archive or library");
    };
  }

  /** Whether nothing has changed; what a script or a thin archive names may have. */
  private boolean same(Held old, InputSpec spec, Content content) {
    ArchiveInput archive = old.archive();
    return old.source() == content
        && old.spec().equals(spec)
        && old.script() == null
        && (archive == null || archive.current());
  }

  private static LinkException refused(Code code, String name, String message, String... notes) {
    return new LinkException(code, Place.input(name), message, notes);
  }

  private InputChange addObject(InputSpec spec, long place, Content content, ElfObject object)
      throws LinkException {
    String name = spec.path().toString();
    ObjectFiles.Added added =
        objects.add(new ObjectFiles.Source(name, place, content, null, 0), object);
    held.put(spec.key(), new Held(spec, content, added.input(), null, null, null, null));
    return added.change();
  }

  private InputChange replaceObject(InputSpec spec, ObjectInput input, Content content)
      throws LinkException {
    ElfObject object;
    try {
      object = spec.object(content);
    } catch (LinkException e) {
      drop(spec.key());
      throw e;
    }
    held.remove(spec.key());
    InputChange change = objects.replace(input, content, object);
    held.put(spec.key(), new Held(spec, content, input, null, null, null, null));
    return change;
  }

  private InputChange addLibrary(InputSpec spec, long place, Content content, SharedLibrary library)
      throws LinkException {
    if (!state.spec.kind().imports()) {
      throw refused(
          Code.INCOMPATIBLE_INPUT,
          spec.path().toString(),
          "attempted static link of dynamic object");
    }
    content.retain();
    boolean unnamed = !library.hasSoname() && !spec.needed().isEmpty();
    String soname = unnamed ? spec.needed() : library.soname();
    boolean indirect = spec.use() == InputUse.NEEDED;
    LibraryFile symbols = new LibraryFile(library);
    Library added =
        parts.providers.addLibrary(place, soname, spec.asNeeded() || indirect, indirect, symbols);
    held.put(spec.key(), new Held(spec, content, null, null, added, null, null));
    librariesChanged();
    return InputChange.NONE;
  }

  private void librariesChanged() {
    DynamicSymbolTable symbols = parts.dynamicSymbols;
    if (symbols != null) {
      symbols.invalidate();
    }
  }

  private InputChange addSymbols(InputSpec spec, long place, Content content) throws LinkException {
    Input input = symbolFiles.add(spec, place, content);
    content.retain();
    held.put(spec.key(), new Held(spec, content, null, null, null, null, input));
    return InputChange.NONE;
  }

  /**
   * @param archive null for an object that is taken when it is needed
   */
  private InputChange addArchive(
      InputSpec spec, long place, Content content, @Nullable Archive archive) throws LinkException {
    ArchiveInput input = archives.add(spec, place, content, archive);
    held.put(spec.key(), new Held(spec, content, null, input, null, null, null));
    return InputChange.NONE;
  }

  private InputChange replaceArchive(Held old, ArchiveInput archive, Content content)
      throws LinkException {
    InputSpec spec = old.spec();
    held.remove(spec.key());
    try {
      archives.replace(archive, spec, content);
    } finally {
      old.source().release();
    }
    held.put(spec.key(), new Held(spec, content, null, archive, null, null, null));
    return InputChange.NONE;
  }

  /** The files that a script names follow each other at the place of the script. */
  private InputChange addScript(InputSpec spec, long place, Content content, String name)
      throws LinkException {
    LinkerScript script = LinkerScript.parse(name, content.bytes());
    List<String> keys = new ArrayList<>();
    content.retain();
    held.put(spec.key(), new Held(spec, content, null, null, null, keys, null));
    return putScript(spec, place, script, keys);
  }

  private InputChange putScript(InputSpec spec, long place, LinkerScript script, List<String> keys)
      throws LinkException {
    keys.clear();
    try {
      for (LinkerScript.Input input : script.inputs()) {
        Path path = resolve(spec.path(), input);
        String key = spec.key() + '\0' + input.name();
        keys.add(key);
        boolean asNeeded = spec.asNeeded() || input.asNeeded();
        long next = place + ((long) keys.size() << SCRIPT_SHIFT);
        put(
            new Placed(
                next,
                new InputSpec(key, path, asNeeded, spec.wholeArchive(), "", spec.use()),
                null));
      }
    } catch (LinkException e) {
      drop(spec.key());
      throw e;
    }
    return InputChange.NONE;
  }

  /** Room for the members of each archive that a script names. */
  private static final int SCRIPT_SHIFT = 20;

  private static Path resolve(Path script, LinkerScript.Input input) throws LinkException {
    if (input.library()) {
      throw refused(
          Code.UNSUPPORTED_INPUT,
          script.toString(),
          "-l" + input.name() + " in a script that is an input");
    }
    return script.resolveSibling(input.name());
  }

  boolean remove(String key) {
    places.release(key);
    boolean wasFaulty = faulty.remove(key) != null;
    boolean wasHeld = held.containsKey(key);
    drop(key);
    return wasHeld || wasFaulty;
  }

  private void drop(String key) {
    Held old = held.remove(key);
    if (old == null) {
      return;
    }
    ObjectInput object = old.object();
    ArchiveInput archive = old.archive();
    Library library = old.library();
    List<String> script = old.script();
    Input symbols = old.symbols();
    if (object != null) {
      objects.remove(object);
      return;
    }
    if (archive != null) {
      archives.remove(archive);
    } else if (library != null) {
      parts.providers.removeLibrary(library);
      librariesChanged();
    } else if (script != null) {
      script.forEach(this::drop);
    } else if (symbols != null) {
      symbolFiles.remove(symbols);
    }
    old.source().release();
  }

  /** Before a settle: archive members that nothing needs any more go, and faults are reported. */
  void settle(Problems problems) {
    if (!faulty.isEmpty()) {
      faulty.values().forEach(problems::add);
    }
    objects.settle();
    archives.settle();
  }

  void settled() {
    archives.settled();
  }

  /** Visits the objects and extracted members in the order in which they were put. */
  void objects(Consumer<ObjectInput> visitor) {
    for (Held input : held.values()) {
      ObjectInput object = input.object();
      ArchiveInput archive = input.archive();
      if (object != null) {
        visitor.accept(object);
      } else if (archive != null) {
        archive.extracted.values().forEach(visitor);
      }
    }
  }

  /** Visits the archives in the order in which they were put. */
  void archives(Consumer<ArchiveInput> visitor) {
    for (Held input : held.values()) {
      ArchiveInput archive = input.archive();
      if (archive != null && archive.archived()) {
        visitor.accept(archive);
      }
    }
  }

  /** The files as they were given, by their place; what scripts name is left out. */
  List<Placed> placed() {
    List<Placed> list = new ArrayList<>();
    for (Held input : held.values()) {
      Long place = places.of(input.spec().key());
      if (place != null) {
        ObjectInput object = input.object();
        Content content = object == null ? input.source() : object.source;
        list.add(new Placed(place, input.spec(), content));
      }
    }
    list.sort(Comparator.comparingLong(Placed::place));
    return list;
  }

  List<InputSpec> specs() {
    return placed().stream().map(Placed::spec).toList();
  }

  /** A file and its place in the order of resolution. */
  record Placed(long place, InputSpec spec, @Nullable Content content) {}

  void close() {
    for (Held input : held.values()) {
      ObjectInput object = input.object();
      (object == null ? input.source() : object.source).release();
      ArchiveInput archive = input.archive();
      if (archive != null) {
        archive.extracted.values().forEach(member -> member.source.release());
      }
    }
    held.clear();
  }
}
