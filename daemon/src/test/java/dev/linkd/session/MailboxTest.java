package dev.linkd.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nothing is lost, nothing overtakes, nothing exceeds the limit. */
@Timeout(30)
class MailboxTest {
  @Test
  void elementsOfEachProducerArriveInOrder() throws Exception {
    Mailbox<int[]> mailbox = new Mailbox<>(10);
    int producers = 4;
    int each = 50_000;
    List<Thread> threads = new ArrayList<>();
    for (int p = 0; p < producers; p++) {
      int producer = p;
      threads.add(
          Thread.startVirtualThread(
              () -> {
                for (int i = 0; i < each; i++) {
                  mailbox.put(new int[] {producer, i});
                }
              }));
    }
    int[] next = new int[producers];
    int received = 0;
    ArrayDeque<int[]> batch = new ArrayDeque<>();
    while (received < producers * each) {
      batch = mailbox.takeAll(batch);
      for (int[] element = batch.poll(); element != null; element = batch.poll()) {
        assertThat(element[1]).isEqualTo(next[element[0]]++);
        received++;
      }
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(mailbox.close()).isEmpty();
  }

  @Test
  void offersBeyondTheLimitAreRefusedUntilSomeoneTakes() throws Exception {
    Mailbox<String> mailbox = new Mailbox<>(2);
    assertThat(mailbox.offer("a")).isEqualTo(Mailbox.Offer.ACCEPTED);
    assertThat(mailbox.put("b")).isTrue();
    assertThat(mailbox.offer("c")).isEqualTo(Mailbox.Offer.FULL);
    assertThat(mailbox.takeAll(new ArrayDeque<>())).containsExactly("a", "b");
    assertThat(mailbox.offer("d")).isEqualTo(Mailbox.Offer.ACCEPTED);
  }

  @Test
  void aClosedMailboxReturnsItsRestAndTakesNothing() {
    Mailbox<String> mailbox = new Mailbox<>(2);
    mailbox.put("rest");
    assertThat(mailbox.close()).containsExactly("rest");
    assertThat(mailbox.put("late")).isFalse();
    assertThat(mailbox.offer("late")).isEqualTo(Mailbox.Offer.CLOSED);
  }
}
