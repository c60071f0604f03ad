package dev.linkd.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.session.MemoryOutputs;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import picocli.CommandLine;

/** {@code linkd link}: a linker without a daemon. */
@Timeout(60)
class LinkCommandTest {
  private final StringWriter output = new StringWriter();
  private final StringWriter errors = new StringWriter();
  private final ByteArrayOutputStream passed = new ByteArrayOutputStream();

  private int link(String... arguments) {
    String[] words = new String[arguments.length + 2];
    words[0] = "link";
    words[1] = "--";
    System.arraycopy(arguments, 0, words, 2, arguments.length);
    MemoryOutputs outputs = new MemoryOutputs();
    return new CommandLine(
            new DaemonCommand(
                outputs, Optional.empty(), Optional.empty(), Optional.empty(), new SpareJournal()))
        .addSubcommand(new LinkCommand(outputs, new ScriptedDriver(), new PrintStream(passed)))
        .setExpandAtFiles(false)
        .setOut(new PrintWriter(output, true))
        .setErr(new PrintWriter(errors, true))
        .execute(words);
  }

  @Test
  void theLinkGetsTheProcessesOwnSurroundings() {
    assertThat(link("echo", "-o", "a b", "@file")).isEqualTo(7);

    assertThat(output.toString())
        .startsWith("echo -o a b @file in " + System.getProperty("user.dir") + " umask ")
        .endsWith("HOME=" + System.getenv("HOME"));
    assertThat(errors.toString())
        .startsWith("as ld.linkd")
        .endsWith("ld.linkd: warning: a.o: careful\n");
  }

  @Test
  void anOutputIsPassedOnAsItIs() {
    assertThat(link("pass")).isZero();

    assertThat(output.toString()).isEqualTo("text");
    assertThat(passed.toByteArray()).containsExactly(0x7f, 'E', 'L', 'F', 0xff, 0);
  }

  @Test
  void messagesAreColouredOnRequest() {
    assertThat(link("colour")).isZero();

    assertThat(errors.toString())
        .isEqualTo("ld.linkd: \033[31merror:\033[0m bad\nld.linkd: \033[35mwarning:\033[0m odd\n");
  }

  @Test
  void outputsAreClosedAtTheEnd() {
    assertThat(link("link", "/tmp/never-written-by-a-memory-output")).isZero();
    assertThat(errors.toString()).isEmpty();
  }
}
