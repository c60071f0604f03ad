package dev.linkd.store;

import dev.linkd.diag.LinkException;
import dev.linkd.object.Archive;
import dev.linkd.object.ElfObject;
import dev.linkd.object.SharedLibrary;
import dev.linkd.table.Hash128;
import dev.linkd.table.NativeBytes;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The bytes of an input file in memory, immutable and counted, with what was parsed from them.
 * Files with equal bytes are one content. Every {@link InputStore#open} and {@link #retain} is
 * paired with one {@link #release}; after the last one the bytes must not be touched any more.
 */
public final class Content {

  /** Makes a view over bytes. */
  @FunctionalInterface
  public interface Parser<T> {
    T parse(String name, MemorySegment bytes) throws LinkException;
  }

  private record View(Class<?> type, String name) {}

  private final InputStore store;
  private final Hash128 hash;
  private final NativeBytes memory;
  private final MemorySegment bytes;
  private final AtomicInteger references = new AtomicInteger(1);

  /** Views that exist; locked by itself, so that nothing is parsed twice. */
  private final Map<View, Object> views = new HashMap<>();

  /** Files that are known to have this content; owned by the store's lock. */
  final Set<CachedFile> files = new HashSet<>();

  Content(InputStore store, Hash128 hash, NativeBytes memory) {
    this.store = store;
    this.hash = hash;
    this.memory = memory;
    this.bytes = memory.segment().asReadOnly();
  }

  public Hash128 hash() {
    return hash;
  }

  /** The bytes, read-only. */
  public MemorySegment bytes() {
    return bytes;
  }

  public long size() {
    return bytes.byteSize();
  }

  boolean isBackedBy(NativeBytes candidate) {
    return memory == candidate;
  }

  /** Adds a reference; the caller holds one already. */
  public void retain() {
    if (!tryRetain()) {
      throw new IllegalStateException("content " + hash + " was released");
    }
  }

  /** Adds a reference unless the content is already being freed. */
  boolean tryRetain() {
    int count = references.get();
    while (count > 0) {
      if (references.compareAndSet(count, count + 1)) {
        return true;
      }
      count = references.get();
    }
    return false;
  }

  /** Gives up a reference; the last one frees the bytes. */
  public void release() {
    int left = references.decrementAndGet();
    if (left < 0) {
      throw new IllegalStateException("content " + hash + " was released too often");
    }
    if (left == 0) {
      store.forget(this);
      synchronized (views) {
        views.clear(); // whoever still compares this content with others does not keep them
      }
      memory.close();
    }
  }

  /** Number of references, for statistics. */
  int references() {
    return references.get();
  }

  public ElfObject object(String name) throws LinkException {
    return parsed(ElfObject.class, name, ElfObject::parse);
  }

  /**
   * An object whose data are the bytes.
   *
   * @param label the path as it was written
   */
  public ElfObject data(String name, String label) throws LinkException {
    return parsed(
        ElfObject.class,
        name + " as data of " + label,
        (key, all) -> ElfObject.ofData(name, label, all));
  }

  public SharedLibrary library(String name) throws LinkException {
    return parsed(SharedLibrary.class, name, SharedLibrary::parse);
  }

  public Archive archive(String name) throws LinkException {
    return parsed(Archive.class, name, Archive::parse);
  }

  /** A member of an archive that is not thin. */
  public ElfObject member(Archive archive, int member) throws LinkException {
    return parsed(
        ElfObject.class,
        archive.memberInputName(member) + "@" + archive.memberOffset(member),
        (key, all) ->
            ElfObject.parse(archive.memberInputName(member), archive.memberBytes(member)));
  }

  /**
   * The view of that type and name; parsed at its first use. A failure is not kept: it is found
   * again by whoever asks next.
   *
   * @param name what diagnostics call the input; equal contents may have several names
   */
  public <T> T parsed(Class<T> type, String name, Parser<T> parser) throws LinkException {
    synchronized (views) {
      View key = new View(type, name);
      Object known = views.get(key);
      if (known != null) {
        return type.cast(known);
      }
      T view = parser.parse(name, bytes);
      views.put(key, view);
      return view;
    }
  }
}
