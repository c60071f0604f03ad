package dev.linkd.store;

import dev.linkd.diag.LinkException;
import dev.linkd.object.FileKinds;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Reads and parses many files on all processors, ahead of the one thread that goes through them in
 * order. What it read is held until {@link #close}, so that this thread finds it in the store. A
 * file that cannot be read or parsed is passed over: who asks for it later is told why.
 */
public final class ReadAhead implements AutoCloseable {
  /** Fewer files are read in less time than a thread needs to start. */
  private static final int FILES_MIN = 16;

  private final InputStore store;
  private final List<Path> files;
  private final AtomicInteger next = new AtomicInteger();

  private final AtomicInteger passedOver = new AtomicInteger();

  /** Guarded by itself. */
  private final List<Content> contents = new ArrayList<>();

  private ReadAhead(InputStore store, List<Path> files) {
    this.store = store;
    this.files = files;
  }

  /**
   * Reads those of the files that the store does not know, and returns when all are read.
   *
   * @throws InterruptedException when the caller is to stop
   */
  public static ReadAhead of(InputStore store, List<Path> files) throws InterruptedException {
    List<Path> unknown = files.stream().filter(file -> !store.knows(file)).toList();
    ReadAhead ahead = new ReadAhead(store, unknown);
    if (unknown.size() >= FILES_MIN) {
      ahead.read();
    }
    return ahead;
  }

  private void read() throws InterruptedException {
    List<Thread> helpers = new ArrayList<>();
    for (int i = 1; i < Runtime.getRuntime().availableProcessors(); i++) {
      helpers.add(Thread.ofPlatform().name("read-ahead").daemon(true).start(this::work));
    }
    work();
    for (Thread helper : helpers) {
      helper.join();
    }
  }

  private void work() {
    for (int i = next.getAndIncrement(); i < files.size(); i = next.getAndIncrement()) {
      read(files.get(i));
    }
  }

  private void read(Path file) {
    try {
      Content content = store.open(file);
      synchronized (contents) {
        contents.add(content);
      }
      if (FileKinds.detect(content.bytes()) == FileKinds.Kind.OBJECT) {
        var unused = content.object(file.toString());
      }
    } catch (LinkException e) {
      passedOver.incrementAndGet();
    }
  }

  /** How many files could not be read or parsed. */
  public int passedOver() {
    return passedOver.get();
  }

  @Override
  public void close() {
    synchronized (contents) {
      contents.forEach(Content::release);
      contents.clear();
    }
  }
}
