package dev.linkd.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.output.OutputKind;
import dev.linkd.output.OutputSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of the state of programs that are linked once and deleted. */
@Timeout(60)
class LinkedOutputsTest {
  private static final int OUTPUTS_MAX = Limits.DEFAULT.outputs();

  @TempDir Path directory;
  private final MemoryOutputs factory = new MemoryOutputs();
  private final AtomicLong now = new AtomicLong();
  private final OutputRegistry registry =
      new OutputRegistry(factory, Limits.DEFAULT, new Counters(), now::get);

  @AfterEach
  void close() throws Exception {
    registry.closeAll("the test ends");
    registry.endWatches();
  }

  private OutputSpec spec(String name) {
    return OutputSpec.of(directory.resolve(name), OutputKind.STATIC_EXECUTABLE);
  }

  /** Links as an invocation does; the file appears. */
  private void link(String name) throws Exception {
    registry.call(
        spec(name),
        (output, fresh) -> {
          write(output.path());
          return output.flush();
        });
  }

  private static void write(Path path) {
    try {
      Files.writeString(path, "a program");
    } catch (IOException fault) {
      throw new AssertionError(fault);
    }
  }

  private boolean open(String name) {
    return registry.find(directory.resolve(name)).isPresent();
  }

  private void pass(long nanos) {
    now.addAndGet(nanos);
  }

  @Test
  void stateGoesSomeTimeAfterTheFile() throws Exception {
    link("conftest");
    link("program");
    Files.delete(directory.resolve("conftest"));

    link("program");
    assertThat(open("conftest")).as("it may come back").isTrue();
    pass(LinkedOutputs.GRACE_NANOS);
    link("program");

    assertThat(open("conftest")).isFalse();
    assertThat(open("program")).isTrue();
  }

  @Test
  void stateGoesAlsoWhenNothingElseIsLinked() throws Exception {
    for (int i = 0; i < 20; i++) {
      link("conftest" + i);
    }
    link("program");
    for (int i = 0; i < 20; i++) {
      Files.delete(directory.resolve("conftest" + i));
    }
    registry.closeDeleted();
    assertThat(registry.size()).as("they may come back").isEqualTo(21);
    pass(LinkedOutputs.GRACE_NANOS);
    registry.closeDeleted();
    assertThat(registry.size()).isEqualTo(1);
    assertThat(open("program")).isTrue();
  }

  @Test
  void aFileThatComesBackKeepsItsState() throws Exception {
    link("program");
    link("other");
    Files.delete(directory.resolve("program"));
    link("other");
    pass(LinkedOutputs.GRACE_NANOS / 2);
    link("program");
    Files.delete(directory.resolve("program"));
    pass(LinkedOutputs.GRACE_NANOS / 2);
    link("other");

    assertThat(open("program")).isTrue();
  }

  @Test
  void thousandsOfOutputsAreLinkedWithoutALimit() throws Exception {
    for (int i = 0; i < OUTPUTS_MAX + 50; i++) {
      link("program" + i);
      link("often");
    }

    assertThat(registry.size()).isLessThanOrEqualTo(OUTPUTS_MAX);
    assertThat(open("program0")).as("linked least recently").isFalse();
    assertThat(open("often")).isTrue();
    assertThat(open("program" + (OUTPUTS_MAX + 49))).isTrue();
  }

  @Test
  void outputsOfClientsStay() throws Exception {
    OutputRegistry.Attachment client = registry.attach(spec("client"));
    link("shared");
    registry.attach(spec("shared"));
    for (int i = 0; i < OUTPUTS_MAX + 10; i++) {
      link("program" + i);
    }
    Files.delete(directory.resolve("shared"));
    link("program0");
    pass(2 * LinkedOutputs.GRACE_NANOS);
    for (int i = 0; i < OUTPUTS_MAX; i++) {
      link("program0");
    }

    assertThat(registry.actor(client.actor().handle())).isSameAs(client.actor());
    assertThat(open("shared")).isTrue();
  }
}
