package dev.linkd.client;

import dev.linkd.client.command.Linkctl;
import dev.linkd.client.command.StandardOutput;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Entry point of {@code linkctl}. */
public final class Main {
  /**
   * gRPC sets SO_KEEPALIVE on every channel, and Netty warns that Unix sockets do not have it. Held
   * here, because loggers that nobody holds lose their level.
   */
  private static final Logger NETTY = Logger.getLogger("io.netty.bootstrap");

  private Main() {}

  public static void main(String[] arguments) {
    NETTY.setLevel(Level.SEVERE);
    System.exit(new StandardOutput().run(Linkctl.commandLine(), arguments));
  }
}
