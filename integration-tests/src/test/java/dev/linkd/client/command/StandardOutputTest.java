package dev.linkd.client.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What a command says when its output goes nowhere. */
class StandardOutputTest {
  private final StringWriter err = new StringWriter();
  private final CommandLine commands = Linkctl.commandLine().setErr(new PrintWriter(err, true));

  @ParameterizedTest
  @ValueSource(strings = {"completion", "--help", "--version"})
  void aFullDiskIsAFailure(String command) {
    OutputStream full = failing("No space left on device");
    assertThat(new StandardOutput(full).run(commands, command)).isEqualTo(6);
    assertThat(err.toString())
        .containsOnlyOnce("linkctl: standard output cannot be written: No space left on device");
  }

  @Test
  void aReaderThatHasSeenEnoughIsNoNews() {
    OutputStream pipe = failing("Broken pipe");
    assertThat(new StandardOutput(pipe).run(commands, "completion")).isEqualTo(6);
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void theCodeOfAFaultStays() {
    OutputStream full = failing("No space left on device");
    assertThat(new StandardOutput(full).run(commands, "completion", "--nonsense")).isEqualTo(2);
  }

  @Test
  void outputArrives() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    assertThat(new StandardOutput(bytes).run(commands, "--version")).isZero();
    assertThat(bytes.toString(StandardCharsets.UTF_8)).startsWith("linkctl ");
    assertThat(err.toString()).isEmpty();
  }

  private static OutputStream failing(String reason) {
    return new OutputStream() {
      @Override
      public void write(int one) throws IOException {
        throw new IOException(reason);
      }
    };
  }
}
