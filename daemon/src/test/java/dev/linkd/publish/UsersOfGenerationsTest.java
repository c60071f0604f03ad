package dev.linkd.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.publish.PublishResult.Method;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whoever has a generation open, mapped or running keeps it whole. */
@Timeout(120)
class UsersOfGenerationsTest {
  private static final int EXIT_CODE = 42;

  /** Waits for a line, then runs more of the program than it has run before. */
  private static final String SCRIPT =
      "echo ready; read line; i=0; while [ $i -lt 1000 ]; do i=$((i+1)); done;"
          + " test \"${line%o}\" = g && printf '%s-%d\\n' $line $i; exit "
          + EXIT_CODE;

  @TempDir Path directory;

  @Test
  void aReaderHalfWayKeepsItsGeneration() throws Exception {
    try (OutputFixture fixture = OutputFixture.steady(directory);
        FileChannel reader = FileChannel.open(fixture.output, StandardOpenOption.READ)) {
      byte[] opened = fixture.content();
      ByteBuffer read = ByteBuffer.allocate(opened.length);
      reader.read(read.slice(0, opened.length / 2));
      publish(fixture, 5);
      read.position(opened.length / 2);
      assertThat(reader.read(read)).isEqualTo(opened.length - opened.length / 2);
      assertThat(read.array()).isEqualTo(opened);
    }
  }

  @Test
  void aReaderOfEachGenerationKeepsIt() throws Exception {
    List<FileChannel> readers = new ArrayList<>();
    try (OutputFixture fixture = OutputFixture.steady(directory)) {
      long first = fixture.image.stamp() + 1;
      for (int i = 0; i < 20; i++) {
        fixture.publishNext();
        readers.add(FileChannel.open(fixture.output, StandardOpenOption.READ));
      }
      for (int i = 0; i < readers.size(); i++) {
        ByteBuffer content = ByteBuffer.allocate(OutputFixture.SIZE);
        readers.get(i).read(content, 0);
        assertThat(TestImage.wholeStamp(content.array())).isEqualTo(first + i);
      }
    } finally {
      for (FileChannel reader : readers) {
        reader.close();
      }
    }
  }

  @Test
  void aGenerationInUseLosesItsNameAndTheSpareComesBack() throws Exception {
    try (OutputFixture fixture = OutputFixture.steady(directory)) {
      try (FileChannel reader = FileChannel.open(fixture.output, StandardOpenOption.READ)) {
        assertThat(fixture.publishNext().method()).isEqualTo(Method.PATCHED_SPARE);
        assertThat(fixture.names()).containsExactly("prog");
        assertThat(fixture.publishNext().why()).isEqualTo("there is no spare");
        assertThat(fixture.publishNext().method()).isEqualTo(Method.PATCHED_SPARE);
        assertThat(reader.isOpen()).isTrue();
      }
    }
  }

  @Test
  void aReaderOfTheHiddenSpareKeepsItsGeneration() throws Exception {
    try (OutputFixture fixture = OutputFixture.steady(directory);
        FileChannel reader = FileChannel.open(fixture.spare, StandardOpenOption.READ)) {
      byte[] before = Files.readAllBytes(fixture.spare);
      assertThat(fixture.publishNext().why()).isEqualTo("the spare is in use");
      publish(fixture, 4);
      ByteBuffer after = ByteBuffer.allocate(before.length);
      reader.read(after, 0);
      assertThat(after.array()).isEqualTo(before);
    }
  }

  @Test
  void aMappingKeepsItsGenerationAfterItsDescriptorIsClosed() throws Exception {
    try (OutputFixture fixture = OutputFixture.steady(directory);
        Arena arena = Arena.ofConfined()) {
      MemorySegment mapped;
      try (FileChannel reader = FileChannel.open(fixture.output, StandardOpenOption.READ)) {
        mapped = reader.map(MapMode.READ_ONLY, 0, OutputFixture.SIZE, arena);
      }
      byte[] before = fixture.content();
      publish(fixture, 10);
      assertThat(mapped.toArray(ValueLayout.JAVA_BYTE)).isEqualTo(before);
    }
  }

