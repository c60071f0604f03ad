package dev.linkd.bench;

import dev.linkd.client.DaemonConnection;
import dev.linkd.client.UpdateStream;
import dev.linkd.v1.CloseRequest;
import dev.linkd.v1.FlushReport;
import dev.linkd.v1.InputPut;
import dev.linkd.v1.OpenRequest;
import dev.linkd.v1.OutputKind;
import dev.linkd.v1.OutputOptions;
import dev.linkd.v1.Update;
import java.nio.file.Path;
import java.util.List;

/** An output that is open on the daemon, with a stream of updates. */
final class LiveOutput implements AutoCloseable {
  private final DaemonConnection daemon;
  private final long handle;
  private final UpdateStream updates;
  private long moved;

  LiveOutput(DaemonConnection daemon, Path path) {
    this.daemon = daemon;
    OutputOptions options =
        OutputOptions.newBuilder()
            .setPath(path.toString())
            .setKind(OutputKind.OUTPUT_KIND_STATIC_EXECUTABLE)
            .setEntry(GeneratedProgram.ENTRY)
            .build();
    handle = daemon.link().open(OpenRequest.newBuilder().setOptions(options).build()).getHandle();
    updates = daemon.update(handle, "bench");
  }

  static Update file(Path key) {
    InputPut put = InputPut.newBuilder().setKey(key.toString()).setPath(key.toString()).build();
    return Update.newBuilder().setPutInput(put).build();
  }

  /** Sends updates, so many in a request, and waits until they are applied, not published. */
  void send(List<Update> all, int perRequest) {
    for (int i = 0; i < all.size(); i += perRequest) {
      updates.send(all.subList(i, Math.min(all.size(), i + perRequest)));
    }
    updates.await();
  }

  FlushReport flush() {
    FlushReport report = updates.flush();
    if (!report.getPublished()) {
      throw new IllegalStateException("not published: " + report);
    }
    moved += report.getStatistics().getAtomsMoved();
    return report;
  }

  /** Atoms that got another address since it was opened. */
  long moved() {
    return moved;
  }

  /** From one update until it is published, in nanoseconds. */
  long patch(Update update) {
    long start = System.nanoTime();
    updates.send(update);
    flush();
    return System.nanoTime() - start;
  }

  @Override
  public void close() {
    updates.close();
    daemon.link().close(CloseRequest.newBuilder().setHandle(handle).build());
  }
}
