package dev.linkd.session;

import java.util.ArrayDeque;

/**
 * A queue of many producers and one consumer, which takes everything that waits in one step. Under
 * load the lock is taken once for many elements.
 */
final class Mailbox<E> {
  private final int limit;
  private ArrayDeque<E> queue = new ArrayDeque<>();
  private boolean waiting;
  private boolean closed;

  /** What {@link #offer} made of an element. */
  enum Offer {
    ACCEPTED,
    FULL,
    CLOSED
  }

  Mailbox(int limit) {
    this.limit = limit;
  }

  /** Adds an element unless {@code limit} elements wait already. */
  synchronized Offer offer(E element) {
    if (!closed && queue.size() >= limit) {
      return Offer.FULL;
    }
    return put(element) ? Offer.ACCEPTED : Offer.CLOSED;
  }

  /**
   * Adds an element whatever its length; for producers that bound the number of their elements
   * themselves.
   *
   * @return false when it is closed
   */
  synchronized boolean put(E element) {
    if (closed) {
      return false;
    }
    queue.add(element);
    if (waiting) {
      waiting = false;
      notify();
    }
    return true;
  }

  /**
   * Waits for elements and takes all of them. The caller's empty queue takes their place, so that
   * two queues alternate.
   */
  synchronized ArrayDeque<E> takeAll(ArrayDeque<E> empty) throws InterruptedException {
    while (queue.isEmpty()) {
      waiting = true;
      wait();
    }
    ArrayDeque<E> taken = queue;
    queue = empty;
    return taken;
  }

  /** Refuses elements from now on and returns those that wait. */
  synchronized ArrayDeque<E> close() {
    closed = true;
    ArrayDeque<E> rest = queue;
    queue = new ArrayDeque<>();
    return rest;
  }
}
