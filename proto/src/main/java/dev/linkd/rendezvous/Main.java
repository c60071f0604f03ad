package dev.linkd.rendezvous;

import java.io.IOException;

/** Prints the build that this archive belongs to, for front-ends that are not Java. */
public final class Main {
  private Main() {}

  @SuppressWarnings("SystemOut")
  public static void main(String[] arguments) throws IOException {
    System.out.println(BuildId.current());
  }
}
