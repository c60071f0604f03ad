package dev.linkd.server;

import dev.linkd.session.Limits;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The servers' transports. Calls run on the event loop itself: it only parses requests and hands
 * them to the thread of their output, which is the one change of thread that an update makes.
 */
final class Transports {
  /** Lets a stream of small updates fill the pipe without a round trip. */
  private static final int FLOW_CONTROL_WINDOW_BYTES = 4 << 20;

  private static final int METADATA_BYTES_MAX = 16 << 10;
  private static final int CALLS_PER_CONNECTION_MAX = 1_000;
  private static final long KEEP_ALIVE_MINUTES = 2;

  private Transports() {}

  static EventLoopGroup eventLoops(int threads) {
    return new MultiThreadIoEventLoopGroup(
        threads, new DefaultThreadFactory("transport", true), NioIoHandler.newFactory());
  }

  static NettyServerBuilder unixSocket(Path socket, EventLoopGroup loops, Limits limits) {
    return limited(
        NettyServerBuilder.forAddress(UnixDomainSocketAddress.of(socket))
            .channelType(NioServerDomainSocketChannel.class),
        loops,
        limits);
  }

  static NettyServerBuilder tcp(
      InetSocketAddress address, Optional<TlsFiles> tls, EventLoopGroup loops, Limits limits)
      throws IOException {
    NettyServerBuilder builder =
        limited(
                NettyServerBuilder.forAddress(address).channelType(NioServerSocketChannel.class),
                loops,
                limits)
            .keepAliveTime(KEEP_ALIVE_MINUTES, TimeUnit.MINUTES);
    if (tls.isPresent()) {
      builder.sslContext(tls.get().serverContext());
    }
    return builder;
  }

  private static NettyServerBuilder limited(
      NettyServerBuilder builder, EventLoopGroup loops, Limits limits) {
    return builder
        .bossEventLoopGroup(loops)
        .workerEventLoopGroup(loops)
        .directExecutor()
        .maxInboundMessageSize(limits.messageBytes())
        .maxInboundMetadataSize(METADATA_BYTES_MAX)
        .maxConcurrentCallsPerConnection(CALLS_PER_CONNECTION_MAX)
        .flowControlWindow(FLOW_CONTROL_WINDOW_BYTES)
        .permitKeepAliveWithoutCalls(true)
        .permitKeepAliveTime(10, TimeUnit.SECONDS);
  }
}
