package dev.linkd.client;

import java.io.IOException;

/** No daemon can be reached or started; the message says what to do. */
public final class UnavailableException extends IOException {
  private static final long serialVersionUID = 1L;

  public UnavailableException(String message) {
    super(message);
  }

  UnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
