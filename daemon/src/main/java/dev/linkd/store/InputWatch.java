package dev.linkd.store;

import dev.linkd.os.DirectoryEvents;
import dev.linkd.os.NativePath;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Notices inputs that a compiler has written, and has them read and parsed while the rest of the
 * build still compiles, so that the link finds them in the store. It only saves time: what is read
 * here is read under the rules of {@link InputStore}, the link looks at every stamp itself, and
 * nothing is applied to an output before the link asks for it.
 *
 * <p><b>Threads.</b> One waits for events; the reader has another, of low priority. {@link #watch}
 * may be called by any thread.
 *
 * <p><b>Limits.</b> At most so many directories; those that were asked for least recently go. When
 * the kernel refuses a watch (fs.inotify.max_user_watches, a file system that cannot) or loses
 * events, files are read at the link, as without a watch.
 */
public final class InputWatch implements AutoCloseable {
  /** Directories of one large project, with its generated ones. */
  static final int DIRECTORIES_MAX = 1024;

  private final InputStore store;
  private final EarlyReader reader;
  private final int directoriesMax;

  /** Directories by how they are written, least recently asked for first. */
  private final LinkedHashMap<Path, Integer> watches = new LinkedHashMap<>(16, 0.75f, true);

  /** How the directory of a watch is written; there may be several ways. */
  private final Map<Integer, Set<Path>> directories = new HashMap<>();

  private @Nullable DirectoryEvents events;
  private @Nullable Thread thread;
  private boolean closed;
  private long written;
  private long overflows;
  private long refused;

  public InputWatch(InputStore store) {
    this(store, DIRECTORIES_MAX);
  }

  InputWatch(InputStore store, int directoriesMax) {
    this.store = store;
    this.reader = new EarlyReader(store);
    this.directoriesMax = directoriesMax;
  }

  /** Watches the directories of inputs. */
  public synchronized void watch(Iterable<Path> inputs) {
    if (closed) {
      return;
    }
    Set<Path> wanted = new LinkedHashSet<>();
    for (Path input : inputs) {
      Path directory = input.getParent();
      if (directory != null) {
        wanted.add(directory);
      }
    }
    for (Path directory : wanted) {
      if (watches.get(directory) == null) {
        add(directory);
      }
    }
  }

  private void add(Path directory) {
    DirectoryEvents to = events;
    if (to == null) {
      try {
        to = DirectoryEvents.open();
      } catch (UnsupportedOperationException e) {
        refused++;
        return;
      }
      events = to;
      DirectoryEvents from = to;
      thread = Thread.ofPlatform().name("watch").daemon(true).start(() -> follow(from));
    }
    while (watches.size() >= directoriesMax) {
      remove(watches.keySet().iterator().next(), to);
    }
    int watch = to.add(NativePath.of(directory.toString()));
    if (watch < 0) {
      refused++;
      return;
    }
    watches.put(directory, watch);
    directories.computeIfAbsent(watch, w -> new LinkedHashSet<>()).add(directory);
  }

  private void remove(Path directory, DirectoryEvents from) {
    Integer watch = watches.remove(directory);
    if (watch == null) {
      return;
    }
    Set<Path> names = directories.get(watch);
    if (names != null && names.remove(directory) && names.isEmpty()) {
      directories.remove(watch);
      from.remove(watch);
    }
  }

  private void follow(DirectoryEvents from) {
    DirectoryEvents.Handler handler = new Handler();
    while (!isClosed()) {
      from.await(handler);
    }
    from.close();
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  private final class Handler implements DirectoryEvents.Handler {
    @Override
    public void written(int watch, String name) {
      synchronized (InputWatch.this) {
        for (Path directory : directories.getOrDefault(watch, Set.of())) {
          Path path = directory.resolve(name);
          if (store.knows(path)) {
            written++;
            reader.read(path);
          }
        }
      }
    }

    @Override
    public void ended(int watch) {
      synchronized (InputWatch.this) {
        Set<Path> names = directories.remove(watch);
        if (names != null) {
          names.forEach(watches::remove);
        }
      }
    }

    @Override
    public void overflow() {
      synchronized (InputWatch.this) {
        overflows++;
      }
    }
  }

  /** Whether everything that was noticed is read. */
  boolean idle() {
    return reader.idle();
  }

  /** What was watched and seen. */
  public synchronized Statistics statistics() {
    return new Statistics(
        watches.size(),
        written,
        reader.filesRead(),
        store.earlyHits(),
        reader.bytesHeld(),
        overflows,
        refused);
  }

  /**
   * What was watched and seen.
   *
   * @param directories that are watched
   * @param written times that a known input was written
   * @param read files that were read before a link asked for them
   * @param hits files read early that a link then took without reading them
   * @param bytes held for the next link
   * @param overflows times that the kernel lost events
   * @param refused watches that the kernel refused
   */
  public record Statistics(
      int directories,
      long written,
      long read,
      long hits,
      long bytes,
      long overflows,
      long refused) {
    public static final Statistics NONE = new Statistics(0, 0, 0, 0, 0, 0, 0);
  }

  /** Ends both threads and gives up what was read. */
  @Override
  public void close() {
    Thread waits;
    synchronized (this) {
      closed = true;
      waits = thread;
      if (events != null) {
        events.wake();
      }
    }
    if (waits != null) {
      boolean interrupted = false;
      while (waits.isAlive()) {
        try {
          waits.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    reader.close();
  }
}
