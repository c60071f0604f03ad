package dev.linkd.elf;

import dev.linkd.mapped.MappedFile;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Applies very many relocations on all processors. Nearly all are plain: a distance or an address
 * that is written down. Each worker takes blocks of the queue in turn, reads the tables, which
 * nobody changes meanwhile, and writes fields of the image and flags that belong to no other
 * relocation. What is not plain is left to the owner of the output.
 */
final class PlainRelocations {

  /** Fewer are applied before a thread has started. */
  private static final int PENDING_MIN = 50_000;

  /** So many that workers seldom meet, and so few that they end at about the same time. */
  private static final int BLOCK = 4_096;

  private final LinkState state;
  private final ElfParts parts;

  PlainRelocations(LinkState state, ElfParts parts) {
    this.state = state;
    this.parts = parts;
  }

  /** Applies what is plain in a queue, if the queue is long; what is left stays in it. */
  void apply(IntQueue pending) {
    if (pending.size() < PENDING_MIN) {
      return;
    }
    PlainPlaces places = new PlainPlaces(state.file, parts.layout, parts.unwindTable);
    AtomicInteger next = new AtomicInteger();
    int workers = Math.min(Runtime.getRuntime().availableProcessors(), pending.size() / BLOCK);
    List<FutureTask<PlainWriter>> others = new ArrayList<>();
    for (int i = 1; i < workers; i++) {
      FutureTask<PlainWriter> task = new FutureTask<>(() -> work(places, pending, next));
      if (started(task, i)) {
        others.add(task);
      }
    }
    List<PlainWriter> done = new ArrayList<>();
    try {
      done.add(work(places, pending, next));
    } finally {
      // Nobody may be writing when the owner goes on, whatever happened to its own share.
      others.forEach(task -> done.add(result(task)));
    }
    pending.clearAndShrink();
    done.forEach(writer -> finish(writer, pending));
  }

  /** Whether there is a thread for a task; without one the others do its part. */
  private static boolean started(Runnable task, int number) {
    try {
      Thread.ofPlatform().name("relocate-" + number).daemon(true).start(task);
      return true;
    } catch (OutOfMemoryError noThread) {
      return false;
    }
  }

  private PlainWriter work(PlainPlaces places, IntQueue pending, AtomicInteger next) {
    PlainWriter writer = new PlainWriter(state, parts.layout, places);
    int size = pending.size();
    for (int from = next.getAndAdd(BLOCK); from < size; from = next.getAndAdd(BLOCK)) {
      writer.apply(pending, from, Math.min(size, from + BLOCK));
    }
    return writer;
  }

  private void finish(PlainWriter writer, IntQueue pending) {
    IntQueue left = writer.left();
    for (int i = 0; i < left.size(); i++) {
      pending.add(left.get(i));
    }
    MappedFile file = state.file;
    for (int i = 0; i < writer.runs(); i++) {
      file.dirty(writer.runStart(i), writer.runEnd(i));
    }
    state.work.relocationsApplied += writer.applied();
    state.work.bytesWritten += writer.bytesWritten();
  }

  /** An interrupt is for whoever waits for the flush, not for what is half done. */
  private static PlainWriter result(FutureTask<PlainWriter> task) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return task.get();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("relocations could not be applied", e.getCause());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
