package dev.linkd.client.command;

/** Exit codes of {@code linkctl}; {@code linkctl --help} lists them. */
final class ExitCode {
  static final int OK = 0;

  /** The program that is linked has errors, or verify found differences. */
  static final int LINK_ERRORS = 1;

  static final int USAGE = 2;

  /** No daemon runs and none could be started, or it does not end. */
  static final int UNAVAILABLE = 3;

  /** The daemon refused the request. */
  static final int REFUSED = 4;

  /** The demo lacks something, or its program did not do what it should. */
  static final int DEMO_FAILED = 5;

  /** Standard output could not be written. */
  static final int OUTPUT_LOST = 6;

  private ExitCode() {}
}
