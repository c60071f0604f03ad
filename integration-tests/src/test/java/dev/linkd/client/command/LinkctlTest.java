package dev.linkd.client.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.linkd.client.DaemonProgram;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A person links, patches and inspects a program. */
@Timeout(120)
class LinkctlTest {
  private static final String MAIN =
      """
      int helper(void);
      __attribute__((noinline)) int answer(void) { return %d; }
      void _start(void) {
        int code = answer() + helper();
        __asm__ volatile("mov $60, %%%%eax; syscall" : : "D"(code));
      }
      """;

  @TempDir Path directory;
  private DaemonProgram daemon;
  private String out = "";
  private String err = "";

  @BeforeEach
  void install() throws Exception {
    daemon = DaemonProgram.real(directory);
  }

  @AfterEach
  void stop() throws Exception {
    daemon.close();
  }

  private int linkctl(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add(1, "--socket=" + daemon.socket());
    StringWriter output = new StringWriter();
    StringWriter errors = new StringWriter();
    int code =
        Linkctl.commandLine()
            .setOut(new PrintWriter(output, true))
            .setErr(new PrintWriter(errors, true))
            .execute(all.toArray(String[]::new));
    out = output.toString();
    err = errors.toString();
    return code;
  }

  private String file(String name) {
    return directory.resolve(name).toString();
  }

  private String compile(String name, String source) throws Exception {
    Path c = Files.writeString(directory.resolve(name + ".c"), source);
    String object = file(name + ".o");
    run(0, "gcc", "-c", "-O1", "-fno-pic", "-ffunction-sections", "-o", object, c.toString());
    return object;
  }

