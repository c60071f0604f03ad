package dev.linkd.server;

import dev.linkd.output.LinkDriver;
import dev.linkd.session.DaemonIdentity;
import dev.linkd.session.MemoryOutputs;
import dev.linkd.v1.AdminServiceGrpc;
import dev.linkd.v1.LinkServiceGrpc;
import dev.linkd.v1.OpenRequest;
import dev.linkd.v1.OpenResponse;
import dev.linkd.v1.OutputKind;
import dev.linkd.v1.OutputOptions;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A daemon with outputs in memory, on a Unix socket in a test's directory, and its clients. */
public final class TestDaemon implements AutoCloseable {
  private final Daemon daemon;
  private final MemoryOutputs outputs = new MemoryOutputs();
  private final EventLoopGroup loops = Transports.eventLoops(1);
  private final List<ManagedChannel> channels = new ArrayList<>();
  private final Path directory;

  public TestDaemon(Path directory) throws Exception {
    this(directory, options(directory.resolve("socket")), new ScriptedDriver());
  }

  public TestDaemon(Path directory, LinkDriver driver) throws Exception {
    this(directory, options(directory.resolve("socket")), driver);
  }

  TestDaemon(Path directory, DaemonOptions options, LinkDriver driver) throws Exception {
    this.directory = directory;
    daemon = Daemon.start(options, identity(), outputs, Optional.of(driver));
  }

  static DaemonIdentity identity() {
    return new DaemonIdentity(
        "1.2.3", "test", ProcessHandle.current().pid(), Instant.now(), System.nanoTime());
  }

  static DaemonOptions options(Path socket) {
    return new DaemonOptions(
        socket,
        Optional.of(Duration.ofHours(1)),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** A connection of its own. */
  public synchronized ManagedChannel channel() {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(daemon.socket()))
            .channelType(NioDomainSocketChannel.class, UnixDomainSocketAddress.class)
            .eventLoopGroup(loops)
            .overrideAuthority("localhost")
            .maxInboundMessageSize(64 << 20)
            .usePlaintext()
            .build();
    channels.add(channel);
    return channel;
  }

  public LinkServiceGrpc.LinkServiceBlockingStub link() {
    return LinkServiceGrpc.newBlockingStub(channel()).withDeadlineAfter(20, TimeUnit.SECONDS);
  }

  public AdminServiceGrpc.AdminServiceBlockingStub admin() {
    return AdminServiceGrpc.newBlockingStub(channel()).withDeadlineAfter(20, TimeUnit.SECONDS);
  }

  /** Opens a static executable with this file name. */
  public OpenResponse open(String name) {
    return link().open(OpenRequest.newBuilder().setOptions(staticExecutable(name)).build());
  }

  public OutputOptions.Builder staticExecutable(String name) {
    return OutputOptions.newBuilder()
        .setPath(directory.resolve(name).toString())
        .setKind(OutputKind.OUTPUT_KIND_STATIC_EXECUTABLE);
  }

  public MemoryOutputs outputs() {
    return outputs;
  }

  Daemon daemon() {
    return daemon;
  }

  @Override
  public void close() throws InterruptedException {
    outputs.open();
    for (ManagedChannel channel : channels) {
      channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    }
    daemon.close();
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).await();
  }
}
