package dev.linkd.client.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
import java.util.concurrent.CompletableFuture;
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
  void anInputThatWasAMistakeCanBeTakenOutAgain() throws Exception {
    openProgram();
    String twice = compile("twice", "int helper(void) { return 7; }");
    assertThat(linkctl("apply", file("program"), twice)).isEqualTo(1);
    assertThat(err).contains("duplicate symbol: helper", "or take it out: --remove=FILE");
    assertThat(linkctl("apply", file("program"), file("nowhere.o"))).isEqualTo(1);
    assertThat(err).contains("nowhere.o", "cannot be read");

    String helper = compile("helper", "int helper(void) { return 2; }");
    String[] removal = {"--remove=" + twice, "--remove=" + file("nowhere.o")};
    assertThat(linkctl("apply", removal[0], removal[1], file("program"), helper)).isZero();
    assertThat(out)
        .contains("twice.o: taken out", "helper.o: 0 added, 1 changed", "published generation 2");
    run(43, file("program"));
    assertThat(linkctl("verify", file("program"))).isZero();
    assertThat(linkctl("apply", file("program"))).isEqualTo(2);
    assertThat(err).contains("name files to apply or to --remove");
  }

  @Test
  void takingOutWhatIsNotThereIsAMistakeAndPublishesNothing() throws Exception {
    openProgram();
    Path other = Files.createDirectory(directory.resolve("other")).resolve("helper.o");
    assertThat(linkctl("apply", "--remove=" + other, file("program"))).isEqualTo(1);
    assertThat(err)
        .contains(other + ": error: not an input of " + file("program"))
        .contains("did you mean: " + file("helper.o"));
    assertThat(out).contains("generation 1 stays").doesNotContain("taken out");
    assertThat(linkctl("apply", "--format=json", "--remove=" + other, file("program")))
        .isEqualTo(1);
    JsonObject answer = JsonParser.parseString(out).getAsJsonObject();
    assertThat(answer.getAsJsonObject("inputs").getAsJsonArray("rejections")).hasSize(1);
    assertThat(linkctl("flush", file("program"))).isZero();
  }

  @Test
  void inputsOfALinkerCommandLineAreKnownByTheirPath() throws Exception {
    String main = compile("main", MAIN.formatted(41));
    String helper = compile("helper", "int helper(void) { return 1; }");
    String program = file("linked");
    assertThat(linkctl("ld", "--", "-static", "-o", program, directory + "/./main.o", helper))
        .isZero();
    compile("main", MAIN.formatted(6));
    assertThat(linkctl("apply", program, main)).as(err).isZero();
    assertThat(out).contains("0 added, 1 changed, 0 removed");
    run(7, program);
    assertThat(linkctl("apply", program, "--remove=" + main)).isZero();
    assertThat(out).contains("main.o: taken out");
    assertThat(linkctl("verify", program)).isZero();
  }

  @Test
  void helpFitsATerminalOfEightyColumns() {
    assertThat(linkctl("apply", "--help")).isZero();
    assertThat(out.lines()).allMatch(line -> line.length() <= 80);
    assertThat(out).contains("links without a daemon), LINKD_SOCKET its socket.");
  }

  @Test
  void whatTheDaemonHoldsCanBeInspected() throws Exception {
    openProgram();
    assertThat(linkctl("status")).isZero();
    assertThat(out)
        .contains("process ", file("program"), "generation 1", "idle     stops in", "warm-up  ");
    assertThat(linkctl("outputs")).isZero();
    assertThat(out).contains("static-executable", "PATH");
    assertThat(linkctl("dump", file("program"))).isZero();
    assertThat(out).contains(".text.answer", "hole", "ADDRESS");
    assertThat(linkctl("dump", file("program"), "--depth=0")).isZero();
    assertThat(out.lines()).as("header and root").hasSize(2);
    assertThat(linkctl("query", file("program"), "helper")).isZero();
    assertThat(out)
        .contains("defined at 0x", "1 reference\n", ".text._start+0x9) R_X86_64_PLT32 addend -4");
    assertThat(linkctl("query", "--format=json", file("program"), "helper")).isZero();
    assertThat(out).contains("\"kindName\":\"R_X86_64_PLT32\"");
    assertThat(linkctl("stats")).isZero();
    assertThat(out)
        .containsPattern("\nflushes +1\n")
        .contains("input_watch.hits", "  rows         ", file("program"))
        .containsPattern(" system calls\n(.*\n)+    relocations +[1-9]");
    assertThat(linkctl("stats", file("program"))).isZero();
    assertThat(out).startsWith(file("program") + "\n  generation   1\n  atoms        ");
    assertThat(linkctl("stats", "--format=json", file("program"))).isZero();
    JsonObject work = JsonParser.parseString(out).getAsJsonObject().getAsJsonObject("lastFlush");
    assertThat(work.getAsJsonObject("rows").get("nodes").getAsLong()).isPositive();
    assertThat(linkctl("stats", file("nothing"))).isEqualTo(4);
    assertThat(linkctl("flush", file("program"))).isZero();
    assertThat(out).contains("nothing changed");
    assertThat(linkctl("flush", "--format=json", file("program"))).isZero();
    assertThat(published()).isFalse();
    assertThat(linkctl("watch", file("program"), "--count=1")).isZero();
    assertThat(out).contains("open, generation 1");
  }

  /** Whether the report printed last says so; protobuf's JSON leaves out what is false. */
  private boolean published() {
    JsonObject printed = JsonParser.parseString(out).getAsJsonObject();
    JsonObject report = printed.has("report") ? printed.getAsJsonObject("report") : printed;
    assertThat(report.get("generation").getAsString()).isEqualTo("1");
    return report.has("published") && report.get("published").getAsBoolean();
  }

  @Test
  void watchingShowsEveryPublishWithItsChangesUntilTheOutputIsClosed() throws Exception {
    openProgram();
    StringWriter seen = new StringWriter();
    CompletableFuture<Integer> watch =
        CompletableFuture.supplyAsync(
            () ->
                Linkctl.commandLine()
                    .setOut(new PrintWriter(seen, true))
                    .execute(
                        "watch",
                        "--socket=" + daemon.socket(),
                        "--changes",
                        "--since=0",
                        file("program")));
    await().until(() -> seen.toString().contains("change to generation 1"));
    assertThat(seen.toString()).contains(file("program") + ": open, generation 1");
    linkctl("apply", file("program"), compile("main", MAIN.formatted(6)));
    linkctl(
        "apply",
        file("program"),
        compile("helper", "int missing(void); int helper(void) { return missing(); }"));
    await().until(() -> seen.toString().contains("not published"));
    assertThat(seen.toString())
        .contains("generation 2: 0 atoms added, 1 changed, 0 moved, 0 removed")
        .containsPattern("change to generation 2: [1-9][0-9,]* bytes in [1-9]")
        .contains("missing");
    linkctl("close", file("program"));
    assertThat(watch.get(20, TimeUnit.SECONDS)).isZero();
    assertThat(seen.toString()).contains("closed: a client closed it");
  }

  @Test
  void aWatchThatCannotContinueSaysSo() throws Exception {
    openProgram();
    assertThat(linkctl("watch", "--changes", "--since=9", "--count=2", file("program"))).isZero();
    assertThat(out).contains("gap: the changes between generation 9 and 1 are not known");
    assertThat(linkctl("watch", "--changes", "--count=1")).isNotZero();
    assertThat(err).contains("changes");
    assertThat(
            linkctl(
                "watch", "--format=json", "--changes", "--since=0", "--count=2", file("program")))
        .isZero();
    JsonObject change = JsonParser.parseString(out.lines().toList().getLast()).getAsJsonObject();
    assertThat(change.getAsJsonObject("change").get("atomsComplete").getAsBoolean()).isTrue();
  }

  @Test
  void anLdCommandLineIsRunByTheDaemonAndPatchesTheNextTime() throws Exception {
    String main = compile("main", MAIN.formatted(41));
    String helper = compile("helper", "int helper(void) { return 1; }");
    String program = file("linked");
    assertThat(linkctl("ld", "--", "-static", "-o", program, main, helper)).as(err).isZero();
    run(42, program);
    compile("main", MAIN.formatted(6));
    assertThat(linkctl("ld", "--", "-static", "-o", program, main, helper)).as(err).isZero();
    run(7, program);
    assertThat(linkctl("outputs")).isZero();
    assertThat(out).contains(program);
    assertThat(linkctl("status")).isZero();
    assertThat(out).contains("2 links", "last: published generation 2: ");
    assertThat(linkctl("verify", program)).isZero();
  }

  @Test
  void anLdCommandLineThatFailsSaysWhyAndLeavesTheOldProgram() throws Exception {
    String main = compile("main", MAIN.formatted(41));
    String helper = compile("helper", "int helper(void) { return 1; }");
    String program = file("linked");
    assertThat(linkctl("ld", "--", "-static", "-o", program, main, helper)).isZero();
    assertThat(linkctl("ld", "--", "-static", "-o", program, main)).isEqualTo(1);
    assertThat(err).contains("ld.linkd: ", "helper");
    run(42, program);
    assertThat(linkctl("ld", "--", "-static", "-o", program, main, helper)).isZero();
    run(42, program);
    assertThat(linkctl("ld", "--", "--no-such-option", "-o", program, main)).isEqualTo(1);
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

  /** A daemon that does not end in time was a stack trace. */
  @Test
  void stoppingDoesNotWaitForever() throws Exception {
    Process process = new ProcessBuilder("sleep", "600").start();
    try {
      assertThat(StopCommand.ended(process.toHandle(), 0)).isFalse();
    } finally {
      process.destroyForcibly();
    }
    assertThat(StopCommand.ended(process.toHandle(), 60)).isTrue();
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
    assertThat(err.lines()).as("no page of help").hasSizeLessThan(8);
    assertThat(err).contains("Usage: linkctl open", "More: linkctl open --help");
    assertThat(linkctl("open", "--nonsense=1")).isEqualTo(2);
    assertThat(err).startsWith("linkctl: Unknown option: '--nonsense=1'");
    assertThat(linkctl("clsoe", file("program"))).isEqualTo(2);
    assertThat(err)
        .startsWith("linkctl: Unmatched argument")
        .contains("Did you mean: linkctl close?");
    for (String option : List.of("watch --count=0", "dump --depth=-1", "query --references=no")) {
      String[] words = option.split(" ");
      assertThat(linkctl(words[0], words[1], file("program"), "main")).isEqualTo(2);
      assertThat(err).contains("expected a number from ");
    }
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
    assertThat(out).contains("complete -F", "outputs", "--remove");
    assertThat(out).contains("(\"pie\" \"exe\" \"static\" \"static-pie\" \"shared\")");
    assertThat(out).doesNotContain("OUTPUT_KIND");
    assertThat(daemon.socket()).doesNotExist();
  }
}