  private static void run(int expected, String... command)
      throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).inheritIO().start();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(String.join(" ", command)).isEqualTo(expected);
  }

  private void openProgram() throws Exception {
    String main = compile("main", MAIN.formatted(41));
    String helper = compile("helper", "int helper(void) { return 1; }");
    assertThat(linkctl("open", file("program"), "--kind=static", main, helper)).isZero();
  }

  @Test
  void aProgramIsLinkedThenPatchedWhereItChanged() throws Exception {
    openProgram();
    assertThat(out).contains("main.o: ", "published generation 1");
    run(42, file("program"));

    String main = compile("main", MAIN.formatted(6));
    assertThat(linkctl("apply", file("program"), main)).isZero();
    assertThat(out).contains("1 changed, 0 removed", "published generation 2", "publish");
    run(7, file("program"));

    assertThat(linkctl("apply", file("program"), main)).isZero();
    assertThat(out).contains("0 added, 0 changed, 0 removed").doesNotContain("1 changed");
    assertThat(linkctl("verify", file("program"))).isZero();
  }

  @Test
  void anErrorInTheProgramLeavesTheOldOneAndCanBeRepaired() throws Exception {
    openProgram();
    String broken = compile("helper", "int missing(void); int helper(void) { return missing(); }");
    assertThat(linkctl("apply", file("program"), broken)).isEqualTo(1);
    assertThat(err).contains("error: ", "missing");
    assertThat(out).contains("not published; generation 1 stays");
    run(42, file("program"));

    String repaired = compile("helper", "int helper(void) { return 2; }");
    assertThat(linkctl("apply", file("program"), repaired)).isZero();
    run(43, file("program"));
  }

  @Test
  void whatTheDaemonHoldsCanBeInspected() throws Exception {
    openProgram();
    assertThat(linkctl("status")).isZero();
    assertThat(out).contains("process ", file("program"), "generation 1", "idle     stops in");
    assertThat(linkctl("outputs")).isZero();
    assertThat(out).contains("static-executable", "PATH");
    assertThat(linkctl("dump", file("program"))).isZero();
    assertThat(out).contains(".text.answer", "hole", "ADDRESS");
    assertThat(linkctl("dump", file("program"), "--depth=0")).isZero();
    assertThat(out.lines()).as("header and root").hasSize(2);
    assertThat(linkctl("query", file("program"), "helper")).isZero();
    assertThat(out).contains("defined at 0x", "1 references", ".text._start");
    assertThat(linkctl("stats")).isZero();
    assertThat(out).contains("flushes          1");
    assertThat(linkctl("flush", file("program"))).isZero();
    assertThat(out).contains("nothing changed");
    assertThat(linkctl("watch", file("program"), "--count=1")).isZero();
    assertThat(out).contains("open, generation 1");
  }

  @Test
  void jsonIsForPrograms() throws Exception {
    String main = compile("main", MAIN.formatted(41));
    String helper = compile("helper", "int helper(void) { return 1; }");
    assertThat(linkctl("open", "--format=json", file("program"), "--kind=static", main, helper))
        .isZero();
    JsonObject opened = JsonParser.parseString(out).getAsJsonObject();
    assertThat(opened.getAsJsonObject("report").get("generation").getAsString()).isEqualTo("1");
    assertThat(opened.getAsJsonObject("inputs").getAsJsonArray("inputs")).hasSize(2);

    assertThat(linkctl("status", "--format=json")).isZero();
    JsonObject status = JsonParser.parseString(out).getAsJsonObject();
    assertThat(status.keySet()).containsExactly("version", "stats", "list");
    for (String command : List.of("outputs", "stats")) {
      assertThat(linkctl(command, "--format=json")).isZero();
      assertThat(JsonParser.parseString(out).isJsonObject()).as(command).isTrue();
    }
    for (String command : List.of("flush", "verify", "dump", "close")) {
      assertThat(linkctl(command, "--format=json", file("program"))).as(command).isZero();
      assertThat(JsonParser.parseString(out).isJsonObject()).as(command).isTrue();
    }
  }

  @Test
  void openingWithoutInputsAttaches() {
    assertThat(linkctl("open", file("library"), "--kind=shared", "--soname=l.so")).isZero();
    assertThat(out).startsWith("opened " + file("library"));
    assertThat(linkctl("open", file("library"), "--kind=shared", "--soname=l.so")).isZero();
    assertThat(out).startsWith("attached to " + file("library"));
    assertThat(linkctl("open", file("library"), "--kind=pie")).isEqualTo(4);
    assertThat(err).contains("open with other options (").contains("kind");
  }

  @Test
  void stoppingEndsTheDaemonAndIsIdempotent() {
    assertThat(linkctl("open", file("program"), "--kind=static")).isZero();
    assertThat(linkctl("stop")).isZero();
    assertThat(out).startsWith("stopped process ");
    assertThat(daemon.socket()).doesNotExist();
    assertThat(linkctl("stop")).isZero();
    assertThat(err).contains("no daemon runs");
  }

  @Test
  void mistakesAreExplained() {
    assertThat(linkctl("status")).isEqualTo(3);
    assertThat(err).contains("no daemon serves " + daemon.socket());
    assertThat(linkctl("open", file("program"))).isEqualTo(2);
    assertThat(err).contains("--kind");
    assertThat(linkctl("open", file("program"), "--kind=elf")).isEqualTo(2);
    assertThat(err).contains("expected pie, exe, static, static-pie or shared");
    assertThat(linkctl("apply", file("program"), file("a.o"))).isEqualTo(4);
    assertThat(err).contains("is not open; open it first: linkctl open " + file("program"));
    assertThat(linkctl("open", file("no/such/program"), "--kind=static")).isEqualTo(4);
    assertThat(err).contains("no such directory: " + file("no/such"));
    assertThat(linkctl("open", file("program"), "--kind=static", file("missing.o"))).isEqualTo(1);
    assertThat(err).contains("missing.o");
    assertThat(linkctl("query", file("program"), "nobody")).isEqualTo(4);
    assertThat(err).contains("'nobody'");
  }

  @Test
  void helpAndCompletionNeedNoDaemon() {
    assertThat(Linkctl.commandLine().setOut(new PrintWriter(new StringWriter())).execute("--help"))
        .isZero();
    assertThat(linkctl("completion")).isZero();
    assertThat(out).contains("complete -F", "outputs");
    assertThat(daemon.socket()).doesNotExist();
  }
}
