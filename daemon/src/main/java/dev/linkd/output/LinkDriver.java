package dev.linkd.output;

import dev.linkd.diag.Diagnostic;
import dev.linkd.store.InputWatch;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs {@code ld}-style invocations against the resident outputs. Thread-safe. */
public interface LinkDriver {

  /**
   * Runs one invocation. Faults of the user's program or command line are reported as events and
   * through the exit status.
   */
  LinkExit link(Invocation invocation, OutputPool outputs, Events events)
      throws InterruptedException;

  /** What it noticed of inputs that were written between invocations. */
  default InputWatch.Statistics inputWatch() {
    return InputWatch.Statistics.NONE;
  }

  /** Contents of inputs that are held for the outputs, in bytes. */
  default long inputBytes() {
    return 0;
  }

  /**
   * What the kernel hands to a program that it starts.
   *
   * @param program name for messages
   * @param words without the program's name
   * @param directory working directory, absolute
   * @param umask file mode creation mask
   */
  record Invocation(
      String program,
      CommandWords words,
      Path directory,
      Map<String, String> environment,
      int umask) {
    public Invocation {
      environment = Map.copyOf(environment);
      if (!directory.isAbsolute()) {
        throw new IllegalArgumentException("working directory must be absolute: " + directory);
      }
    }

    public Invocation(
        String program,
        List<String> arguments,
        Path directory,
        Map<String, String> environment,
        int umask) {
      this(program, CommandWords.of(arguments), directory, environment, umask);
    }

    /** The words as strings, made anew by each call. */
    public List<String> arguments() {
      return words.list();
    }
  }

  /**
   * The end of an invocation.
   *
   * @param status exit status, 0 to 255
   * @param startOverReason stable name of the reason why nothing could be patched; empty when it
   *     was
   * @param flush what the flush did; its diagnostics are not sent again
   */
  record LinkExit(int status, String startOverReason, Optional<FlushResult> flush) {}

  /**
   * Receives what happens, on the thread that called {@link #link}; only {@link #cancelled} is
   * asked from any thread.
   */
  interface Events {
    void progress(String phase, long done, long total);

    void diagnostic(Diagnostic diagnostic);

    void standardOutput(String text);

    /** The bytes of an output that goes to standard output. */
    void passOutput(byte[] bytes);

    void standardError(String text);

    /** The arguments say whether diagnostics are coloured; otherwise the terminal decides. */
    default void colour(boolean always) {}

    /** Whether the caller is gone: stop at the next opportunity. */
    boolean cancelled();
  }
}
