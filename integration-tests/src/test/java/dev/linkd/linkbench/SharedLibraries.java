package dev.linkd.linkbench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Links very many executables that share libraries, all held by one daemon. */
final class SharedLibraries {
  private static final String FIRST = "first executable";
  private static final String FURTHER = "further executables";

  static final String FIRST_KIB = "executables: KiB of the first";
  static final String FURTHER_KIB = "executables: KiB of each further one";

  /** The other linkers do not become faster; some links of theirs are enough. */
  private static final int PEER_LINKS = 7;

  private final Bench bench;
  private final String name;
  private final List<List<String>> links;
  private final ProgramResult result;

  SharedLibraries(Bench bench, String name, List<List<String>> links, ProgramResult result) {
    this.bench = bench;
    this.name = name;
    this.links = links;
    this.result = result;
  }

  void run(BenchProgram other) throws IOException {
    bench.daemon().stop();
    Path warming = bench.output(other.name(), "warming");
    bench.daemon().timed().run(bench.daemon().link(other.arguments(), warming));
    bench.daemon().close(warming);
    bench.daemon().awaitWarmUp();
    Holdings idle = bench.daemon().holdings();
    link(0, FIRST);
    bench.daemon().settle();
    Holdings first = bench.daemon().holdings();
    first.note(result, FIRST_KIB, idle, 1);
    for (int i = 1; i < links.size(); i++) {
      link(i, FURTHER);
    }
    bench.daemon().settle();
    if (links.size() > 1) {
      bench.daemon().holdings().note(result, FURTHER_KIB, first, links.size() - 1);
    }
    for (int i = 0; i < Math.min(PEER_LINKS, links.size()); i++) {
      for (Peer peer : bench.peers()) {
        Path made = bench.output(name, peer.name());
        result
            .series("an executable", peer.name())
            .add(bench.daemon().timed().run(peer.link(links.get(i), made)));
      }
    }
    check();
  }

  private Path output(int number) {
    return bench.output(name, ProgramResult.LINKD + "-" + number);
  }

  private void link(int number, String caseName) throws IOException {
    result
        .series(caseName, ProgramResult.LINKD)
        .add(bench.daemon().timed().run(bench.daemon().link(links.get(number), output(number))));
  }

  private void check() throws IOException {
    for (int number : List.of(0, links.size() - 1)) {
      bench.daemon().verify(output(number));
      Tools.run(
          bench.outputs(),
          List.of("sh", "-c", "\"$0\"; test $? -eq 42", output(number).toString()));
    }
    for (int i = 0; i < links.size(); i++) {
      Files.delete(output(i));
    }
  }
}
