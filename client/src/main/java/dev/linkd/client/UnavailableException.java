package dev.linkd.client;

import java.io.IOException;

/** No daemon can be reached or started; the message says what to do. */
public final class UnavailableException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String brief;

  public UnavailableException(String message) {
    this(message, message);
  }

  /**
   * @param brief the message in one line
   */
  UnavailableException(String message, String brief) {
    super(message);
    this.brief = brief;
  }

  UnavailableException(String message, Throwable cause) {
    super(message, cause);
    this.brief = message;
  }

  /** The message in one line. */
  public String brief() {
    return brief;
  }
}
