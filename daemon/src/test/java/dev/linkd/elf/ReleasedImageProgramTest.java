package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.output.AtomUpdate;
import dev.linkd.output.Output;
import dev.linkd.output.OutputKind;
import dev.linkd.output.OutputSpec;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Outputs that gave the memory of their image back. */
class ReleasedImageProgramTest {

  @TempDir Path directory;

  @Test
  void theImageIsReadBackFromThePublishedFile() throws Exception {
    Path path = directory.resolve("program");
    try (Output output = open(path)) {
      int stream = output.stream("test");
      exitWith(output, stream, 42);
      assertThat(output.releaseImage(false)).isZero();
      assertThat(output.flush().diagnostics()).isEmpty();
      assertThat(output.releaseImage(false)).isPositive();
      assertThat(output.status().resident()).isFalse();

      assertThat(output.verify()).isEmpty();
      assertThat(output.status().resident()).isTrue();
      output.releaseImage(false);
      exitWith(output, stream, 7);
      assertThat(output.flush().diagnostics()).isEmpty();
      assertThat(StaticProgramTest.run(path)).isEqualTo(7);
      assertThat(output.verify()).isEmpty();
    }
  }

  @Test
  void aChangedFileIsLinkedAgainFromTheInputs() throws Exception {
    Path path = directory.resolve("program");
    try (Output output = open(path)) {
      int stream = output.stream("test");
      exitWith(output, stream, 42);
      output.flush();
      output.releaseImage(false);
      Files.write(path, new byte[100]);

      assertThat(output.flush().published()).isTrue();
      assertThat(StaticProgramTest.run(path)).isEqualTo(42);
      exitWith(output, stream, 3);
      assertThat(output.flush().diagnostics()).isEmpty();
      assertThat(StaticProgramTest.run(path)).isEqualTo(3);
      assertThat(output.verify()).isEmpty();
    }
  }

  @Test
  void anImageThatOnlyThisOutputHasIsKeptUnlessMemoryIsShort() throws Exception {
    Path path = directory.resolve("program");
    try (Output output = open(path)) {
      int stream = output.stream("test");
      exitWith(output, stream, 42);
      output.flush();
      assertThat(output.releaseImage(true)).isPositive();
      exitWith(output, stream, 3);
      output.flush();
      Files.write(path, new byte[100]); // as strip(1) does
      assertThat(output.releaseImage(true)).isZero();
      assertThat(output.status().resident()).isTrue();
      assertThat(output.releaseImage(false)).isPositive();
    }
  }

  @Test
  void anUpdateOfAnOutputWhoseFileIsLostMeansTheNamesThatItSays() throws Exception {
    Path path = directory.resolve("program");
    try (Output output = open(path)) {
      int stream = output.stream("test");
      output.name("a name that nothing uses");
      exitWith(output, stream, 42);
      output.flush();
      output.releaseImage(false);
      Files.delete(path);

      output.name("another");
      exitWith(output, stream, 3);
      assertThat(output.flush().diagnostics()).isEmpty();
      assertThat(StaticProgramTest.run(path)).isEqualTo(3);
      assertThat(output.verify()).isEmpty();
    }
  }

  @Test
  void aFlushWithoutChangesNoticesADeletedOutput() throws Exception {
    Path path = directory.resolve("program");
    try (Output output = open(path)) {
      int stream = output.stream("test");
      exitWith(output, stream, 42);
      output.flush();
      assertThat(output.flush().published()).isFalse();
      exitWith(output, stream, 42);
      assertThat(output.flush().published()).isFalse();

      Files.delete(path);
      assertThat(output.flush().published()).isTrue();
      assertThat(StaticProgramTest.run(path)).isEqualTo(42);
    }
  }

  private static Output open(Path path) throws Exception {
    return new ElfOutputs().open(OutputSpec.of(path, OutputKind.STATIC_EXECUTABLE));
  }

  private static void exitWith(Output output, int stream, int status) throws Exception {
    String code = String.format("bf%02x000000b83c0000000f05", status);
    byte[] bytes = HexFormat.of().parseHex(code);
    AtomUpdate update = new AtomUpdate();
    update.clear();
    update.key = output.name("_start");
    update.section = output.name(".text");
    update.sectionType = SHT_PROGBITS;
    update.sectionFlags = SHF_ALLOC | SHF_EXECINSTR;
    update.size = bytes.length;
    update.bytes = MemorySegment.ofArray(bytes);
    update.addDefinition(output.name("_start"), 0, bytes.length, STB_GLOBAL << 4 | STT_FUNC);
    output.putAtom(stream, update);
  }
}
