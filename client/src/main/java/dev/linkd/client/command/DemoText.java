package dev.linkd.client.command;

import com.google.protobuf.Duration;
import com.google.protobuf.util.Durations;
import dev.linkd.client.demo.DemoListener;
import dev.linkd.client.demo.FullLink;
import dev.linkd.client.demo.Patch;
import dev.linkd.client.demo.Repetition;
import dev.linkd.client.demo.Step;
import dev.linkd.v1.FlushStatistics;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Tells a person what the demo does. */
final class DemoText implements DemoListener {
  private static final double MEDIAN = 0.5;
  private static final double NEARLY_ALL = 0.99;

  private final Printer printer;
  private List<String> shown = List.of();
  private List<String> differences = List.of();
  private long medianNanos;
  private int steps;

  DemoText(Printer printer) {
    this.printer = printer;
  }

  List<String> differences() {
    return differences;
  }

  @Override
  public void started(Path directory, String compiler) {
    printer.line("A calculator in C, in " + directory);
    printer.line("Compiler: " + compiler);
  }

  @Override
  public void step(Step step) {
    heading(step.title());
    line("compile", time(step.compileNanos()));
    patch(step.patch());
    if (!step.note().isEmpty()) {
      note(step.note());
    }
    List<String> answers = step.output().lines().toList();
    for (int i = 0; i < answers.size(); i++) {
      boolean changed = i < shown.size() && !answers.get(i).equals(shown.get(i));
      if (changed) {
        printer.line("  - " + shown.get(i));
      }
      if (changed || shown.isEmpty()) {
        printer.line((changed ? "  + " : "    ") + answers.get(i));
      }
    }
    if (!shown.isEmpty()) {
      printer.line("    " + answers.getLast());
    }
    shown = answers;
  }

  private void patch(Patch patch) {
    FlushStatistics done = patch.report().getStatistics();
    line(
        "atoms",
        "%,d added, %,d changed, %,d moved, %,d removed"
            .formatted(
                done.getAtomsAdded(),
                done.getAtomsChanged(),
                done.getAtomsMoved(),
                done.getAtomsRemoved()));
    line("relocations", "%,d applied".formatted(done.getRelocationsApplied()));
    line(
        "written",
        "%s in %s, %s"
            .formatted(
                Units.count(done.getBytesWritten(), "byte"),
                Units.count(done.getRanges(), "range"),
                Units.count(done.getSystemCalls(), "system call")));
    line(
        "time",
        "%s round trip: apply %s, settle %s, publish %s"
            .formatted(
                time(patch.roundTripNanos()),
                Units.time(done.getApplyTime()),
                Units.time(done.getSettleTime()),
                Units.time(done.getPublishTime())));
  }

  @Override
  public void repeated(Repetition repetition) {
    heading(
        "The first edit, forth and back, %,d times".formatted(repetition.count())
            + " after %,d unmeasured ones".formatted(repetition.warmUps()));
    patch(repetition.last());
    medianNanos = repetition.quantileNanos(MEDIAN);
    line(
        "round trip",
        "%s median, %s fastest, 99 %% within %s"
            .formatted(
                printer.colours().bold(time(medianNanos)),
                time(repetition.quantileNanos(0)),
                time(repetition.quantileNanos(NEARLY_ALL))));
    note("A daemon that has just started is slower: its JVM still compiles linkd.");
  }

  @Override
  public void fullLink(FullLink link) {
    heading("The same objects, linked anew by " + link.linker());
    line(
        "time",
        "%s median of %d: %s"
            .formatted(
                printer.colours().bold(time(link.medianNanos())),
                link.nanos().length,
                String.format(
                    Locale.ROOT,
                    "%.0f times a patch",
                    (double) link.medianNanos() / Math.max(1, medianNanos))));
    note("The time of a link grows with the program, that of a patch does not.");
  }

  @Override
  public void verified(List<String> found) {
    differences = found;
    heading("verify: the patched program against an independent link");
    found.forEach(printer::error);
    printer.line("    " + (found.isEmpty() ? "equal" : Units.count(found.size(), "difference")));
  }

  void end(Path socket, @Nullable Path kept) {
    printer.line("");
    if (kept != null) {
      printer.line("Kept in " + kept + "; look inside with linkctl status, dump, query.");
    }
    printer.line("The daemon at " + socket + " goes on running; linkctl stop ends it.");
  }

  private void heading(String title) {
    printer.line("");
    printer.line(printer.colours().bold(++steps + ". " + title));
  }

  private void note(String text) {
    printer.line("    " + printer.colours().faint("(" + text + ")"));
  }

  private void line(String what, String value) {
    printer.line("    %-12s %s".formatted(what, value));
  }

  private static String time(long nanos) {
    Duration duration = Durations.fromNanos(nanos);
    return Units.time(duration);
  }
}
