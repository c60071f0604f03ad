package dev.linkd.scenario;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The scenarios expect what GNU ld does. */
final class GnuLdScenariosTest {
  @TempDir static Path folder;

  @TestFactory
  Stream<DynamicContainer> scenarios() throws IOException {
    return Scenarios.tests(GnuLdOutput::new, Optional.empty(), folder);
  }
}
