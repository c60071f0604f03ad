package dev.linkd.store;

import dev.linkd.diag.LinkException;
import dev.linkd.object.FileKinds;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Reads many files on the other processors and parses the objects among them, ahead of whoever goes
 * through them in order. That one asks for each before it uses it: it waits while the file is being
 * read, and reads it itself when nobody has begun. What was read is held until {@link #close}, so
 * that it is found in the store. A file that cannot be read or parsed is passed over: who asks the
 * store for it is told why.
 */
public final class ReadAhead implements AutoCloseable {
  /** Fewer files are read in less time than a thread needs to start. */
  private static final int FILES_MIN = 16;

  private static final int FREE = 0;
  private static final int TAKEN = 1;
  private static final int DONE = 2;

  private final InputStore store;
  private final List<Path> files;

  /** Place of each file; the first one when it is named more than once. */
  private final Map<Path, Integer> places = new HashMap<>();

  private final AtomicInteger next = new AtomicInteger();
  private final AtomicInteger passedOver = new AtomicInteger();

  /** Whether somebody reads the file, or has read it. */
  private final AtomicIntegerArray states;

  /** What was read, with a reference to its content; null for files that are passed over. */
  private final AtomicReferenceArray<CachedFile> results;

  /** What kind of file was read; null for files that are passed over. */
  private final AtomicReferenceArray<FileKinds.Kind> kinds;

  /** Files of which somebody was told that they begin as objects do. */
  private final Set<Path> objects = ConcurrentHashMap.newKeySet();

  private final List<Thread> helpers = new ArrayList<>();

  /** Guards the waiting for files that others read. */
  private final Object waiting = new Object();

  private volatile int waiters;
  private volatile boolean closed;

  private ReadAhead(InputStore store, List<Path> files) {
    this.store = store;
    this.files = files;
    this.states = new AtomicIntegerArray(files.size());
    this.results = new AtomicReferenceArray<>(files.size());
    this.kinds = new AtomicReferenceArray<>(files.size());
    for (int i = 0; i < files.size(); i++) {
      places.putIfAbsent(files.get(i), i);
    }
  }

  /** Begins to read those of the files that the store does not know, if they are many. */
  public static ReadAhead of(InputStore store, List<Path> files) {
    List<Path> unknown = files.stream().filter(file -> !store.knows(file)).toList();
    return ofAll(store, many(unknown.size()) ? unknown : List.of());
  }

  /** Begins to read files, however many there are and whatever the store knows of them. */
  static ReadAhead ofAll(InputStore store, List<Path> files) {
    ReadAhead ahead = new ReadAhead(store, files);
    if (!files.isEmpty()) {
      ahead.begin();
    }
    return ahead;
  }

  /** Whether so many files are worth it. */
  public static boolean many(int files) {
    return files >= FILES_MIN;
  }

  private void begin() {
    int count = Math.max(1, Runtime.getRuntime().availableProcessors() - 1);
    try {
      for (int i = 0; i < count; i++) {
        helpers.add(Thread.ofPlatform().name("read-ahead").daemon(true).start(this::help));
      }
    } catch (OutOfMemoryError e) {
      return; // There is no room for another thread; who awaits a file reads it.
    }
  }

  private void help() {
    int i;
    while (!closed && (i = next.getAndIncrement()) < files.size()) {
      take(i);
    }
  }

  /** Reads a file unless somebody does, or has. */
  private void take(int i) {
    if (!states.compareAndSet(i, FREE, TAKEN)) {
      return;
    }
    try {
      read(files.get(i), i);
    } catch (LinkException e) {
      passedOver.incrementAndGet();
    } finally {
      states.set(i, DONE);
      if (waiters > 0) {
        synchronized (waiting) {
          waiting.notifyAll();
        }
      }
    }
  }

  private void read(Path path, int i) throws LinkException {
    CachedFile file = store.openFile(path);
    try {
      Content content = file.content();
      FileKinds.Kind kind = FileKinds.detect(content.bytes());
      kinds.set(i, kind);
      if (kind == FileKinds.Kind.OBJECT) {
        var unused = content.object(path.toString());
      }
    } finally {
      results.set(i, file);
      if (closed) {
        release(i); // who awaits a file may do so longer than it is wanted
      }
    }
  }

  private void release(int i) {
    CachedFile file = results.getAndSet(i, null);
    if (file != null) {
      file.content().release();
    }
  }

  /** Whether the file is read here, if it begins as an object does; it need not be read yet. */
  public boolean readsObject(Path file) {
    Integer place = places.get(file);
    if (place == null) {
      return false;
    }
    FileKinds.Kind read = kinds.get(place);
    boolean object = read == null ? store.beginsAsObject(file) : read == FileKinds.Kind.OBJECT;
    if (object) {
      objects.add(file);
    }
    return object;
  }

  /**
   * Like {@link #await}, for who goes by what was said of the file before.
   *
   * @throws LinkException when it began as an object does, and was another kind of file when it was
   *     read: a library or a script means more to a link than an object
   */
  public void awaitSame(Path file) throws LinkException {
    await(file);
    Integer place = places.get(file);
    FileKinds.Kind read = place == null ? null : kinds.get(place);
    if (read != null && read != FileKinds.Kind.OBJECT && objects.contains(file)) {
      throw FileAccess.unreadable(file, "another kind of file took its place meanwhile");
    }
  }

  /** Returns when the file is read, or passed over; at once when it is none of these files. */
  public void await(Path file) {
    Integer place = places.get(file);
    if (place == null || states.get(place) == DONE) {
      return;
    }
    take(place);
    if (states.get(place) != DONE) {
      awaitOthers(place);
    }
  }

  /**
   * Returns when the file is read, or passed over.
   *
   * @return whether it is read and an object, or none of these files
   */
  public boolean awaitObject(Path file) {
    await(file);
    Integer place = places.get(file);
    return place == null || kinds.get(place) == FileKinds.Kind.OBJECT;
  }

  private void awaitOthers(int place) {
    boolean interrupted = false;
    synchronized (waiting) {
      waiters++;
      while (states.get(place) != DONE) {
        try {
          waiting.wait();
        } catch (InterruptedException e) {
          interrupted = true; // reading a file ends soon
        }
      }
      waiters--;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** What was read of a file; null when it was passed over, or is none of these files. */
  @Nullable CachedFile result(Path file) {
    Integer place = places.get(file);
    return place == null ? null : results.get(place);
  }

  /** How many files could not be read or parsed so far. */
  public int passedOver() {
    return passedOver.get();
  }

  @Override
  public void close() {
    closed = true;
    boolean interrupted = false;
    for (Thread helper : helpers) {
      while (helper.isAlive()) {
        try {
          helper.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    for (int i = 0; i < results.length(); i++) {
      release(i);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
