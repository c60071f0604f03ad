package dev.linkd.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Links in processes of their own: as many at once as there are processors. */
@Timeout(120)
class SlotsTest {
  @TempDir Path folder;
  private final List<Process> holders = new ArrayList<>();
  private Sandbox sandbox;
  private Path slots;

  @BeforeEach
  void prepare() throws Exception {
    sandbox = Sandbox.distribution(folder).with("XDG_RUNTIME_DIR", folder.toString());
    slots = Files.createDirectory(folder.resolve("linkd"));
  }

  @AfterEach
  void release() {
    holders.forEach(Process::destroyForcibly);
  }

  private static int processors() throws Exception {
    Process nproc = new ProcessBuilder("nproc").start();
    return Integer.parseInt(new String(nproc.getInputStream().readAllBytes()).strip());
  }

  /** Takes every slot, as links do that run for a minute. */
  private void takeAll() throws Exception {
    for (int slot = 0; slot < processors(); slot++) {
      String file = slots.resolve("own-link-" + slot + ".lock").toString();
      Process holder =
          new ProcessBuilder("flock", "-F", file, "sh", "-c", "echo held; exec sleep 60").start();
      holders.add(holder);
      assertThat(holder.getInputStream().read()).isEqualTo('h');
    }
  }

  private CompletableFuture<Ran> link() {
    return CompletableFuture.supplyAsync(() -> sandbox.run("bin/linkd", "link", "--", "-v"));
  }

  @Test
  void aLinkWaitsUntilAnotherHasEndedAndSaysSo() throws Exception {
    takeAll();
    CompletableFuture<Ran> link = link();
    Thread.sleep(4_000);
    assertThat(link).isNotDone();
    Process last = holders.getLast();
    last.destroyForcibly();

    Ran ran = link.get(60, TimeUnit.SECONDS);
    assertThat(ran.status()).isZero();
    assertThat(ran.out()).endsWith("link\n--\n-v\n");
    assertThat(ran.err())
        .isEqualTo(
            "ld.linkd: waiting for one of %d links without a daemon to end\n"
                .formatted(processors()));
  }

  @Test
  void aLinkHasASlotOfItsOwn() {
    Ran ran = link().join();
    assertThat(ran.err()).isEmpty();
    assertThat(slots.resolve("own-link-0.lock")).exists();
    assertThat(slots.resolve("own-link-1.lock")).doesNotExist();
  }

  @Test
  void aLinkInsideOfALinkDoesNotWaitForIt() throws Exception {
    takeAll();
    sandbox.with("LINKD_SLOT", "of the other link");
    assertThat(link().get(30, TimeUnit.SECONDS).err()).isEmpty();
  }

  @Test
  void aDirectoryThatIsNotOursBoundsNothing() throws Exception {
    takeAll();
    Path link = Files.createDirectory(folder.resolve("user's"));
    Files.createSymbolicLink(link.resolve("linkd"), slots);
    sandbox.with("XDG_RUNTIME_DIR", link.toString());
    assertThat(link().get(30, TimeUnit.SECONDS).err()).isEmpty();
  }
}