  @Test
  void aRunningProgramFinishesWhileAHundredGenerationsFollow() throws Exception {
    MemorySegment program = load(Path.of("/bin/sh"));
    Path output = directory.resolve("prog");
    try (Publisher publisher = new Publisher(output, OutputFixture.OPTIONS)) {
      publishAll(publisher, program);
      Process running = start(output.toString(), "-c", SCRIPT);
      publishGarbage(publisher, program, 100);
      assertThat(Files.readSymbolicLink(Path.of("/proc/" + running.pid() + "/exe")))
          .hasToString(output + " (deleted)");
      assertFinishesWell(running);
      publishAll(publisher, program);
      assertFinishesWell(start(output.toString(), "-c", SCRIPT));
    }
  }

  @Test
  void everyGenerationCanBeExecutedAtOnce() throws Exception {
    MemorySegment program = load(Path.of("/bin/sh"));
    Path output = directory.resolve("prog");
    List<Process> all = new ArrayList<>();
    try (Publisher publisher = new Publisher(output, OutputFixture.OPTIONS)) {
      for (int i = 0; i < 10; i++) {
        publishAll(publisher, program);
        all.add(start(output.toString(), "-c", SCRIPT));
      }
      for (Process process : all) {
        assertFinishesWell(process);
      }
    }
  }

  @Test
  void aLoadedSharedLibraryStaysWhole() throws Exception {
    MemorySegment library = load(cLibrary());
    Path output = directory.resolve("libc.so.6");
    try (Publisher publisher = new Publisher(output, OutputFixture.OPTIONS)) {
      publishAll(publisher, library);
      publishAll(publisher, library);
      publishAll(publisher, library);
      Process process =
          start("/usr/bin/env", "LD_LIBRARY_PATH=" + directory, "/bin/sh", "-c", SCRIPT);
      String maps = Files.readString(Path.of("/proc/" + process.pid() + "/maps"));
      assertThat(maps).contains(output.toString());
      publishGarbage(publisher, library, 100);
      assertFinishesWell(process);
    }
  }

  /** The C library that a shell on this machine loads. */
  private static Path cLibrary() throws Exception {
    for (String line : Processes.check("ldd", "/bin/sh").split("\n", -1)) {
      if (line.contains("libc.so.6 => ")) {
        return Path.of(line.substring(line.indexOf('/'), line.lastIndexOf(" (")));
      }
    }
    throw new AssertionError("/bin/sh does not use libc.so.6");
  }

  private static MemorySegment load(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    return Arena.ofAuto().allocate(bytes.length + 8L).copyFrom(MemorySegment.ofArray(bytes));
  }

  private static PublishResult publishAll(Publisher publisher, MemorySegment content)
      throws PublishException {
    ByteRanges all = new ByteRanges();
    all.add(0, content.byteSize());
    return publisher.publish(content, content.byteSize(), all);
  }

  /** Generations without a single right byte: a page of them in an old process would crash it. */
  private static void publishGarbage(Publisher publisher, MemorySegment like, int generations)
      throws PublishException {
    MemorySegment garbage = Arena.ofAuto().allocate(like.byteSize());
    int patched = 0;
    for (int i = 0; i < generations; i++) {
      garbage.fill((byte) (0xc0 + i % 16));
      patched += publishAll(publisher, garbage).method() == Method.PATCHED_SPARE ? 1 : 0;
    }
    assertThat(patched).as("publishes that reused a file").isGreaterThan(generations / 2);
  }

  private static Process start(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    assertThat(process.inputReader().readLine()).isEqualTo("ready");
    return process;
  }

  private static void assertFinishesWell(Process process) throws Exception {
    process.getOutputStream().write("go\n".getBytes(StandardCharsets.US_ASCII));
    process.getOutputStream().close();
    assertThat(process.inputReader().readLine()).isEqualTo("go-1000");
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(EXIT_CODE);
  }

  private static void publish(OutputFixture fixture, int generations) throws PublishException {
    for (int i = 0; i < generations; i++) {
      fixture.publishNext();
    }
  }
}
