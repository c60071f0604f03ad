package dev.linkd.client;

import dev.linkd.v1.AdminServiceGrpc;
import dev.linkd.v1.AdminServiceGrpc.AdminServiceBlockingStub;
import dev.linkd.v1.LinkServiceGrpc;
import dev.linkd.v1.LinkServiceGrpc.LinkServiceBlockingStub;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A connection to the daemon behind a Unix socket. Thread-safe. */
public final class DaemonConnection implements AutoCloseable {
  private static final int MESSAGE_BYTES_MAX = 64 << 20;
  private static final int FLOW_CONTROL_WINDOW_BYTES = 4 << 20;
  private static final long CLOSE_SECONDS = 2;

  private final Path socket;
  private final EventLoopGroup loop;
  private final ManagedChannel channel;

  private DaemonConnection(Path socket, EventLoopGroup loop, ManagedChannel channel) {
    this.socket = socket;
    this.loop = loop;
    this.channel = channel;
  }

  /** Prepares a connection; it is made with the first call. */
  @SuppressWarnings("deprecation") // nothing replaces nameResolverFactory for a single channel
  public static DaemonConnection to(Path socket) {
    EventLoopGroup loop =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("linkd-client", true), NioIoHandler.newFactory());
    ManagedChannel channel =
        NettyChannelBuilder.forTarget(SocketResolver.TARGET)
            .nameResolverFactory(new SocketResolver(socket))
            .channelType(NioDomainSocketChannel.class, UnixDomainSocketAddress.class)
            .eventLoopGroup(loop)
            .overrideAuthority("localhost")
            .usePlaintext()
            .directExecutor()
            .flowControlWindow(FLOW_CONTROL_WINDOW_BYTES)
            .maxInboundMessageSize(MESSAGE_BYTES_MAX)
            .build();
    return new DaemonConnection(socket, loop, channel);
  }

  public Path socket() {
    return socket;
  }

  public Channel channel() {
    return channel;
  }

  public LinkServiceBlockingStub link() {
    return LinkServiceGrpc.newBlockingStub(channel);
  }

  public AdminServiceBlockingStub admin() {
    return AdminServiceGrpc.newBlockingStub(channel);
  }

  /** Starts to stream updates to an output. */
  public UpdateStream update(long handle, String stream) {
    return UpdateStream.begin(channel, handle, stream);
  }

  /**
   * Closes the channel, then its thread: a process that ends while a thread waits in the kernel for
   * the socket would take a third of a second longer.
   */
  @Override
  public void close() {
    try {
      channel.shutdownNow().awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
      loop.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS).await();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
