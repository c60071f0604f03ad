package dev.linkd.client.demo;

import dev.linkd.client.DaemonConnection;
import dev.linkd.client.UpdateStream;
import dev.linkd.rendezvous.FileView;
import dev.linkd.v1.CloseRequest;
import dev.linkd.v1.FlushReport;
import dev.linkd.v1.InputPut;
import dev.linkd.v1.OpenRequest;
import dev.linkd.v1.OutputKind;
import dev.linkd.v1.OutputOptions;
import dev.linkd.v1.Update;
import dev.linkd.v1.VerifyRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A program whose link the daemon holds. */
final class LiveProgram implements AutoCloseable {
  private final DaemonConnection daemon;
  private final long handle;
  private final UpdateStream updates;

  private LiveProgram(DaemonConnection daemon, long handle) {
    this.daemon = daemon;
    this.handle = handle;
    updates = daemon.update(handle, "linkctl demo");
  }

  static LiveProgram open(DaemonConnection daemon, Path file) throws IOException {
    OutputOptions options =
        OutputOptions.newBuilder()
            .setPath(file.toString())
            .setKind(OutputKind.OUTPUT_KIND_PIE)
            .build();
    OpenRequest request =
        OpenRequest.newBuilder().setOptions(options).setUmask(FileView.umask()).build();
    return new LiveProgram(daemon, daemon.link().open(request).getHandle());
  }

  /** Has the daemon read files, take over what differs, and publish. */
  Patch put(List<Path> files) {
    long start = System.nanoTime();
    updates.send(files.stream().map(LiveProgram::update).toList());
    FlushReport report = updates.flush();
    return new Patch(updates.takeInputs(), report, System.nanoTime() - start);
  }

  private static Update update(Path file) {
    return Update.newBuilder()
        .setPutInput(
            InputPut.newBuilder()
                .setKey(file.toString())
                .setPath(file.toString())
                .setAsNeeded(file.getFileName().toString().startsWith("libgcc_s")))
        .build();
  }

  /** What differs from an independent link of the same inputs. */
  List<String> differences() {
    VerifyRequest request = VerifyRequest.newBuilder().setHandle(handle).build();
    return daemon.link().verify(request).getDifferencesList();
  }

  /** Forgets the link; the published file stays. */
  void forget() {
    updates.close();
    daemon.link().close(CloseRequest.newBuilder().setHandle(handle).build());
  }

  @Override
  public void close() {
    updates.close();
  }
}
