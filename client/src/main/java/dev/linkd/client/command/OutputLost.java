package dev.linkd.client.command;

/** Nothing more can be printed, so a command that only prints ends. */
final class OutputLost extends RuntimeException {
  private static final long serialVersionUID = 1;

  OutputLost() {
    super("standard output cannot be written");
  }
}
