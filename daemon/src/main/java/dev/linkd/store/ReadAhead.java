package dev.linkd.store;

import dev.linkd.diag.LinkException;
import dev.linkd.object.FileKinds;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Reads many files on all processors, ahead of the one thread that goes through them in order, and
 * goes on to parse objects while that thread is under way. What it read is held until {@link
 * #close}, so that this thread finds it in the store. A file that cannot be read or parsed is
 * passed over: who asks for it later is told why.
 */
public final class ReadAhead implements AutoCloseable {
  /** Fewer files are read in less time than a thread needs to start. */
  private static final int FILES_MIN = 16;

  private final InputStore store;
  private final List<Path> files;
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicInteger nextParsed = new AtomicInteger();
  private final AtomicInteger passedOver = new AtomicInteger();

  /** What each file contained; null while it is not read, and for those passed over. */
  private final AtomicReferenceArray<Content> contents;

  private final List<Thread> helpers = new ArrayList<>();
  private volatile boolean closed;

  private ReadAhead(InputStore store, List<Path> files) {
    this.store = store;
    this.files = files;
    this.contents = new AtomicReferenceArray<>(files.size());
  }

  /**
   * Reads those of the files that the store does not know, and returns when all are read.
   *
   * @throws InterruptedException when the caller is to stop
   */
  public static ReadAhead of(InputStore store, List<Path> files) throws InterruptedException {
    List<Path> unknown = files.stream().filter(file -> !store.knows(file)).toList();
    ReadAhead ahead = new ReadAhead(store, unknown);
    boolean done = false;
    try {
      if (unknown.size() >= FILES_MIN) {
        ahead.begin();
      }
      done = true;
      return ahead;
    } finally {
      if (!done) {
        ahead.close();
      }
    }
  }

  private void begin() throws InterruptedException {
    int count = Math.max(1, Runtime.getRuntime().availableProcessors() - 1);
    CountDownLatch read = new CountDownLatch(count);
    for (int i = 0; i < count; i++) {
      helpers.add(Thread.ofPlatform().name("read-ahead").daemon(true).start(() -> help(read)));
    }
    read();
    read.await();
  }

  private void help(CountDownLatch read) {
    try {
      read();
    } finally {
      read.countDown();
    }
    int i;
    while (!closed && (i = nextParsed.getAndIncrement()) < files.size()) {
      parse(files.get(i), contents.get(i));
    }
  }

  private void read() {
    int i;
    while (!closed && (i = next.getAndIncrement()) < files.size()) {
      try {
        contents.set(i, store.open(files.get(i)));
      } catch (LinkException e) {
        passedOver.incrementAndGet();
      }
    }
  }

  private void parse(Path file, @Nullable Content content) {
    if (content == null || FileKinds.detect(content.bytes()) != FileKinds.Kind.OBJECT) {
      return;
    }
    try {
      var unused = content.object(file.toString());
    } catch (LinkException e) {
      passedOver.incrementAndGet();
    }
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
    for (int i = 0; i < contents.length(); i++) {
      Content content = contents.getAndSet(i, null);
      if (content != null) {
        content.release();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
