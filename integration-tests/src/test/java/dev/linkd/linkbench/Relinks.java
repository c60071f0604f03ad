package dev.linkd.linkbench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Links after edits. In every round linkd follows all edits, and after the first of them every
 * other linker links the same files too, each round in another order: what changed makes no
 * difference to them. So all are measured in turn, on the same machine in the same state.
 */
final class Relinks {
  private static final int UNCHANGED = 5;

  /** Linkers that take longer than this are not measured in every round. */
  private static final double SLOW_MILLIS = 2_000;

  private static final int SLOW_ROUNDS = 3;

  /** How often the daemon is asked what a link took inside; asking costs as much as some links. */
  private static final int FLUSHES = 5;

  private final Bench bench;
  private final BenchProgram program;
  private final ProgramResult result;
  private final Path output;
  private final List<Edit> edits;

  Relinks(Bench bench, BenchProgram program, ProgramResult result) {
    this.bench = bench;
    this.program = program;
    this.result = result;
    output = bench.output(program.name(), ProgramResult.LINKD);
    // Those of one name together lead back to the start, so that any of the names can be left out.
    edits = program.edits().stream().filter(e -> bench.options().wantsCase(e.name())).toList();
  }

  void run() throws IOException {
    linkd("not counted");
    for (Edit edit : edits) {
      edit.apply();
      linkd("not counted");
    }
    for (int i = 0; i < bench.options().warmUps(); i++) {
      linkd("not counted");
    }
    result.cases().remove("not counted");
    List<Peer> peers = new ArrayList<>(bench.peers());
    for (int round = 0; round < bench.options().rounds(); round++) {
      Collections.rotate(peers, 1);
      round(round, peers);
    }
    bench.daemon().verify(output);
    result.value("output bytes, linkd", Files.size(output));
  }

  private void round(int round, List<Peer> peers) throws IOException {
    boolean last = round == bench.options().rounds() - 1;
    if (bench.options().cases().contains("nothing")) {
      for (int i = 0; i < UNCHANGED; i++) {
        linkd("nothing changed");
      }
    }
    boolean peersHaveRun = false;
    int flushes = 0;
    for (Edit edit : edits) {
      edit.apply();
      linkd(edit.name());
      if (last && flushes < FLUSHES && edit.name().equals("one function")) {
        flushes++;
        result
            .series(ProgramResult.IN_THE_FLUSH, ProgramResult.LINKD)
            .add(bench.daemon().flushMillis(output));
      }
      if (!peersHaveRun) {
        peersHaveRun = true;
        others(round, peers);
        if (round == 0) {
          check();
        }
      }
    }
  }

  private void others(int round, List<Peer> peers) throws IOException {
    for (Peer peer : peers) {
      Series series = result.series(ProgramResult.FULL, peer.name());
      boolean slow = round > 0 && series.median() > SLOW_MILLIS;
      if (!slow || round < SLOW_ROUNDS) {
        Path made = bench.output(program.name(), peer.name());
        series.add(bench.daemon().timed().run(peer.link(program.arguments(), made)));
      }
    }
  }

  private void linkd(String caseName) throws IOException {
    result
        .series(caseName, ProgramResult.LINKD)
        .add(bench.daemon().timed().run(bench.daemon().link(program.arguments(), output)));
  }

  /** The benchmark is worth nothing if what is linked does not work. */
  private void check() throws IOException {
    String expected = program.run(output);
    for (Peer peer : bench.peers()) {
      Path made = bench.output(program.name(), peer.name());
      result.value("output bytes, " + peer.name(), Files.size(made));
      String printed = program.run(made);
      if (!printed.equals(expected)) {
        throw new IOException(
            program.name() + " by " + peer.name() + " prints " + printed + ", not " + expected);
      }
    }
  }
}
