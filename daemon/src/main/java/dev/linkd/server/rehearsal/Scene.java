package dev.linkd.server.rehearsal;

import java.io.IOException;
import java.util.function.BooleanSupplier;

/** A piece of a rehearsal. It starts from nothing, so that it can be played again. */
interface Scene {

  /**
   * Plays it.
   *
   * @param disturbed whether to end at once; asked before every request
   * @throws DisturbedException when it was
   * @throws IOException when the stage does not answer as expected
   */
  void play(Stage stage, BooleanSupplier disturbed)
      throws IOException, InterruptedException, DisturbedException;
}
