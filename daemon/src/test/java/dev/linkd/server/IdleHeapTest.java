package dev.linkd.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.linkd.session.DrainGate;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class IdleHeapTest {
  private static final long LIVE = 40L << 20;

  private final AtomicLong clock = new AtomicLong();
  private final DrainGate gate = new DrainGate(clock::get);
  private final AtomicLong used = new AtomicLong(LIVE);
  private final AtomicInteger collections = new AtomicInteger();
  private final IdleHeap heap = new IdleHeap(gate, used::get, this::collect);

  private void collect() {
    used.set(LIVE);
    collections.incrementAndGet();
  }

  @BeforeEach
  void start() {
    gate.touch();
    heap.start();
  }

  @AfterEach
  void end() throws InterruptedException {
    heap.end();
  }

  @Test
  void aHeapThatHasGrownIsCollectedOnceNobodyAsksForAnything() throws Exception {
    used.set(IdleHeap.GROWTH_BYTES);
    Thread.sleep(1_200);
    assertThat(collections).as("something was asked for just now").hasValue(0);
    clock.addAndGet(TimeUnit.SECONDS.toNanos(2));
    await().until(() -> collections.get() == 1);
  }

  @Test
  void itIsCollectedAgainOnlyAfterItHasGrownByMuch() throws Exception {
    clock.addAndGet(TimeUnit.SECONDS.toNanos(2));
    used.set(LIVE + IdleHeap.GROWTH_BYTES);
    await().until(() -> collections.get() == 1);
    used.set(LIVE + IdleHeap.GROWTH_BYTES - 1);
    Thread.sleep(1_200);
    assertThat(collections).hasValue(1);
    used.set(LIVE + IdleHeap.GROWTH_BYTES);
    await().until(() -> collections.get() == 2);
  }
}
