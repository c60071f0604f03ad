package dev.linkd.client.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The scripts for completion, in the shells that they are for. */
class CompletionTest {

  /** Calls the function of a command as bash does for the last of these words. */
  private static final String CALL =
      """
      . ./script
      function=$(complete -p linkctl | sed 's/.*-F \\([^ ]*\\) .*/\\1/')
      COMP_WORDS=("$@")
      COMP_CWORD=$(($# - 1))
      COMPREPLY=()
      # Outside of an interactive shell it cannot be told how to show the words.
      compopt() { :; }
      $function linkctl "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
      printf '%s\\n' "${COMPREPLY[@]}"
      """;

  @TempDir Path folder;

  @BeforeEach
  void someFiles() throws IOException {
    Files.createFile(folder.resolve("shapes.o"));
    Files.createFile(folder.resolve("program"));
  }

  @Test
  void bashCompletesCommandsOptionsAndValues() throws Exception {
    script("completion");
    assertThat(bash("linkctl", "st")).containsExactlyInAnyOrder("status", "stop", "stats");
    assertThat(bash("linkctl", "open", "--ki")).containsExactly("--kind");
    assertThat(bash("linkctl", "open", "--kind", "s"))
        .containsExactlyInAnyOrder("static", "static-pie", "shared");
    assertThat(bash("linkctl", "apply", "program", "sh")).containsExactly("shapes.o");
    assertThat(bash("linkctl", "completion", "f")).containsExactly("fish");
  }

  /** Bash makes words of their own of what stands behind "=", zsh does not. */
  @Test
  void valuesMayStandBehindAnEqualsSign() throws Exception {
    script("completion");
    assertThat(bash("linkctl", "open", "--kind", "=", "static"))
        .containsExactlyInAnyOrder("static", "static-pie");
    assertThat(bash("linkctl", "open", "--kind", "=")).contains("pie", "shared");
    assertThat(bash("linkctl", "open", "--kind=static"))
        .containsExactlyInAnyOrder("--kind=static", "--kind=static-pie");
    assertThat(bash("linkctl", "apply", "program", "--remove", "=", "sh"))
        .containsExactly("shapes.o");
    assertThat(bash("linkctl", "--format=json", "ou")).containsExactly("outputs");
  }

  /** Without words from the function, bash completes files. */
  @Test
  void behindTwoDashesComeWordsOfTheLinker() throws Exception {
    script("completion");
    assertThat(bash("linkctl", "ld", "--", "sh")).containsExactly("");
  }

  /** The widget of zsh has the word in a variable, by which it finds files. */
  @Test
  void zshCompletesFilesBehindAnEqualsSign() throws Exception {
    script("completion");
    String call =
        """
        autoload -U +X bashcompinit && bashcompinit
        complete() { :; }
        . ./script
        IPREFIX= SUFFIX= ISUFFIX= PREFIX=--remove=sh
        COMP_WORDS=(linkctl apply program --remove=sh)
        COMP_CWORD=3
        emulate sh -c '_linkctl linkctl --remove=sh program'
        printf '%s\\n' "${COMPREPLY[@]}" "$PREFIX"
        """;
    assertThat(lines(List.of("zsh", "-f", "-c", call)))
        .containsExactly("--remove=shapes.o", "--remove=sh");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--kind=s", "--kind s"})
  void fishCompletesValues(String option) throws Exception {
    script("completion", "fish");
    assertThat(fish("linkctl open " + option))
        .extracting(word -> word.replace("--kind=", ""))
        .containsExactlyInAnyOrder("static", "static-pie", "shared");
  }

  @Test
  void fishCompletesCommandsOptionsAndFiles() throws Exception {
    script("completion", "fish");
    assertThat(fish("linkctl st")).containsExactlyInAnyOrder("status", "stop", "stats");
    assertThat(fish("linkctl open --ki")).containsExactly("--kind");
    assertThat(fish("linkctl stop --ki")).isEmpty();
    assertThat(fish("linkctl apply program sh")).containsExactly("shapes.o");
    assertThat(fish("linkctl ld -- sh")).containsExactly("shapes.o");
    assertThat(fish("linkctl --format j")).containsExactly("json");
  }

  private void script(String... arguments) throws IOException {
    StringWriter out = new StringWriter();
    assertThat(Linkctl.commandLine().setOut(new PrintWriter(out, true)).execute(arguments))
        .isZero();
    Files.writeString(folder.resolve("script"), out.toString());
  }

  private List<String> bash(String... words) throws Exception {
    List<String> command = new ArrayList<>(List.of("bash", "--norc", "-c", CALL, "bash"));
    command.addAll(List.of(words));
    return lines(command);
  }

  /** Words without their descriptions, which stand behind a tab. */
  private List<String> fish(String words) throws Exception {
    String call = "source script; complete -C '" + words + "'";
    return lines(List.of("fish", "--no-config", "-c", call)).stream()
        .map(line -> line.replaceFirst("\t.*", ""))
        .toList();
  }

  private List<String> lines(List<String> command) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().put("HOME", folder.toString());
    Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("%s", command).isZero();
    return out.lines().toList();
  }
}
