package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.diag.Code;
import dev.linkd.diag.LinkException;
import dev.linkd.output.AtomUpdate;
import dev.linkd.output.FlushResult;
import dev.linkd.output.Output;
import dev.linkd.output.OutputKind;
import dev.linkd.output.OutputSpec;
import dev.linkd.publish.MountedFileSystem;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What was too much for the disk is taken back, and the program fits again. Mounts as root. */
class FullDiskTest {
  private static final int MIB = 1 << 20;

  /** A symbol table that is large enough to be taken for room. */
  private static final int SYMBOLS = 6_000;

  @TempDir Path directory;
  private final AtomUpdate update = new AtomUpdate();
  private final Random random = new Random(1);

  private void put(Output output, String name, String section, int size) throws LinkException {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    boolean code = section.startsWith(".text");
    update.clear();
    update.key = output.name(name);
    update.section = output.name(section);
    update.sectionType = SHT_PROGBITS;
    update.sectionFlags = SHF_ALLOC | (code ? SHF_EXECINSTR : SHF_WRITE);
    update.alignment = 16;
    update.size = size;
    update.bytes = MemorySegment.ofArray(bytes);
    for (int i = 0; name.equals("_start") && i < SYMBOLS; i++) {
      update.addDefinition(output.name("symbol" + i), 0, 0, STB_GLOBAL << 4);
    }
    update.addDefinition(update.key, 0, size, STB_GLOBAL << 4 | (code ? STT_FUNC : STT_OBJECT));
    output.putAtom(output.stream("unit"), update);
  }

  private void published(Output output) throws Exception {
    FlushResult result = output.flush();
    assertThat(result.diagnostics()).isEmpty();
    assertThat(result.published()).isTrue();
    assertThat(output.verify()).isEmpty();
    assertThat(Program.command(directory, "readelf", "-sW", "program"))
        .contains(" _start")
        .contains(" symbol" + (SYMBOLS - 1))
        .contains(" small");
  }

  @ParameterizedTest
  @ValueSource(strings = {".data.more", ".text.more", ".more"})
  void takingOutWhatWasTooMuchRepairsTheProgram(String section) throws Exception {
    try (MountedFileSystem disk = MountedFileSystem.tmpfs(directory, "5m")) {
      Path program = disk.root.resolve("program");
      OutputSpec spec = OutputSpec.of(program, OutputKind.STATIC_EXECUTABLE);
      try (Output output = new ElfOutputs().open(spec)) {
        put(output, "_start", ".text", 64);
        put(output, "small", ".data.small", MIB);
        published(output);
        byte[] before = Files.readAllBytes(program);

        put(output, "more", section, 2 * MIB);
        put(output, "evenmore", section, 2 * MIB);
        FlushResult full = output.flush();
        assertThat(full.published()).isFalse();
        assertThat(full.diagnostics().getFirst().code()).isEqualTo(Code.PUBLISH_FAILED);
        assertThat(full.diagnostics().getFirst().message()).contains("ENOSPC");
        assertThat(program).hasBinaryContent(before);

        output.removeAtom(output.stream("unit"), output.name("more"));
        output.removeAtom(output.stream("unit"), output.name("evenmore"));
        published(output);
        assertThat(Files.size(program)).isLessThan(before.length + MIB / 2);
        put(output, "small", ".data.small", MIB / 2);
        published(output);
      }
    }
  }

  @Test
  void roomOfLessThanMebibytesIsKeptWhileTheDiskHasSpace() throws Exception {
    Path program = directory.resolve("program");
    OutputSpec spec = OutputSpec.of(program, OutputKind.STATIC_EXECUTABLE);
    try (Output output = new ElfOutputs().open(spec)) {
      put(output, "_start", ".text", 64);
      put(output, "small", ".data.small", MIB);
      put(output, "more", ".data.more", MIB);
      published(output);
      long size = Files.size(program);
      output.removeAtom(output.stream("unit"), output.name("more"));
      published(output);
      assertThat(Files.size(program)).as("the next array finds its place").isEqualTo(size);
    }
  }
}
