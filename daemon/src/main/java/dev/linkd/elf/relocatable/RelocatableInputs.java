package dev.linkd.elf.relocatable;

import dev.linkd.diag.Code;
import dev.linkd.diag.LinkException;
import dev.linkd.diag.Place;
import dev.linkd.object.ElfObject;
import dev.linkd.object.FileKinds;
import dev.linkd.output.Output.InputSpec;
import dev.linkd.output.Output.InputUse;
import dev.linkd.store.Content;
import dev.linkd.store.InputStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The input files of a relocatable output by key, in the order in which they were first put. */
final class RelocatableInputs implements AutoCloseable {

  /** A file; exactly one of object and archive is set. */
  record Held(
      InputSpec spec, Content content, @Nullable ElfObject object, @Nullable LazyArchive archive) {

    void release() {
      if (archive != null) {
        archive.close();
      }
      content.release();
    }
  }

  private final InputStore store;
  private final Map<String, Held> held = new LinkedHashMap<>();

  RelocatableInputs(InputStore store) {
    this.store = store;
  }

  /**
   * Reads a file.
   *
   * @return whether it differs from what is held
   */
  boolean put(InputSpec spec) throws LinkException {
    Content content = store.open(spec.path());
    try {
      Held old = held.get(spec.key());
      if (old != null && unchanged(old, spec, content)) {
        return false;
      }
      Held fresh = read(spec, content);
      content.retain();
      held.put(spec.key(), fresh);
      if (old != null) {
        old.release();
      }
      return true;
    } finally {
      content.release();
    }
  }

  private static boolean unchanged(Held old, InputSpec spec, Content content) {
    LazyArchive archive = old.archive();
    return old.content() == content
        && old.spec().equals(spec)
        && (archive == null || archive.current());
  }

  private Held read(InputSpec spec, Content content) throws LinkException {
    String name = spec.path().toString();
    if (spec.use() == InputUse.SYMBOLS) {
      throw refused(
          Code.UNSUPPORTED_INPUT, name, "symbols of an image (-R) in a relocatable output");
    }
    if (spec.use() == InputUse.DATA) {
      return new Held(spec, content, spec.object(content), null);
    }
    return switch (FileKinds.detect(content.bytes())) {
      case OBJECT ->
          spec.use() == InputUse.WHEN_NEEDED
              ? new Held(spec, content, null, new LazyArchive(store, spec.path(), null, content))
              : new Held(spec, content, content.object(name), null);
      case ARCHIVE, THIN_ARCHIVE ->
          new Held(
              spec,
              content,
              null,
              new LazyArchive(store, spec.path(), content.archive(name), content));
      case SHARED_LIBRARY ->
          throw refused(Code.INCOMPATIBLE_INPUT, name, "attempted static link of dynamic object");
      case BITCODE ->
          throw refused(
              Code.UNSUPPORTED_INPUT,
              name,
              "LLVM bitcode without machine code",
              "compile without -flto");
      default -> throw refused(Code.INCOMPATIBLE_INPUT, name, "not an object or archive");
    };
  }

  private static LinkException refused(Code code, String name, String message, String... notes) {
    return new LinkException(code, Place.input(name), message, notes);
  }

  boolean remove(String key) {
    Held old = held.remove(key);
    if (old != null) {
      old.release();
    }
    return old != null;
  }

  List<InputSpec> specs() {
    return held.values().stream().map(Held::spec).toList();
  }

  int size() {
    return held.size();
  }

  long bytes() {
    return held.values().stream().mapToLong(file -> file.content().size()).sum();
  }

  /** The objects of the output: files, and those members of archives that are needed. */
  List<ElfObject> objects(MemberSearch search) throws LinkException {
    for (Held file : held.values()) {
      if (file.object() != null) {
        search.add(file.object());
      }
    }
    search.extract(
        held.values().stream()
            .filter(file -> file.archive() != null)
            .map(file -> new MemberSearch.Source(file.archive(), file.spec().wholeArchive()))
            .toList());
    List<ElfObject> objects = new ArrayList<>();
    for (Held file : held.values()) {
      LazyArchive archive = file.archive();
      if (archive != null) {
        objects.addAll(search.members(archive));
      } else if (file.object() != null) {
        objects.add(file.object());
      }
    }
    return objects;
  }

  @Override
  public void close() {
    held.values().forEach(Held::release);
    held.clear();
  }
}
