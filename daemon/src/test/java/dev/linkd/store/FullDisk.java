package dev.linkd.store;

import dev.linkd.os.Errno;
import dev.linkd.os.FileSystemCalls;
import dev.linkd.os.NativeFileSystemCalls;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;

/** A disk that is full when the test says so, after it has taken one more block. */
public final class FullDisk {
  private static final long BLOCK_BYTES = 4096;

  private final FileSystemCalls disk = new NativeFileSystemCalls();
  private final AtomicInteger descriptor = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();
  private volatile boolean full;

  public void setFull(boolean full) {
    this.full = full;
  }

  /** How often it has refused a write. */
  public int refused() {
    return refused.get();
  }

  /** Blocks that the file has which was opened last. */
  long blocks() throws Exception {
    String path = "/proc/" + ProcessHandle.current().pid() + "/fd/" + descriptor;
    Process process = new ProcessBuilder("stat", "-L", "-c", "%b", path).start();
    try (var output = process.inputReader()) {
      return Long.parseLong(output.readLine());
    }
  }

  public FileSystemCalls calls() {
    Class<FileSystemCalls> type = FileSystemCalls.class;
    return (FileSystemCalls)
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              if (full && method.getName().equals("pwrite")) {
                MemorySegment bytes = (MemorySegment) arguments[1];
                disk.pwrite(descriptor.get(), bytes, 0, BLOCK_BYTES, (long) arguments[4]);
                refused.incrementAndGet();
                return (long) -Errno.ENOSPC;
              }
              Object result = method.invoke(disk, arguments);
              if (method.getName().equals("open")) {
                descriptor.set((int) result);
              }
              return result;
            });
  }
}
