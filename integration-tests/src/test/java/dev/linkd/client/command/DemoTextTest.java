package dev.linkd.client.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Durations;
import dev.linkd.client.demo.FullLink;
import dev.linkd.client.demo.Patch;
import dev.linkd.client.demo.Repetition;
import dev.linkd.client.demo.Step;
import dev.linkd.v1.FlushReport;
import dev.linkd.v1.FlushStatistics;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a person reads while the demo runs. */
class DemoTextTest {
  private static final Patch PATCH =
      new Patch(
          List.of(),
          FlushReport.newBuilder()
              .setStatistics(
                  FlushStatistics.newBuilder()
                      .setAtomsChanged(1_234)
                      .setAtomsMoved(2)
                      .setRelocationsApplied(58)
                      .setBytesWritten(2_869)
                      .setRanges(3)
                      .setSystemCalls(17)
                      .setApplyTime(Durations.fromNanos(107_200))
                      .setSettleTime(Durations.fromNanos(26_900))
                      .setPublishTime(Durations.fromNanos(1_450_000)))
              .build(),
          414_700);

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private DemoText text;

  @BeforeEach
  void plain() {
    text =
        new DemoText(
            new Printer(
                new PrintWriter(out, true), new PrintWriter(err, true), Format.text, Colours.NONE));
  }

  @Test
  void aStepSaysWhatWasPatchedAndHowLongItTook() {
    text.step(new Step("Edit", "about it", 30_230_000, PATCH, "a -> 1\nchecks\n"));

    assertThat(out)
        .hasToString(
            """

            1. Edit
                compile      30.23 ms
                atoms        0 added, 1,234 changed, 2 moved, 0 removed
                relocations  58 applied
                written      2,869 bytes in 3 ranges, 17 system calls
                time         414.7 µs round trip: apply 107.2 µs, settle 26.9 µs, publish 1.45 ms
                (about it)
                a -> 1
                checks
            """);
  }

  @Test
  void afterTheFirstStepOnlyAnswersThatChangedAreShown() {
    text.step(new Step("First", "", 1, PATCH, "a -> 1\nb -> 2\nchecks\n"));
    out.getBuffer().setLength(0);

    text.step(new Step("Second", "", 1, PATCH, "a -> 1\nb -> 3\nchecks\n"));

    assertThat(out.toString())
        .contains("2. Second")
        .endsWith("  - b -> 2\n  + b -> 3\n    checks\n")
        .doesNotContain("a -> 1");
  }

  @Test
  void aFullLinkIsComparedWithTheMedianOfThePatches() {
    text.repeated(new Repetition(7, new long[] {100_000, 200_000, 300_000}, PATCH));
    text.fullLink(new FullLink("GNU ld 2", new long[] {9_000_000, 20_000_000, 99_000_000}));

    assertThat(out.toString())
        .contains("3 times after 7 unmeasured ones")
        .contains("200.0 µs median, 100.0 µs fastest, 99 % within 300.0 µs")
        .contains("2. The same objects, linked anew by GNU ld 2")
        .contains("20.00 ms median of 3: 100 times a patch");
  }

  @Test
  void differencesAreErrors() {
    text.verified(List.of("f is elsewhere", "g is missing"));

    assertThat(out.toString()).contains("2 differences").doesNotContain("equal");
    assertThat(err.toString()).isEqualTo("f is elsewhere\ng is missing\n");
    assertThat(text.differences()).hasSize(2);
  }

  @Test
  void theEndSaysWhatGoesOnAndWhereTheFilesAre() {
    text.end(Path.of("/run/s"), Path.of("/tmp/kept"));

    assertThat(out.toString())
        .contains("Kept in /tmp/kept", "The daemon at /run/s goes on running");
  }
}
