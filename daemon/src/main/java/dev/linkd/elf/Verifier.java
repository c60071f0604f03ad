package dev.linkd.elf;

import dev.linkd.diag.Diagnostic;
import dev.linkd.diag.LinkException;
import dev.linkd.store.InputStore;
import java.util.List;
import java.util.Map;

/**
 * Proves that a live link equals a full one: links the same inputs again from their sources,
 * without any state of the live link, and compares atoms, symbols and resolved targets; then
 * compares the image with what the tables say.
 */
final class Verifier {

  private static final long CONTENT_BYTES_MAX = 1L << 36;

  private final Link live;
  private final Findings findings = new Findings();

  Verifier(Link live) {
    this.live = live;
  }

  List<String> verify(Map<String, Library> declared) {
    List<InputFiles.Placed> files = live.inputs.placed();
    try (Link fresh = new Link(live.state.spec, new InputStore(CONTENT_BYTES_MAX))) {
      Replay replay = new Replay(live, fresh);
      replay.libraries(declared, (soname, library) -> {});
      replay.streams((name, stream) -> {});
      replay.files(files);
      fresh.settle();
      fresh.state.problems.list().stream()
          .filter(d -> d.severity() == Diagnostic.Severity.ERROR)
          .forEach(d -> findings.add("a fresh link reports: " + d));
      new Comparison(live, fresh, findings).compare();
    } catch (LinkException e) {
      findings.add("a fresh link is not possible: " + e.diagnostic());
    }
    new ImageCheck(live, findings).check();
    return findings.lines();
  }
}
