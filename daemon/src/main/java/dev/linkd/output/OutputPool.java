package dev.linkd.output;

import dev.linkd.diag.LinkException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The open outputs of a daemon. Thread-safe: work on an output is handed to the thread that owns
 * it.
 */
public interface OutputPool {

  /**
   * Runs a task as the owner of the output at {@code spec.path()}, which is opened when it is not
   * open, and waits for its end. Must not be called from inside a task.
   *
   * @throws LinkException from the task; or with code {@code INVALID_REQUEST} when the output is
   *     open with another spec, with code {@code LIMIT_EXCEEDED} when too many outputs are open
   */
  <T> T call(OutputSpec spec, OutputTask<T> task) throws LinkException, InterruptedException;

  /** The spec of the output that is open at this path. */
  Optional<OutputSpec> find(Path path);

  /**
   * Closes the output at this path and waits for its end.
   *
   * @return whether it was open
   */
  boolean close(Path path) throws InterruptedException;

  /** Work on one output. */
  @FunctionalInterface
  interface OutputTask<T> {
    /**
     * @param fresh whether the output was opened for this call and is empty
     */
    T run(Output output, boolean fresh) throws LinkException;
  }
}
