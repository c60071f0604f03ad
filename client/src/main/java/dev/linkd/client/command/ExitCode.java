package dev.linkd.client.command;

/** Exit codes of {@code linkctl}; {@code linkctl --help} lists them. */
final class ExitCode {
  static final int OK = 0;

  /** The program that is linked has errors, or verify found differences. */
  static final int LINK_ERRORS = 1;

  static final int USAGE = 2;

  /** No daemon runs and none could be started. */
  static final int UNAVAILABLE = 3;

  /** The daemon refused the request. */
  static final int REFUSED = 4;

  private ExitCode() {}
}
