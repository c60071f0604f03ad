package dev.linkd.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.linkd.session.DrainGate;
import dev.linkd.store.ColdContents;
import dev.linkd.store.Content;
import dev.linkd.store.FullDisk;
import dev.linkd.store.InputStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ColdInputsTest {
  @TempDir Path directory;
  private final AtomicLong clock = new AtomicLong();
  private final DrainGate gate = new DrainGate(clock::get);
  private final InputStore store = InputStore.paged(1 << 24);
  private final ColdContents contents = store.cold(Path.of("target").toAbsolutePath());

  @Test
  void inputsAreMovedWhenNobodyAsksForAnything() throws Exception {
    Content content = store.open(Files.write(directory.resolve("a.o"), new byte[10_000]));
    ColdInputs inputs = new ColdInputs(gate, contents, clock::get).start();
    gate.touch();
    Thread.sleep(1_200);
    assertThat(contents.movedBytes()).as("while something was asked for just now").isZero();
    clock.addAndGet(TimeUnit.SECONDS.toNanos(2));
    await().until(() -> contents.movedBytes() >= 10_000);

    content.release();
    gate.touch();
    clock.addAndGet(TimeUnit.SECONDS.toNanos(2));
    await().until(() -> contents.movedBytes() == 0);
    inputs.end();
  }

  @Test
  void theDaemonWorksWhenTheFolderCannotBeUsed() throws Exception {
    Content content = store.open(Files.write(directory.resolve("a.o"), new byte[10_000]));
    clock.addAndGet(TimeUnit.SECONDS.toNanos(2));
    ColdContents unusable = store.cold(directory.resolve("absent"));
    ColdInputs inputs = new ColdInputs(gate, unusable, clock::get).start();
    await().until(inputs::ended);
    assertThat(unusable.movedBytes()).isZero();
    assertThat(content.bytes().byteSize()).isEqualTo(10_000);
  }

  /** Nobody has to ask for anything until then. */
  @Test
  void aDiskThatWasFullIsTriedAgain() throws Exception {
    FullDisk disk = new FullDisk();
    ColdContents cold = store.cold(Path.of("target").toAbsolutePath(), disk.calls());
    store.open(Files.write(directory.resolve("a.o"), new byte[10_000]));
    clock.addAndGet(TimeUnit.SECONDS.toNanos(2));
    ColdInputs inputs = new ColdInputs(gate, cold, clock::get).start();
    await().until(() -> cold.movedBytes() >= 10_000);

    disk.setFull(true);
    store.open(Files.write(directory.resolve("b.o"), new byte[90_000]));
    gate.touch();
    clock.addAndGet(TimeUnit.SECONDS.toNanos(2));
    await().until(() -> disk.refused() == 1);
    disk.setFull(false);
    Thread.sleep(1_200);
    assertThat(cold.movedBytes()).as("not at once").isLessThan(90_000);
    clock.addAndGet(TimeUnit.MINUTES.toNanos(6));
    await().until(() -> cold.movedBytes() >= 100_000);
    assertThat(disk.refused()).isEqualTo(1);
    inputs.end();
  }
}
