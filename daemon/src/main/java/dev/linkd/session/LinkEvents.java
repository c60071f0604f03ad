package dev.linkd.session;

import com.google.protobuf.ByteString;
import dev.linkd.diag.Diagnostic;
import dev.linkd.output.LinkDriver;
import dev.linkd.v1.Colour;
import dev.linkd.v1.LinkExit;
import dev.linkd.v1.LinkProgress;
import dev.linkd.v1.LinkResponse;
import io.grpc.stub.ServerCallStreamObserver;

/**
 * Sends the events of an invocation. The invocation waits while the client does not read, except
 * for progress, which is left out then.
 */
final class LinkEvents implements LinkDriver.Events {
  private final ServerCallStreamObserver<LinkResponse> observer;

  LinkEvents(ServerCallStreamObserver<LinkResponse> observer) {
    this.observer = observer;
    observer.setOnReadyHandler(this::wake);
    observer.setOnCancelHandler(this::wake);
  }

  @Override
  public void progress(String phase, long done, long total) {
    if (observer.isReady()) {
      LinkProgress.Builder progress =
          LinkProgress.newBuilder().setPhase(phase).setDone(done).setTotal(total);
      send(LinkResponse.newBuilder().setProgress(progress).build());
    }
  }

  @Override
  public void diagnostic(Diagnostic diagnostic) {
    send(LinkResponse.newBuilder().setDiagnostic(DiagnosticMessages.of(diagnostic)).build());
  }

  @Override
  public void standardOutput(String text) {
    send(LinkResponse.newBuilder().setStandardOutput(ByteString.copyFromUtf8(text)).build());
  }

  @Override
  public void passOutput(byte[] bytes) {
    send(LinkResponse.newBuilder().setStandardOutput(ByteString.copyFrom(bytes)).build());
  }

  @Override
  public void standardError(String text) {
    send(LinkResponse.newBuilder().setStandardError(ByteString.copyFromUtf8(text)).build());
  }

  @Override
  public void colour(boolean always) {
    send(
        LinkResponse.newBuilder()
            .setColour(always ? Colour.COLOUR_ALWAYS : Colour.COLOUR_NEVER)
            .build());
  }

  @Override
  public boolean cancelled() {
    return observer.isCancelled();
  }

  void exit(LinkExit exit) {
    send(LinkResponse.newBuilder().setExit(exit).build());
    if (!observer.isCancelled()) {
      observer.onCompleted();
    }
  }

  void fail(Exception fault) {
    if (!observer.isCancelled()) {
      observer.onError(StatusMapper.toStatus(fault));
    }
  }

  private synchronized void wake() {
    notifyAll();
  }

  private synchronized void send(LinkResponse event) {
    boolean interrupted = false;
    while (!observer.isReady() && !observer.isCancelled()) {
      try {
        wait();
      } catch (InterruptedException stop) {
        interrupted = true;
      }
    }
    if (!observer.isCancelled()) {
      observer.onNext(event);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
