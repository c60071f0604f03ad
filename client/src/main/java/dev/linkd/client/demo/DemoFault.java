package dev.linkd.client.demo;

/** What the demo needs is missing or does not work; the message says what to do. */
public final class DemoFault extends Exception {
  private static final long serialVersionUID = 1L;

  DemoFault(String message) {
    super(message);
  }
}
