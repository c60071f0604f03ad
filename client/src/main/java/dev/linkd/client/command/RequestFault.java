package dev.linkd.client.command;

/** A request that makes no sense in the present state; the message says what to do. */
final class RequestFault extends Exception {
  private static final long serialVersionUID = 1L;

  RequestFault(String message) {
    super(message);
  }
}
