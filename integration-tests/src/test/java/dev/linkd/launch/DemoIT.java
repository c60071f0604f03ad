package dev.linkd.launch;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A newcomer runs {@code bin/linkctl demo}, in an account where linkd was never used. */
class DemoIT {
  private static final Pattern DIRECTORY = Pattern.compile("A calculator in C, in (\\S+)");

  @TempDir Path home;
  private Account account;

  @BeforeEach
  void neverUsed() throws IOException {
    account = inHome(Account.unrehearsed(home));
  }

  private Account inHome(Account of) {
    return of.with("LINKD_JAVA_OPTS", "-Djava.io.tmpdir=" + home);
  }

  @AfterEach
  void noDaemonIsLeft() {
    account.stopDaemon();
    assertThat(linkctl("status").status()).as("no daemon runs").isEqualTo(3);
  }

  private Ran linkctl(String... arguments) {
    List<String> command = new ArrayList<>(List.of(Account.LINKCTL));
    command.addAll(List.of(arguments));
    return account.run(command);
  }

  /** By a daemon as newcomers have it, which gets everything ready while nobody asks. */
  @Test
  void theProgramIsLinkedEditedPatchedAndVerified() {
    account = inHome(Account.fresh(home));

    Ran demo = linkctl("demo");

    assertThat(demo.status()).as(demo.out() + demo.err()).isZero();
    assertThat(demo.err()).isEmpty();
    assertThat(demo.out())
        .containsSubsequence(
            "1. First link",
            "2 * pi * r -> 18.8496\n",
            "27 of 27 checks passed",
            "2. Edit one function",
            "0 added, ",
            " 0 moved, 0 removed",
            "  - 2 * pi * r -> 18.8496\n  + 2 * pi * r -> 18.84955592\n",
            "27 of 27 checks passed",
            "3. A function grows",
            "  - mean(1, 2, 3, 4, 90) -> 20\n  + mean(1, 2, 3, 4, 90) -> 3\n",
            "4. Take that back",
            "  - mean(1, 2, 3, 4, 90) -> 3\n  + mean(1, 2, 3, 4, 90) -> 20\n",
            "5. The first edit, forth and back, 1,000 times",
            " median, ",
            "6. The same objects, linked anew by ",
            " times a patch",
            "7. verify",
            "    equal\n",
            "linkctl stop ends it");
    Matcher directory = DIRECTORY.matcher(demo.out());
    assertThat(directory.find()).isTrue();
    assertThat(Path.of(directory.group(1))).as("is deleted").doesNotExist();
    assertThat(linkctl("outputs").out()).as("is closed").doesNotContain(directory.group(1));
  }

  @Test
  void programsReadTheNumbersAndKeepTheFiles() throws IOException {
    Ran demo = linkctl("demo", "--keep", "--format=json");

    assertThat(demo.status()).as(demo.out() + demo.err()).isZero();
    JsonObject result = JsonParser.parseString(demo.out()).getAsJsonObject();
    JsonArray steps = result.getAsJsonArray("steps");
    assertThat(steps).hasSize(4);
    assertThat(statistic(steps, 0, "atomsAdded")).isGreaterThan(100);
    assertThat(statistic(steps, 1, "atomsChanged")).isPositive();
    assertThat(statistic(steps, 1, "atomsMoved") + statistic(steps, 1, "atomsAdded")).isZero();
    assertThat(statistic(steps, 2, "atomsMoved")).isPositive();
    assertThat(statistic(steps, 2, "atomsAdded")).isPositive();
    assertThat(statistic(steps, 3, "atomsRemoved"))
        .as("what was added is removed")
        .isEqualTo(statistic(steps, 2, "atomsAdded"));
    JsonObject repeated = result.getAsJsonObject("repeated");
    assertThat(repeated.getAsJsonObject("report").get("generation").getAsInt())
        .as("every patch is a generation")
        .isEqualTo(4 + repeated.get("warmUps").getAsInt() + repeated.get("count").getAsInt());
    assertThat(repeated.get("medianNanos").getAsLong())
        .as("a patch takes less than a link")
        .isLessThan(result.getAsJsonObject("fullLink").get("medianNanos").getAsLong());
    assertThat(result.getAsJsonArray("differences")).isEmpty();
    thePatchedProgramIsKept(Path.of(result.get("directory").getAsString()));
  }

  private void thePatchedProgramIsKept(Path directory) throws IOException {
    Ran program = Ran.run(Map.of(), List.of(directory.resolve("calculator").toString(), "2 ^ 0.5"));
    assertThat(program.out()).isEqualTo("2 ^ 0.5 -> 1.414213562\n");
    assertThat(linkctl("outputs").out()).contains(directory.resolve("calculator").toString());
    delete(directory);
  }

  @Test
  void aMissingCompilerIsExplained() {
    account = account.with("CC", "/no/such/compiler");

    Ran demo = linkctl("demo");

    assertThat(demo.status()).isEqualTo(5);
    assertThat(demo.err()).contains("there is no program '/no/such/compiler', which CC names");
    assertThat(home).isDirectoryNotContaining("glob:**/linkd-demo-*");
  }

  private static long statistic(JsonArray steps, int step, String name) {
    JsonObject report = steps.get(step).getAsJsonObject().getAsJsonObject("report");
    assertThat(report.get("published").getAsBoolean()).isTrue();
    return report.getAsJsonObject("statistics").get(name).getAsLong();
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> paths = Files.walk(directory)) {
      paths
          .sorted(Comparator.reverseOrder())
          .forEach(
              path -> {
                try {
                  Files.delete(path);
                } catch (IOException fault) {
                  throw new UncheckedIOException(fault);
                }
              });
    }
  }
}
