package dev.linkd.session;

import dev.linkd.v1.LinkServiceGrpc;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;

/**
 * How long invocations are in the daemon: from the first bytes of a call of {@code Link}, before
 * its message is read, until all of the answer was given to the kernel.
 */
public final class LinkTimes extends ServerStreamTracer.Factory {
  private static final String METHOD = LinkServiceGrpc.getLinkMethod().getFullMethodName();
  private static final ServerStreamTracer IGNORED = new ServerStreamTracer() {};

  private final Counters counters;

  public LinkTimes(Counters counters) {
    this.counters = counters;
  }

  @Override
  public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
    return fullMethodName.equals(METHOD) ? new Call() : IGNORED;
  }

  private final class Call extends ServerStreamTracer {
    private final long arrived = System.nanoTime();

    @Override
    public void streamClosed(Status status) {
      if (status.isOk()) {
        counters.linked(System.nanoTime() - arrived);
      }
    }
  }
}
