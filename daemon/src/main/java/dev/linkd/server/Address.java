package dev.linkd.server;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/** A TCP address from the command line. */
final class Address {
  private static final int PORT_MAX = 65_535;

  private Address() {}

  /** Parses {@code HOST:PORT} or {@code [IPV6]:PORT}. */
  static InetSocketAddress parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon <= 0) {
      throw new IllegalArgumentException("expected HOST:PORT, not '" + text + "'");
    }
    String host = text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    try {
      int port = Integer.parseInt(text, colon + 1, text.length(), 10);
      if (port < 0 || port > PORT_MAX) {
        throw new IllegalArgumentException("port out of range in '" + text + "'");
      }
      return new InetSocketAddress(InetAddress.getByName(host), port);
    } catch (NumberFormatException fault) {
      throw new IllegalArgumentException("no port number in '" + text + "'", fault);
    } catch (UnknownHostException fault) {
      throw new IllegalArgumentException("unknown host in '" + text + "'", fault);
    }
  }

  /** The address as the command line has it. */
  static String text(InetSocketAddress address) {
    String host = address.getAddress().getHostAddress();
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.getPort();
  }
}
