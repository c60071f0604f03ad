package dev.linkd.driver;

import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets invocations with the same output run one after the other: an invocation may close the output
 * and open it again. Different paths may share a lock.
 */
final class OutputLocks {
  private static final int COUNT = 64;

  private final ReentrantLock[] locks = new ReentrantLock[COUNT];

  OutputLocks() {
    for (int i = 0; i < COUNT; i++) {
      locks[i] = new ReentrantLock();
    }
  }

  /** A lock until it is closed, on the thread that took it. */
  record Held(Path path, ReentrantLock lock) implements AutoCloseable {
    @Override
    public void close() {
      lock.unlock();
    }
  }

  Held lock(Path path) throws InterruptedException {
    ReentrantLock lock = locks[Math.floorMod(path.hashCode(), COUNT)];
    lock.lockInterruptibly();
    return new Held(path, lock);
  }
}
