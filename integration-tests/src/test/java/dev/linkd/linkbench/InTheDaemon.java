package dev.linkd.linkbench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * How long a link after an edit of one function is in the daemon: when the daemon has noticed the
 * edit and read it before the link, as it does while the rest of a build still compiles, and when
 * it does not watch and everything is done in the link.
 */
final class InTheDaemon {
  /** Edits that count; asking what each took costs as much as some links. */
  private static final int EDITS = 5;

  private static final int POLLS_MAX = 20;
  private static final long POLL_MILLIS = 200;

  private final Bench bench;
  private final BenchProgram program;
  private final ProgramResult result;
  private final List<Edit> edits;

  InTheDaemon(Bench bench, BenchProgram program, ProgramResult result) {
    this.bench = bench;
    this.program = program;
    this.result = result;
    edits = program.edits().stream().filter(edit -> edit.name().equals("one function")).toList();
  }

  /** In the daemon of the benchmark, which holds the output. */
  void watched() throws IOException {
    LinkdDaemon daemon = bench.daemon();
    Path output = bench.output(program.name(), ProgramResult.LINKD);
    Series series = result.series(ProgramResult.IN_THE_DAEMON, ProgramResult.LINKD);
    link(daemon, output);
    for (int i = 0; i < edits.size(); i++) {
      int before = daemon.filesReadAhead();
      edits.get(i).apply();
      awaitReadAhead(daemon, before);
      link(daemon, output);
      count(i, daemon, series);
    }
  }

  private static void awaitReadAhead(LinkdDaemon daemon, int before) throws IOException {
    for (int poll = 0; daemon.filesReadAhead() == before; poll++) {
      if (poll == POLLS_MAX) {
        throw new IOException("the daemon has not read a file that was written");
      }
      Tools.pause(POLL_MILLIS);
    }
  }

  /** In a daemon that does not watch, and has an output of its own. */
  void unwatched(LinkdDaemon daemon) throws IOException {
    Path output = bench.output(program.name(), ProgramResult.LINKD + " unwatched");
    Series series = result.series(ProgramResult.IN_THE_DAEMON_UNWATCHED, ProgramResult.LINKD);
    daemon.awaitWarmUp();
    for (int i = 0; i <= bench.options().warmUps(); i++) {
      link(daemon, output);
    }
    for (int i = 0; i < edits.size(); i++) {
      edits.get(i).apply();
      link(daemon, output);
      count(i, daemon, series);
    }
    daemon.verify(output);
    daemon.close(output);
  }

  private void link(LinkdDaemon daemon, Path output) throws IOException {
    daemon.timed().run(daemon.link(program.arguments(), output));
  }

  private static void count(int edit, LinkdDaemon daemon, Series series) throws IOException {
    if (edit < EDITS) {
      series.add(daemon.linkMillis());
    }
  }
}
