package dev.linkd.scenario;

import dev.linkd.oracle.Engine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Programs in C and C++ keep working over edits, and every reader accepts each generation. */
final class ScenariosTest {
  @TempDir static Path folder;

  @TestFactory
  Stream<DynamicContainer> scenarios() throws IOException {
    Path allowed = Scenarios.resource("/scenarios/elflint-allowed.txt");
    return Scenarios.tests(Engine::open, Optional.of(new Readers(allowed)), folder);
  }
}
