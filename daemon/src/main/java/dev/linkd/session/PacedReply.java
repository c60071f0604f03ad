package dev.linkd.session;

import io.grpc.stub.ServerCallStreamObserver;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * Sends prepared messages at the pace of the client. Created while the call starts; the messages
 * may come later and from another thread. Thread-safe.
 */
final class PacedReply<T> {
  private final ServerCallStreamObserver<T> observer;
  private @Nullable Iterator<T> messages;
  private boolean ended;

  PacedReply(ServerCallStreamObserver<T> observer) {
    this.observer = observer;
    observer.setOnReadyHandler(this::drain);
    observer.setOnCancelHandler(this::cancelled);
  }

  synchronized void send(Iterator<T> prepared) {
    messages = prepared;
    drain();
  }

  synchronized void fail(Exception fault) {
    if (!ended) {
      ended = true;
      observer.onError(StatusMapper.toStatus(fault));
    }
  }

  private synchronized void drain() {
    if (messages == null || ended) {
      return;
    }
    while (messages.hasNext() && observer.isReady()) {
      observer.onNext(messages.next());
    }
    if (!messages.hasNext()) {
      ended = true;
      observer.onCompleted();
    }
  }

  private synchronized void cancelled() {
    ended = true;
    messages = null;
  }
}
