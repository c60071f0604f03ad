package dev.linkd.session;

import dev.linkd.v1.WatchResponse;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayDeque;

/**
 * One {@code Watch} call. Events wait in a short queue while the client does not read; beyond its
 * end the oldest are dropped and counted. Thread-safe.
 */
final class Watcher {
  static final int QUEUE_MAX = 256;

  /** Watches all outputs. */
  static final long ALL = 0;

  private final ServerCallStreamObserver<WatchResponse> observer;
  private final WatchHub hub;
  private final long handle;
  private final ArrayDeque<WatchResponse> queue = new ArrayDeque<>();
  private long missed;
  private boolean ending;
  private boolean ended;

  Watcher(ServerCallStreamObserver<WatchResponse> observer, WatchHub hub, long handle) {
    this.observer = observer;
    this.hub = hub;
    this.handle = handle;
    observer.setOnReadyHandler(this::drain);
    observer.setOnCancelHandler(this::cancelled);
  }

  /** Queues an event about an output, if it is watched. */
  synchronized void send(long subject, WatchResponse event) {
    if (ended || (handle != ALL && handle != subject)) {
      return;
    }
    if (queue.size() == QUEUE_MAX) {
      queue.remove();
      missed++;
    }
    queue.add(event);
    drain();
  }

  /** Ends the call when its only output was closed. */
  synchronized void outputClosed(long subject) {
    if (handle == subject) {
      end();
    }
  }

  /** Ends the call after the events that wait. */
  synchronized void end() {
    ending = true;
    drain();
  }

  private synchronized void drain() {
    while (!ended && !queue.isEmpty() && observer.isReady()) {
      WatchResponse event = queue.remove();
      observer.onNext(missed == 0 ? event : event.toBuilder().setMissed(missed).build());
      missed = 0;
    }
    if (ending && !ended && queue.isEmpty()) {
      ended = true;
      hub.remove(this);
      observer.onCompleted();
    }
  }

  private synchronized void cancelled() {
    ended = true;
    queue.clear();
    hub.remove(this);
  }
}
