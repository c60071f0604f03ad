package dev.linkd.linkbench;

import java.nio.file.Path;
import java.util.List;

/**
 * What the parts of a run share.
 *
 * @param options of the run
 * @param daemon of the run
 * @param peers linkers to compare with
 * @param outputs folder of what is linked
 */
record Bench(BenchOptions options, LinkdDaemon daemon, List<Peer> peers, Path outputs) {

  /** Where a linker writes a program. */
  Path output(String program, String linker) {
    return outputs.resolve(program + "-by-" + linker.replace(' ', '-'));
  }
}
