package dev.linkd.store;

import dev.linkd.diag.Code;
import dev.linkd.diag.LinkException;
import dev.linkd.diag.Place;
import dev.linkd.object.FileKinds;
import dev.linkd.os.FileSystemCalls;
import dev.linkd.os.NativeFileSystemCalls;
import dev.linkd.os.NativePath;
import dev.linkd.table.Hash128;
import dev.linkd.table.Hasher;
import dev.linkd.table.NativeBytes;
import dev.linkd.table.PageHeap;
import dev.linkd.table.TableFullException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The contents of input files, each held once for the whole daemon. Thread-safe.
 *
 * <h2>When a file is not read again</h2>
 *
 * For each path the store remembers the stamp and the content it had. The same stamp means the same
 * content only if a later write would have changed the stamp, and stamps have the resolution of the
 * file system's clock: a compiler can write a file, we read it, and the compiler writes it again
 * within one tick. So a stamp is trusted only when it was already older than a tick when reading
 * began ({@link Stamp#settledAt}); otherwise the file is read again and compared, which is cheap
 * because it concerns only files changed in the last instant.
 *
 * <h2>While a file is read</h2>
 *
 * The stamp is taken before and after. If they differ the file was written or replaced meanwhile,
 * and it is read again, a few times. Bytes are copied into memory of the daemon: nothing refers to
 * a mapping of a file that others can truncate. See {@link ColdContents} for where they are while
 * nobody links.
 */
public final class InputStore {
  private static final int ATTEMPTS = 6;

  /** Contents begin with a page each, and leave gaps when they go. */
  private static final int RESERVED_PER_BYTE = 2;

  private static final long FIRST_PAUSE_NANOS = 1_000_000L;

  private final FileAccess files;
  private final Function<MemorySegment, Hash128> hash;
  private final LongFunction<NativeBytes> memory;
  private final @Nullable PageHeap pages;
  private final long bytesMax;
  private final Map<Path, CachedFile> paths = new HashMap<>();

  /** Contents by hash. A list has more than one only if two contents collide. */
  private final Map<Hash128, List<Content>> contents = new HashMap<>();

  /** Files that were read before a link asked for them, and that none has asked for yet. */
  private final Set<CachedFile> early = new HashSet<>();

  private long earlyHits;
  private long contentCount;
  private long bytesHeld;
  private long opens;
  private long reads;
  private long bytesRead;

  /**
   * @param bytesMax limit for all contents together
   */
  public InputStore(long bytesMax) {
    this(bytesMax, new FileAccess(new NativeFileSystemCalls()), InputStore::hash);
  }

  InputStore(long bytesMax, FileAccess files, Function<MemorySegment, Hash128> hash) {
    this(bytesMax, files, hash, NativeBytes::allocate, null);
  }

  private InputStore(
      long bytesMax,
      FileAccess files,
      Function<MemorySegment, Hash128> hash,
      LongFunction<NativeBytes> memory,
      @Nullable PageHeap pages) {
    this.bytesMax = bytesMax;
    this.files = files;
    this.hash = hash;
    this.memory = memory;
    this.pages = pages;
  }

  /**
   * A store that lives as long as the process, whose contents can be moved out of memory.
   *
   * @param bytesMax limit for all contents together
   */
  public static InputStore paged(long bytesMax) {
    PageHeap pages = new PageHeap("inputs", RESERVED_PER_BYTE * bytesMax);
    FileAccess files = new FileAccess(new NativeFileSystemCalls());
    return new InputStore(bytesMax, files, InputStore::hash, pages::allocate, pages);
  }

  /** Where contents go that no link needs; only of a {@link #paged} store. */
  public ColdContents cold(Path directory) {
    return cold(directory, new NativeFileSystemCalls());
  }

  /** The same with a disk that is reached by other calls. */
  public ColdContents cold(Path directory, FileSystemCalls calls) {
    return new ColdContents(this, Objects.requireNonNull(pages), directory, calls);
  }

  /** Contents of a kind, each retained for the caller. */
  synchronized List<Content> retainAll(Predicate<Content> kind) {
    List<Content> all = new ArrayList<>();
    for (List<Content> same : contents.values()) {
      for (Content content : same) {
        if (kind.test(content) && content.tryRetain()) {
          all.add(content);
        }
      }
    }
    return all;
  }

  static Hash128 hash(MemorySegment bytes) {
    return new Hasher().update(bytes, 0, bytes.byteSize()).value();
  }

  /**
   * The present content of a file, with a reference for the caller. The same object as before means
   * that nothing changed.
   *
   * @throws LinkException INPUT_UNREADABLE, or LIMIT_EXCEEDED when it does not fit
   */
  public Content open(Path file) throws LinkException {
    return openFile(file).content();
  }

  /** The same with the stamp that the content had. */
  CachedFile openFile(Path file) throws LinkException {
    Path path = file.toAbsolutePath();
    CachedFile known = known(path);
    if (known != null && retain(known)) {
      asked(known);
      return known;
    }
    return readAgain(path, known);
  }

  /** The same for a file that no link has asked for yet. */
  CachedFile openEarly(Path file) throws LinkException {
    Path path = file.toAbsolutePath();
    CachedFile known = known(path);
    if (known != null && retain(known)) {
      return known;
    }
    CachedFile read = readAgain(path, known);
    synchronized (this) {
      if (paths.get(path) == read) {
        early.add(read);
      }
    }
    return read;
  }

  /** Whether what is known is still so, and held. */
  private boolean retain(CachedFile known) {
    return known.settled()
        && files.unchanged(known.nativePath(), known.stamp())
        && known.content().tryRetain();
  }

  private synchronized void asked(CachedFile known) {
    if (early.remove(known)) {
      earlyHits++;
    }
  }

  /** Files read early that a link then took without reading them. */
  synchronized long earlyHits() {
    return earlyHits;
  }

  private CachedFile readAgain(Path path, @Nullable CachedFile known) throws LinkException {
    MemorySegment nativePath = known != null ? known.nativePath() : nativePath(path);
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (attempt > 0) {
        LockSupport.parkNanos(FIRST_PAUSE_NANOS << attempt);
      }
      CachedFile read = read(path, nativePath);
      if (read != null) {
        return read;
      }
    }
    throw FileAccess.unreadable(path, "it keeps changing");
  }

  private synchronized @Nullable CachedFile known(Path path) {
    opens++;
    return paths.get(path);
  }

  /** Whether the file begins as an object does; false when it cannot be looked at. */
  boolean beginsAsObject(Path file) {
    return files.kind(file) == FileKinds.Kind.OBJECT;
  }

  /** Whether a content of the file is held, be it the present one or not. */
  synchronized boolean knows(Path file) {
    return paths.containsKey(file.toAbsolutePath());
  }

  private static MemorySegment nativePath(Path path) {
    return NativePath.of(path.toString());
  }

  /** Reads the file once; null when it changed meanwhile. */
  private @Nullable CachedFile read(Path path, MemorySegment nativePath) throws LinkException {
    long began = files.now();
    Stamp stamp = files.stamp(path, nativePath);
    reserve(path, stamp.size());
    NativeBytes memory = allocate(path, stamp.size());
    boolean kept = false;
    try {
      MemorySegment bytes = memory.segment();
      if (!files.read(path, bytes) || !files.unchanged(nativePath, stamp)) {
        return null;
      }
      Content content = admit(hash.apply(bytes), memory);
      kept = content.isBackedBy(memory);
      CachedFile file = new CachedFile(path, nativePath, stamp, stamp.settledAt(began), content);
      remember(file);
      return file;
    } finally {
      if (!kept) {
        memory.close();
        unreserve(stamp.size());
      }
    }
  }

  private NativeBytes allocate(Path path, long size) throws LinkException {
    try {
      return memory.apply(size);
    } catch (OutOfMemoryError | TableFullException e) {
      unreserve(size);
      throw new LinkException(
          Code.LIMIT_EXCEEDED, Place.input(path.toString()), "no memory for " + size + " bytes");
    }
  }

  private synchronized void reserve(Path path, long size) throws LinkException {
    if (size > bytesMax - bytesHeld) {
      throw new LinkException(
          Code.LIMIT_EXCEEDED,
          Place.input(path.toString()),
          size + " bytes do not fit: inputs hold " + bytesHeld + " of " + bytesMax + " bytes");
    }
    bytesHeld += size;
  }

  private synchronized void unreserve(long size) {
    bytesHeld -= size;
  }

  /** The content with these bytes, retained: one that is held already, or a new one. */
  private synchronized Content admit(Hash128 key, NativeBytes memory) {
    MemorySegment bytes = memory.segment();
    reads++;
    bytesRead += bytes.byteSize();
    List<Content> same = contents.computeIfAbsent(key, h -> new ArrayList<>(1));
    for (Content content : same) {
      // A content is forgotten under this lock before its bytes are freed, so they can be read
      // here.
      if (content.bytes().mismatch(bytes) < 0 && content.tryRetain()) {
        return content;
      }
    }
    Content content = new Content(this, key, memory);
    same.add(content);
    contentCount++;
    return content;
  }

  private synchronized void remember(CachedFile file) {
    CachedFile old = paths.put(file.path(), file);
    if (old != null) {
      old.content().files.remove(old);
      early.remove(old);
    }
    file.content().files.add(file);
  }

  /** Removes a content whose last reference is gone. */
  synchronized void forget(Content content) {
    for (CachedFile file : content.files) {
      paths.remove(file.path(), file);
      early.remove(file);
    }
    content.files.clear();
    List<Content> same = contents.get(content.hash());
    if (same != null) {
      same.remove(content);
      if (same.isEmpty()) {
        contents.remove(content.hash());
      }
    }
    contentCount--;
    bytesHeld -= content.size();
  }

  /** Size of all contents that are held, be they in memory or in a file. */
  public synchronized long bytesHeld() {
    return bytesHeld;
  }

  /** What is held and what was done. */
  public synchronized Statistics statistics() {
    long references = 0;
    for (List<Content> same : contents.values()) {
      for (Content content : same) {
        references += content.references();
      }
    }
    return new Statistics(
        contentCount, bytesHeld, references, paths.size(), opens, reads, bytesRead);
  }

  /**
   * What is held and what was done.
   *
   * @param contents different contents held
   * @param bytes bytes held
   * @param references references to contents, by outputs and requests
   * @param files paths whose content is known
   * @param opens calls of {@link #open}
   * @param reads files that were read; the other opens were answered from memory
   */
  public record Statistics(
      long contents,
      long bytes,
      long references,
      long files,
      long opens,
      long reads,
      long bytesRead) {}
}
