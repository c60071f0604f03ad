package dev.linkd.session;

import dev.linkd.output.FlushResult;
import dev.linkd.v1.FlushReport;
import dev.linkd.v1.OutputClosed;
import dev.linkd.v1.OutputState;
import dev.linkd.v1.WatchResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Hands events to the watchers. Thread-safe; cheap when nobody watches. */
final class WatchHub {
  private final int limit;
  private final List<Watcher> watchers = new CopyOnWriteArrayList<>();

  WatchHub(int limit) {
    this.limit = limit;
  }

  synchronized void add(Watcher watcher) throws RequestException {
    if (watchers.size() >= limit) {
      throw RequestException.limit("watchers", limit);
    }
    watchers.add(watcher);
  }

  void remove(Watcher watcher) {
    watchers.remove(watcher);
  }

  int size() {
    return watchers.size();
  }

  void opened(OutputActor actor, OutputState state) {
    if (!watchers.isEmpty()) {
      send(actor, event(actor).setState(state).build());
    }
  }

  void flushed(OutputActor actor, FlushResult result) {
    if (!watchers.isEmpty()) {
      send(actor, event(actor).setFlush(OutputMessages.report(result)).build());
    }
  }

  void refused(OutputActor actor, FlushReport report) {
    if (!watchers.isEmpty()) {
      send(actor, event(actor).setFlush(report).build());
    }
  }

  void closed(OutputActor actor, String reason) {
    if (watchers.isEmpty()) {
      return;
    }
    send(actor, event(actor).setClosed(OutputClosed.newBuilder().setReason(reason)).build());
    for (Watcher watcher : watchers) {
      watcher.outputClosed(actor.handle());
    }
  }

  /** Ends all watches, because the daemon stops. */
  void end() {
    for (Watcher watcher : new ArrayList<>(watchers)) {
      watcher.end();
    }
  }

  static WatchResponse.Builder event(OutputActor actor) {
    return WatchResponse.newBuilder()
        .setHandle(actor.handle())
        .setPath(actor.spec().path().toString());
  }

  private void send(OutputActor actor, WatchResponse event) {
    for (Watcher watcher : watchers) {
      watcher.send(actor.handle(), event);
    }
  }
}
