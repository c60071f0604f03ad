package dev.linkd.linkbench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/** What linkd is to reach, each compared with what was measured. */
final class Targets {
  /** Programs for which the absolute and relative numbers are meant. */
  private static final List<String> LARGE = List.of("B", "B-g");

  /** Programs that are not too small for proportions to mean something. */
  private static final List<String> SIZES = List.of("A", "A-g", "B", "B-g");

  /**
   * One target for one program.
   *
   * @param text what is to be reached
   * @param program of which
   * @param measured what was measured
   * @param met whether that is enough
   */
  record Target(String text, String program, String measured, boolean met) {}

  private final List<Target> all = new ArrayList<>();

  Targets(List<Measured> programs) {
    for (Measured program : programs) {
      if (LARGE.contains(program.name())) {
        relinks(program);
        firstLinks(program);
      }
      if (program.name().equals("clang")) {
        within(program, "one function", 20);
      }
      noFullLinks(program);
      if (SIZES.contains(program.name())) {
        executables(program);
        random(program);
      }
    }
    sizes(programs, "");
    sizes(programs, "-g");
  }

  List<Target> all() {
    return all;
  }

  private void add(String text, Measured program, String measured, boolean met) {
    all.add(new Target(text, program.name(), measured, met));
  }

  private void relinks(Measured program) {
    within(program, "nothing changed", 10);
    faster(program, "nothing changed", "the fastest other linker", program.fullLink(n -> true), 75);
    within(program, "one function", 15);
    faster(program, "one function", "the fastest other linker", program.fullLink(n -> true), 50);
    within(program, ProgramResult.IN_THE_DAEMON, 5);
    within(program, ProgramResult.IN_THE_DAEMON_UNWATCHED, 12);
    OptionalDouble mold = program.fullLink(name -> name.startsWith("mold"));
    faster(program, "100 objects × 10 functions", "mold", mold, 10);
    faster(program, "header, 10 % of functions", "mold", mold, 4);
  }

  private void firstLinks(Measured program) {
    OptionalDouble mold = program.fullLink(name -> name.startsWith("mold"));
    OptionalDouble lld = program.fullLink(name -> name.startsWith("LLD"));
    slower(program, "first link, warm daemon", "mold", mold, 1.5);
    slower(program, "first link, warm daemon", "the fastest LLD", lld, 1);
    slower(program, "first link, cold daemon", "the fastest LLD", lld, 2);
    OptionalDouble resident = program.value("linkd KiB after the first link");
    OptionalDouble peak =
        program.rows("memory").stream()
            .filter(row -> row.linker().startsWith("mold"))
            .mapToDouble(Measured.Row::peakKib)
            .max();
    if (resident.isPresent() && peak.isPresent()) {
      double times = resident.getAsDouble() / peak.getAsDouble();
      add("memory after the link ≤ 1.5 × mold's peak", program, times(times), times <= 1.5);
    }
  }

  private void within(Measured program, String caseName, double millis) {
    program
        .linkd(caseName)
        .ifPresent(
            row ->
                add(
                    String.format(Locale.ROOT, "%s ≤ %.0f ms", caseName, millis),
                    program,
                    Table.millis(row.median()) + " ms",
                    row.median() <= millis));
  }

  private void faster(
      Measured program, String caseName, String whom, OptionalDouble other, double times) {
    Optional<Measured.Row> row = program.linkd(caseName);
    if (row.isPresent() && other.isPresent()) {
      double measured = other.getAsDouble() / row.get().median();
      add(
          String.format(Locale.ROOT, "%s: ≥ %.0f × as fast as %s", caseName, times, whom),
          program,
          times(measured),
          measured >= times);
    }
  }

  private void slower(
      Measured program, String caseName, String whom, OptionalDouble other, double times) {
    Optional<Measured.Row> row = program.linkd(caseName);
    if (row.isPresent() && other.isPresent()) {
      double measured = row.get().median() / other.getAsDouble();
      add(
          String.format(Locale.ROOT, "%s ≤ %.1f × %s", caseName, times, whom),
          program,
          times(measured),
          measured <= times);
    }
  }

  private void noFullLinks(Measured program) {
    int links = 0;
    int full = 0;
    for (Measured.Row row : program.rows()) {
      if (row.linker().equals(ProgramResult.LINKD)
          && !row.caseName().startsWith("first")
          && !row.caseName().startsWith("one function:")
          && !row.caseName().equals("further executables")) {
        links += row.runs();
        full += row.fullLinks();
      }
    }
    if (links > 0) {
      add("no edit leads to a full link", program, full + " of " + links, full == 0);
    }
  }

  private void executables(Measured program) {
    Optional<Measured.Row> first = program.linkd("first executable");
    Optional<Measured.Row> further = program.linkd("further executables");
    if (first.isPresent() && further.isPresent()) {
      double part = further.get().median() / first.get().median();
      add("further executables ≤ 10 % of the first's time", program, percent(part), part <= 0.1);
      OptionalDouble with = memory(program, "");
      OptionalDouble without = memory(program, Holdings.WITHOUT_CONTENTS);
      // The first one brings the contents of what all share; its tables are like those of others.
      add(
          "each further executable ≤ 5 % of its memory, with the contents of inputs (without)",
          program, percent(with) + " (" + percent(without) + ")", with.orElse(1) <= 0.05);
    }
  }

  /**
   * Memory of a further executable, as a part of that of the first. Empty when one of the two was
   * not measured: an executable that seems to take nothing was measured wrong.
   */
  private static OptionalDouble memory(Measured program, String which) {
    double first = program.value(SharedLibraries.FIRST_KIB + which).orElse(0);
    double further = program.value(SharedLibraries.FURTHER_KIB + which).orElse(0);
    return first > 0 && further > 0 ? OptionalDouble.of(further / first) : OptionalDouble.empty();
  }

  private void random(Measured program) {
    OptionalDouble bytes = program.value("random edits: output bytes");
    OptionalDouble fresh = program.value("random edits: bytes of a fresh output");
    if (bytes.isPresent() && fresh.isPresent()) {
      double size = bytes.getAsDouble() / fresh.getAsDouble();
      add("output after random edits ≤ 1.3 × a fresh one", program, times(size), size <= 1.3);
      double latency =
          program.value("random edits: median ms of the last tenth").orElse(0)
              / program.value("random edits: median ms of the first tenth").orElse(1);
      add("latency of the last tenth ≤ 1.2 × the first's", program, times(latency), latency <= 1.2);
    }
  }

  private void sizes(List<Measured> programs, String suffix) {
    Optional<Measured.Row> small = one(programs, "A" + suffix);
    Optional<Measured.Row> large = one(programs, "B" + suffix);
    if (small.isPresent() && large.isPresent()) {
      double times = large.get().median() / small.get().median();
      all.add(
          new Target(
              "one function: B within 1.5 × A", "A, B" + suffix, times(times), times <= 1.5));
    }
  }

  private static Optional<Measured.Row> one(List<Measured> programs, String name) {
    return programs.stream()
        .filter(program -> program.name().equals(name))
        .findFirst()
        .flatMap(program -> program.linkd("one function"));
  }

  private static String times(double times) {
    return String.format(Locale.ROOT, times < 10 ? "%.2f ×" : "%.0f ×", times);
  }

  private static String percent(OptionalDouble part) {
    return part.isPresent() ? percent(part.getAsDouble()) : "not measured";
  }

  private static String percent(double part) {
    return String.format(Locale.ROOT, "%.1f %%", part * 100);
  }
}
