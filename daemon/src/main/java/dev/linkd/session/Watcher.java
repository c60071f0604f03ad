package dev.linkd.session;

import dev.linkd.v1.WatchResponse;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * One {@code Watch} call. Events wait in a short queue while the client does not read; beyond its
 * end the oldest are dropped and counted. Changes do not wait here: they are taken from the
 * output's ring when the client reads. Thread-safe.
 */
final class Watcher {
  static final int QUEUE_MAX = 256;

  /** Watches all outputs. */
  static final long ALL = 0;

  private final ServerCallStreamObserver<WatchResponse> observer;
  private final WatchHub hub;
  private final long handle;
  private final ArrayDeque<WatchResponse> queue = new ArrayDeque<>();
  private @Nullable ChangeFollower follower;
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

  /** Sends the change records of the output too, from now on. */
  synchronized void follow(ChangeFollower changes) {
    follower = changes;
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
    boolean all = false;
    while (!ended && !all && observer.isReady()) {
      all = !sendNext();
    }
    if (ending && !ended && all) {
      ended = true;
      hub.remove(this);
      observer.onCompleted();
    }
  }

  /** Sends an event, or the next change when none waits; returns false when there is neither. */
  private boolean sendNext() {
    WatchResponse event = queue.poll();
    if (event != null) {
      observer.onNext(missed == 0 ? event : event.toBuilder().setMissed(missed).build());
      missed = 0;
      return true;
    }
    WatchResponse change = follower == null ? null : follower.next();
    if (change != null) {
      observer.onNext(change);
    }
    return change != null;
  }

  private synchronized void cancelled() {
    ended = true;
    queue.clear();
    hub.remove(this);
  }
}
