package dev.linkd.server;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How the daemon is to run.
 *
 * @param socket path of the Unix domain socket
 * @param idleTimeout stop when nothing was asked for so long; empty: never
 * @param listen TCP address to serve too
 * @param tls required for an address that other machines can reach
 * @param metrics loopback address of the Prometheus endpoint
 */
record DaemonOptions(
    Path socket,
    Optional<Duration> idleTimeout,
    Optional<InetSocketAddress> listen,
    Optional<TlsFiles> tls,
    Optional<InetSocketAddress> metrics) {

  /** Refuses what would let other people use the daemon, or nobody. */
  void check() {
    if (listen.isPresent() && tls.isEmpty() && !listen.get().getAddress().isLoopbackAddress()) {
      throw new IllegalArgumentException(
          "--listen "
              + Address.text(listen.get())
              + " without TLS would let everybody write files as you; give --tls-cert, --tls-key"
              + " and --tls-client-ca, or listen on 127.0.0.1");
    }
    if (listen.isEmpty() && tls.isPresent()) {
      throw new IllegalArgumentException(
          "the TLS options are for TCP; give --listen too: the Unix socket needs no TLS");
    }
    if (metrics.isPresent() && !metrics.get().getAddress().isLoopbackAddress()) {
      throw new IllegalArgumentException("--metrics must be a loopback address");
    }
  }
}
