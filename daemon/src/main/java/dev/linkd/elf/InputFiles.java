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
import dev.linkd.store.Content;
import dev.linkd.store.InputStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The input files of an output by key: objects, archives, shared libraries, linker scripts. */
final class InputFiles {

  /** What one key stands for; exactly one of the four is set. */
  private record Held(
      InputSpec spec,
      Content source,
      @Nullable ObjectInput object,
      @Nullable ArchiveInput archive,
      @Nullable Library library,
      @Nullable List<String> script) {}

  private final LinkState state;
  private final ElfParts parts;
  private final InputStore store;
  private final Groups groups = new Groups();
  private final SharedPieces shared;
  private final ObjectLoader loader;
  private final Map<String, Held> held = new LinkedHashMap<>();

  /** Inputs whose last version could not be used; they keep a flush from publishing. */
  private final Map<String, Diagnostic> faulty = new LinkedHashMap<>();

  /** References to archive members went away: some may not be needed any more. */
  private boolean checkMembers;

  InputFiles(LinkState state, ElfParts parts, InputStore store) {
    this.state = state;
    this.parts = parts;
    this.store = store;
    this.shared = new SharedPieces(state, parts.editor);
    this.loader = new ObjectLoader(state, parts, groups, shared);
  }

  InputChange put(InputSpec spec) throws LinkException {
    Content content = store.open(spec.path());
    try {
      InputChange change = put(spec, content);
      faulty.remove(spec.key());
      return change;
    } catch (LinkException e) {
      faulty.put(spec.key(), e.diagnostic());
      throw e;
    } finally {
      content.release();
    }
  }

  /** Keeps flushes from publishing until the input that the diagnostic names is put again. */
  void refuse(Diagnostic diagnostic) {
    faulty.put(diagnostic.place().input(), diagnostic);
  }

  private InputChange put(InputSpec spec, Content content) throws LinkException {
    Held old = held.get(spec.key());
    if (old != null && old.source() == content && old.spec().equals(spec)) {
      return InputChange.NONE;
    }
    String name = spec.path().toString();
    FileKinds.Kind kind = FileKinds.detect(content.bytes());
    if (old != null && old.object() != null && kind == FileKinds.Kind.OBJECT) {
      return replaceObject(spec, old, old.object(), content);
    }
    if (old != null) {
      drop(spec.key());
    }
    return switch (kind) {
      case OBJECT -> addObject(spec, content, content.object(name));
      case SHARED_LIBRARY -> addLibrary(spec, content, content.library(name));
      case ARCHIVE -> addArchive(spec, content, content.archive(name));
      case THIN_ARCHIVE ->
          throw refused(Code.UNSUPPORTED_INPUT, name, "thin archive", "give its members instead");
      case SCRIPT, EMPTY -> addScript(spec, content, name);
      case BITCODE ->
          throw refused(
              Code.UNSUPPORTED_INPUT,
              name,
              "LLVM bitcode without machine code",
              "compile without -flto");
      default -> throw refused(Code.INCOMPATIBLE_INPUT, name, "not an object, archive or library");
    };
  }

  private static LinkException refused(Code code, String name, String message, String... notes) {
    return new LinkException(code, Place.input(name), message, notes);
  }

  private InputChange addObject(InputSpec spec, Content content, ElfObject object)
      throws LinkException {
    ObjectInput input =
        state.inputs.add(
            (number, order) ->
                new ObjectInput(number, spec.path().toString(), order, content, object, null, 0));
    InputChange change = loadNew(input, content, object);
    held.put(spec.key(), new Held(spec, content, input, null, null, null));
    return change;
  }

  /** Reads an object for the first time; on failure nothing of it stays. */
  private InputChange loadNew(ObjectInput input, Content content, ElfObject object)
      throws LinkException {
    content.retain();
    groups.add(input, object);
    try {
      InputChange change = loader.load(input, content, object);
      reloadStale();
      return change;
    } catch (LinkException e) {
      discard(input);
      throw e;
    }
  }

  private InputChange replaceObject(InputSpec spec, Held old, ObjectInput input, Content content)
      throws LinkException {
    ElfObject object = content.object(spec.path().toString());
    content.retain();
    ElfObject before = input.object;
    groups.add(input, object);
    groups.remove(input, before, Groups.signatures(object));
    groups.forget(input);
    try {
      InputChange change = loader.load(input, content, object);
      old.source().release();
      held.put(spec.key(), new Held(spec, content, input, null, null, null));
      checkMembers = true;
      reloadStale();
      return change;
    } catch (LinkException e) {
      held.remove(spec.key());
      input.object = object;
      discard(input);
      old.source().release();
      throw e;
    }
  }

  private void reloadStale() throws LinkException {
    List<ObjectInput> stale = groups.takeStale();
    while (!stale.isEmpty()) {
      for (ObjectInput input : stale) {
        loader.load(input, input.source, input.object);
      }
      stale = groups.takeStale();
    }
  }

