package dev.linkd.elf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.diag.Code;
import dev.linkd.output.FlushResult;
import dev.linkd.output.OutputKind;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Publishing: nothing new, files that others changed, and paths that cannot be written. */
class PublishedFileTest {

  @TempDir Path directory;

  private Program program() throws Exception {
    Program program = new Program(directory, OutputKind.STATIC_EXECUTABLE);
    program.flags("-fno-asynchronous-unwind-tables");
    program.c("start.c", start(1));
    assertThat(program.linkAndRun()).isEqualTo("exit 1\n");
    return program;
  }

  private static String start(int status) {
    return "void _start(void) { __asm__(\"mov $60,%eax; mov $" + status + ",%edi; syscall\"); }\n";
  }

  @Test
  void aFlushWithoutEditsPublishesNothing() throws Exception {
    try (Program program = program()) {
      FlushResult again = program.output.flush();
      assertThat(again.published()).isFalse();
      assertThat(again.generation()).isEqualTo(1);
      assertThat(again.statistics().bytesWritten()).isZero();
    }
  }

  @Test
  void anEditThatIsTakenBackPublishesNothingNew() throws Exception {
    try (Program program = program()) {
      program.c("start.c", start(1));
      FlushResult again = program.output.flush();
      assertThat(again.ok()).isTrue();
      assertThat(again.statistics().relocationsApplied()).isZero();
      assertThat(program.run()).isEqualTo("exit 1\n");
    }
  }

  @Test
  void aDeletedOutputIsWrittenAgain() throws Exception {
    try (Program program = program()) {
      Files.delete(program.path);
      assertThat(program.output.flush().published()).isTrue();
      assertThat(program.run()).isEqualTo("exit 1\n");
    }
  }

  @Test
  void anOutputThatOthersChangedIsWrittenWhole() throws Exception {
    try (Program program = program()) {
      Program.command(directory, "strip", program.path.toString());
      program.c("start.c", start(2));
      assertThat(program.linkAndRun()).isEqualTo("exit 2\n");
      assertThat(program.readelf("-s")).contains("_start");
      Files.writeString(program.path, "#!/bin/false\n");
      assertThat(program.output.flush().published()).isTrue();
      assertThat(program.run()).isEqualTo("exit 2\n");
    }
  }

  @Test
  void aPathThatIsADirectoryIsReportedUntilItIsFree() throws Exception {
    try (Program program = new Program(directory, OutputKind.STATIC_EXECUTABLE)) {
      Files.createDirectory(program.path);
      program.flags("-fno-asynchronous-unwind-tables");
      program.c("start.c", start(3));
      FlushResult result = program.output.flush();
      assertThat(result.published()).isFalse();
      assertThat(result.diagnostics().get(0).code()).isEqualTo(Code.PUBLISH_FAILED);
      Files.delete(directory.resolve("program"));
      assertThat(program.linkAndRun()).isEqualTo("exit 3\n");
    }
  }

  @Test
  void aDirectoryThatVanishesIsReportedUntilItIsBack() throws Exception {
    Path inner = Files.createDirectory(directory.resolve("inner"));
    dev.linkd.output.OutputSpec spec =
        dev.linkd.output.OutputSpec.of(inner.resolve("program"), OutputKind.STATIC_EXECUTABLE);
    try (Program program = new Program(directory, spec)) {
      program.flags("-fno-asynchronous-unwind-tables");
      program.c("start.c", start(4));
      assertThat(program.linkAndRun()).isEqualTo("exit 4\n");
      Path away = directory.resolve("away");
      Files.move(inner, away);
      program.c("start.c", start(5));
      FlushResult result = program.output.flush();
      assertThat(result.published()).isFalse();
      assertThat(result.diagnostics().get(0).code()).isEqualTo(Code.PUBLISH_FAILED);
      assertThat(Program.run(java.util.Map.of(), java.util.List.of(away + "/program")))
          .isEqualTo("exit 4\n");
      Files.createDirectory(inner);
      assertThat(program.linkAndRun()).isEqualTo("exit 5\n");
    }
  }
}
