package dev.linkd.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.diag.LinkException;
import dev.linkd.oracle.image.ImageRules;
import dev.linkd.oracle.model.Model;
import dev.linkd.oracle.model.ModelDriver;
import dev.linkd.oracle.program.RandomEdits;
import dev.linkd.output.Output;
import dev.linkd.output.OutputKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who has opened a generation keeps it, whatever is published afterwards. */
final class GenerationsTest {
  private static final int GENERATIONS = 120;

  private final long seed = Seeds.next();
  private final RandomEdits edits = new RandomEdits(seed, 60);
  private final Output output;
  private final ModelDriver driver;
  private Model model = new Model();

  GenerationsTest(@TempDir Path folder) throws LinkException {
    output = Engine.open(folder.resolve("program"), OutputKind.STATIC_EXECUTABLE);
    driver = new ModelDriver(output, new Random(seed));
    publish();
  }

  @AfterEach
  void close() {
    output.close();
  }

  private void publish() throws LinkException {
    for (int i = 0; i < 5; i++) {
      edits.next();
    }
    Model next = edits.program().model();
    driver.apply(model, next);
    model = next;
    assertThat(output.flush().diagnostics()).isEmpty();
  }

  private record Running(Process process, int expected) {}

  /** Most of a program's pages are read from its file only after later generations came. */
  @Test
  void aRunningProgramEndsAsItBegan() throws Exception {
    List<Running> all = new ArrayList<>();
    for (int i = 0; i < GENERATIONS; i++) {
      if (i % 3 != 2) {
        all.add(new Running(Programs.start(output.path()), edits.program().checksum()));
      }
      publish();
      if (all.size() > 10) {
        endOne(all);
      }
    }
    while (!all.isEmpty()) {
      endOne(all);
    }
  }

  private static void endOne(List<Running> all) throws IOException, InterruptedException {
    Running one = all.removeFirst();
    one.process().getOutputStream().close();
    assertThat(Programs.finish(one.process())).isEqualTo(one.expected());
  }

  @Test
  void aReaderSeesTheGenerationThatItOpenedToItsEnd() throws Exception {
    for (int i = 0; i < GENERATIONS; i++) {
      byte[] whole = Files.readAllBytes(output.path());
      ByteBuffer read = ByteBuffer.allocate(whole.length);
      try (FileChannel reader = FileChannel.open(output.path(), StandardOpenOption.READ)) {
        reader.read(read.limit(whole.length / 2));
        publish();
        publish();
        read.limit(whole.length);
        while (reader.read(read) > 0) {
          assertThat(read.position()).isLessThanOrEqualTo(whole.length);
        }
        assertThat(reader.size()).isEqualTo(whole.length);
      }
      assertThat(read.array()).isEqualTo(whole);
    }
  }

  @Test
  void aMappedGenerationDoesNotChange() throws Exception {
    for (int i = 0; i < GENERATIONS / 4; i++) {
      byte[] whole = Files.readAllBytes(output.path());
      try (FileChannel reader = FileChannel.open(output.path(), StandardOpenOption.READ)) {
        ByteBuffer mapped = reader.map(MapMode.READ_ONLY, 0, whole.length);
        publish();
        publish();
        assertThat(mapped).isEqualTo(ByteBuffer.wrap(whole));
      }
    }
  }

  /** A thread that opens the path again and again sees whole generations only. */
  @Test
  void everyOpenSeesAWholeGeneration() throws Exception {
    List<String> problems = new ArrayList<>();
    Path path = output.path();
    Thread reader = Thread.ofPlatform().start(() -> readForEver(path, problems));
    for (int i = 0; i < GENERATIONS * 5; i++) {
      publish();
    }
    reader.interrupt();
    reader.join();
    assertThat(problems).isEmpty();
  }

  private static void readForEver(Path path, List<String> problems) {
    while (!Thread.interrupted() && problems.isEmpty()) {
      try {
        problems.addAll(ImageRules.problems(Files.readAllBytes(path)));
      } catch (IOException gone) {
        problems.add(gone.toString());
      }
    }
  }
}