  private void discard(ObjectInput input) {
    loader.unload(input);
    groups.remove(input, input.object, List.of());
    groups.forget(input);
    state.inputs.remove(input);
    input.source.release();
  }

  private InputChange addLibrary(InputSpec spec, Content content, SharedLibrary library)
      throws LinkException {
    if (!state.spec.kind().imports()) {
      throw refused(
          Code.INCOMPATIBLE_INPUT,
          spec.path().toString(),
          "attempted static link of a shared library");
    }
    content.retain();
    Library added =
        parts.providers.addLibrary(library.soname(), spec.asNeeded(), new LibraryFile(library));
    held.put(spec.key(), new Held(spec, content, null, null, added, null));
    librariesChanged();
    return InputChange.NONE;
  }

  private void librariesChanged() {
    DynamicSymbolTable symbols = parts.dynamicSymbols;
    if (symbols != null) {
      symbols.invalidate();
    }
  }

  private InputChange addArchive(InputSpec spec, Content content, Archive archive)
      throws LinkException {
    ArchiveInput input =
        new ArchiveInput(state, spec.path().toString(), content, archive, this::extract);
    content.retain();
    held.put(spec.key(), new Held(spec, content, null, input, null, null));
    parts.providers.addArchive(input);
    if (spec.wholeArchive()) {
      for (int m = 0; m < archive.members(); m++) {
        if (FileKinds.detect(archive.memberBytes(m)) == FileKinds.Kind.OBJECT) {
          extract(input, m);
        }
      }
    }
    return InputChange.NONE;
  }

  private void extract(ArchiveInput archive, int member) {
    try {
      ElfObject object = archive.source.member(archive.archive, member);
      ObjectInput input =
          state.inputs.add(
              (number, order) ->
                  new ObjectInput(
                      number, object.name(), order, archive.source, object, archive, member));
      archive.extracted.put(member, input);
      loadNew(input, archive.source, object);
    } catch (LinkException e) {
      archive.extracted.remove(member);
      state.problems.add(e.diagnostic());
    }
  }

  private InputChange addScript(InputSpec spec, Content content, String name) throws LinkException {
    LinkerScript script = LinkerScript.parse(name, content.bytes());
    List<String> keys = new ArrayList<>();
    content.retain();
    held.put(spec.key(), new Held(spec, content, null, null, null, keys));
    for (LinkerScript.Input input : script.inputs()) {
      Path path = resolve(spec.path(), input, name);
      String key = spec.key() + '\0' + input.name();
      keys.add(key);
      put(new InputSpec(key, path, spec.asNeeded() || input.asNeeded(), spec.wholeArchive()));
    }
    return InputChange.NONE;
  }

  private static Path resolve(Path script, LinkerScript.Input input, String name)
      throws LinkException {
    if (input.library()) {
      throw refused(
          Code.UNSUPPORTED_INPUT, name, "-l" + input.name() + " in a script that is an input");
    }
    return script.resolveSibling(input.name());
  }

  boolean remove(String key) {
    boolean wasFaulty = faulty.remove(key) != null;
    if (!held.containsKey(key)) {
      return wasFaulty;
    }
    drop(key);
    return true;
  }

  private void drop(String key) {
    Held old = held.remove(key);
    if (old == null) {
      return;
    }
    checkMembers = true;
    ObjectInput object = old.object();
    ArchiveInput archive = old.archive();
    Library library = old.library();
    List<String> script = old.script();
    if (object != null) {
      discard(object);
    } else if (archive != null) {
      parts.providers.removeArchive(archive);
      new ArrayList<>(archive.extracted.values()).forEach(this::dropMember);
    } else if (library != null) {
      parts.providers.removeLibrary(library);
      librariesChanged();
    } else if (script != null) {
      script.forEach(this::drop);
    }
    if (object == null) {
      old.source().release();
    }
    try {
      reloadStale();
    } catch (LinkException e) {
      faulty.put(key, e.diagnostic());
    }
  }

  private void dropMember(ObjectInput member) {
    ArchiveInput archive = member.archive;
    if (archive != null) {
      archive.extracted.remove(member.member);
    }
    discard(member);
  }

  /** Before a settle: archive members that nothing needs any more go, and faults are reported. */
  void settle(Problems problems) {
    faulty.values().forEach(problems::add);
    if (checkMembers) {
      checkMembers = false;
      new MemberLiveness(state, archives()).unneeded().forEach(this::dropMember);
    }
  }

  /** The files as they were given, in order; what scripts name is left out. */
  List<InputSpec> specs() {
    List<InputSpec> list = new ArrayList<>();
    for (Held input : held.values()) {
      if (input.spec().key().indexOf('\0') < 0) {
        list.add(input.spec());
      }
    }
    return list;
  }

  private List<ArchiveInput> archives() {
    List<ArchiveInput> list = new ArrayList<>();
    for (Held input : held.values()) {
      ArchiveInput archive = input.archive();
      if (archive != null && !input.spec().wholeArchive()) {
        list.add(archive);
      }
    }
    return list;
  }

  long bytes() {
    return shared.bytes();
  }

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
    shared.close();
  }
}
