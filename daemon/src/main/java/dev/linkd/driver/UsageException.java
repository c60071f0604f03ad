package dev.linkd.driver;

/** A command line that cannot be followed. The message is one sentence for the user. */
final class UsageException extends Exception {
  private static final long serialVersionUID = 1L;

  UsageException(String message) {
    super(message);
  }

  /** The sentence. */
  String sentence() {
    return String.valueOf(getMessage());
  }
}
