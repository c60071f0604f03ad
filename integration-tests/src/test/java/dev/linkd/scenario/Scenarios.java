package dev.linkd.scenario;

import dev.linkd.output.OutputFactory;
import dev.linkd.output.OutputKind;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;

/** All scenario files as tests: one for each kind of output that a scenario names. */
final class Scenarios {
  private Scenarios() {}

  /**
   * {@code -Dlinkd.scenario=WORD} restricts them to files whose name contains the word.
   *
   * @param readers who must accept each file; empty for a linker that is beyond question
   */
  static Stream<DynamicContainer> tests(
      OutputFactory linker, Optional<Readers> readers, Path folder) throws IOException {
    Compiler compiler = new Compiler();
    String word = System.getProperty("linkd.scenario", "");
    List<DynamicContainer> all = new ArrayList<>();
    try (Stream<Path> files = Files.list(resource("/scenarios"))) {
      for (Path file : files.sorted().toList()) {
        if (file.toString().endsWith(".scenario") && file.toString().contains(word)) {
          Scenario scenario = ScenarioParser.parse(file);
          List<DynamicTest> kinds = new ArrayList<>();
          for (OutputKind kind : scenario.kinds()) {
            kinds.add(
                DynamicTest.dynamicTest(
                    kind + " " + scenario.name(),
                    () ->
                        new ScenarioRun(
                                scenario,
                                kind,
                                Files.createTempDirectory(folder, "run"),
                                compiler,
                                readers)
                            .run(linker)));
          }
          all.add(DynamicContainer.dynamicContainer(scenario.title(), kinds));
        }
      }
    }
    return all.stream();
  }

  static Path resource(String name) throws IOException {
    URL url = Scenarios.class.getResource(name);
    if (url == null) {
      throw new IOException("no resource " + name);
    }
    try {
      return Path.of(url.toURI());
    } catch (URISyntaxException fault) {
      throw new IOException(fault);
    }
  }
}
