package dev.linkd.linkbench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Links of a program that the daemon does not know: by a daemon that has rehearsed and linked
 * another program, and by one that has to be started first. Then memory: the daemon's at once and
 * some seconds after the link, and the others' peaks.
 */
final class FirstLinks {
  private static final int WARMING_LINKS = 5;

  private final Bench bench;
  private final BenchProgram program;
  private final BenchProgram other;
  private final ProgramResult result;
  private final Path output;

  FirstLinks(Bench bench, BenchProgram program, BenchProgram other, ProgramResult result) {
    this.bench = bench;
    this.program = program;
    this.other = other;
    this.result = result;
    output = bench.output(program.name(), ProgramResult.LINKD);
  }

  void run() throws IOException {
    List<Peer> peers = new ArrayList<>(bench.peers());
    for (int round = 0; round < bench.options().firstRounds(); round++) {
      Collections.rotate(peers, 1);
      bench.daemon().stop();
      link("first link, cold daemon");
      bench.daemon().stop();
      warm();
      link("first link, warm daemon");
      LinkdDaemon.Memory atOnce = bench.daemon().memory();
      memory("at once", atOnce.residentKib());
      bench.daemon().settle();
      LinkdDaemon.Memory memory = bench.daemon().memory();
      memory("after the first link", memory.residentKib());
      memory("peak", memory.peakKib());
      for (Peer peer : peers) {
        Path made = bench.output(program.name(), peer.name());
        Files.deleteIfExists(made);
        Timed.Run run = bench.daemon().timed().run(peer.linkForMemory(program.arguments(), made));
        result.series("memory", peer.name()).add(run);
      }
    }
    bench.daemon().verify(output);
  }

  private void memory(String when, long kib) {
    double before = result.values().getOrDefault("linkd KiB " + when, 0.0);
    result.value("linkd KiB " + when, Math.max(before, kib));
  }

  private void link(String caseName) throws IOException {
    Files.deleteIfExists(output);
    result
        .series(caseName, ProgramResult.LINKD)
        .add(bench.daemon().timed().run(bench.daemon().link(program.arguments(), output)));
  }

  /** The daemon rehearses, and links another program some times, each time as if for the first. */
  private void warm() throws IOException {
    Path made = bench.output(other.name(), "warming");
    for (int i = 0; i < WARMING_LINKS; i++) {
      bench.daemon().timed().run(bench.daemon().link(other.arguments(), made));
      bench.daemon().close(made);
      if (i == 0) {
        bench.daemon().awaitWarmUp();
      }
    }
  }
}
