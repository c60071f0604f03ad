package dev.linkd.linkbench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Very many edits in a row, chosen at random, each linked. */
final class RandomEdits {
  static final String CASE = "random edits";
  private static final long SEED = 20_240_229;

  private final Bench bench;
  private final BenchProgram program;
  private final ProgramResult result;

  RandomEdits(Bench bench, BenchProgram program, ProgramResult result) {
    this.bench = bench;
    this.program = program;
    this.result = result;
  }

  void run() throws IOException {
    Path output = bench.output(program.name(), ProgramResult.LINKD);
    LinkdDaemon daemon = bench.daemon();
    daemon.timed().run(daemon.link(program.arguments(), output));
    Random random = new Random(SEED);
    Map<Path, Path> current = new HashMap<>();
    Series series = result.series(CASE, ProgramResult.LINKD);
    for (int i = 0; i < bench.options().randomEdits(); i++) {
      Edit edit = program.randomEdits().get(random.nextInt(program.randomEdits().size()));
      Edit.Copy copy = edit.copies().getFirst();
      if (copy.from().equals(current.put(copy.to(), copy.from()))) {
        i--;
        continue;
      }
      edit.apply();
      series.add(daemon.timed().run(daemon.link(program.arguments(), output)));
    }
    flatness(series);
    daemon.verify(output);
    Path fresh = bench.output(program.name(), "fresh");
    daemon.timed().run(daemon.link(program.arguments(), fresh));
    result.value("random edits: output bytes", Files.size(output));
    result.value("random edits: bytes of a fresh output", Files.size(fresh));
    if (!program.run(output).equals(program.run(fresh))) {
      throw new IOException(program.name() + " behaves differently after random edits");
    }
    daemon.close(fresh);
  }

  /** Medians of the first and the last tenth. */
  private void flatness(Series series) {
    List<Double> all = new ArrayList<>(series.millis());
    int tenth = Math.max(1, all.size() / 10);
    result.value("random edits: median ms of the first tenth", median(all.subList(0, tenth)));
    result.value(
        "random edits: median ms of the last tenth",
        median(all.subList(all.size() - tenth, all.size())));
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }
}
