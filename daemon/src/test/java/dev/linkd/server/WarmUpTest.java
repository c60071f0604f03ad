package dev.linkd.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.elf.ElfOutputs;
import dev.linkd.session.DrainGate;
import dev.linkd.session.MemoryOutputs;
import dev.linkd.session.Rehearsal;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a daemon does while nobody has asked anything of it yet. */
@Timeout(120)
class WarmUpTest {
  private final AtomicLong clock = new AtomicLong();
  private final DrainGate gate = new DrainGate(clock::get);

  /** The real format accepts what is rehearsed, and links every round without a fault. */
  @Test
  void aRehearsalIsALinkThatLeavesNothingBehind() throws Exception {
    RecordingOutputs outputs = new RecordingOutputs(new ElfOutputs());
    Rehearsal rehearsal = new SampleProgram(outputs).rehearsal();
    AtomicInteger asked = new AtomicInteger();
    rehearsal.run(() -> rehearsal.rounds() == 1 && asked.incrementAndGet() > 0);
    assertThat(rehearsal.rounds()).isEqualTo(1);
    assertThat(outputs.results()).hasSizeGreaterThan(200);
    assertThat(outputs.results()).allMatch(result -> result.ok() && result.published());
    assertThat(outputs.results().getFirst().statistics().relocationsApplied())
        .isGreaterThan(10_000);
    assertThat(outputs.open()).isZero();
    assertThat(Path.of("/dev/.null.linkd-spare")).doesNotExist();
  }

  @Test
  void itWaitsUntilTheDaemonIsIdleAndEndsWhenAllIsRehearsed() throws Exception {
    MemoryOutputs outputs = new MemoryOutputs();
    Rehearsal rehearsal = new SampleProgram(outputs).rehearsal();
    Thread thread = new WarmUp(gate, rehearsal).start();
    Thread.sleep(200);
    assertThat(outputs.atoms()).as("somebody may be about to ask").isZero();
    clock.addAndGet(TimeUnit.SECONDS.toNanos(1));
    thread.join();
    assertThat(rehearsal.done()).isTrue();
    assertThat(outputs.atoms()).isPositive();
    assertThat(outputs.openOutputs()).isZero();
  }

  @Test
  void itStopsWhenSomebodyAsksForSomethingAndGoesOnLater() throws Exception {
    MemoryOutputs outputs = new MemoryOutputs();
    outputs.gate();
    Rehearsal rehearsal = new SampleProgram(outputs).rehearsal();
    clock.addAndGet(TimeUnit.SECONDS.toNanos(1));
    Thread thread = new WarmUp(gate, rehearsal).start();
    outputs.permit(100);
    while (outputs.atoms() < 100) {
      Thread.sleep(1);
    }
    gate.touch();
    outputs.open();
    while (outputs.openOutputs() > 0) {
      Thread.sleep(1);
    }
    long atoms = outputs.atoms();
    assertThat(atoms).as("at most the rest of a request").isBetween(100L, 200L);
    Thread.sleep(200);
    assertThat(outputs.atoms()).as("while the daemon is busy").isEqualTo(atoms);
    clock.addAndGet(TimeUnit.SECONDS.toNanos(1));
    thread.join();
    assertThat(rehearsal.done()).isTrue();
  }

  @Test
  void itEndsWithTheDaemon() throws Exception {
    MemoryOutputs outputs = new MemoryOutputs();
    outputs.gate();
    Rehearsal rehearsal = new SampleProgram(outputs).rehearsal();
    clock.addAndGet(TimeUnit.SECONDS.toNanos(1));
    Thread thread = new WarmUp(gate, rehearsal).start();
    outputs.permit(10);
    while (outputs.atoms() < 10) {
      Thread.sleep(1);
    }
    assertThat(gate.drain()).isTrue();
    outputs.open();
    thread.join();
    assertThat(rehearsal.rounds()).isZero();
    assertThat(outputs.openOutputs()).isZero();
  }

  @Test
  void anOutputThatCannotBeMadeIsNoReasonToFail() throws Exception {
    Rehearsal rehearsal =
        new SampleProgram(new MemoryOutputs()).rehearsal(Path.of("/dev/unwritable"));
    clock.addAndGet(TimeUnit.SECONDS.toNanos(1));
    new WarmUp(gate, rehearsal).start().join();
    assertThat(rehearsal.rounds()).isZero();
  }
}
