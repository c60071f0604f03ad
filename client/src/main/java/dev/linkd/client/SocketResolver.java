package dev.linkd.client;

import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.StatusOr;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/**
 * Leads a channel to a Unix socket. The usual way to name an address makes a URI of it, and gRPC
 * refuses one whose path has letters beyond ASCII.
 */
final class SocketResolver extends NameResolverProvider {
  /** What a channel asks for; the socket is not in it. */
  static final String TARGET = "linkd:///daemon";

  private static final String SCHEME = "linkd";

  private final UnixDomainSocketAddress socket;

  SocketResolver(Path socket) {
    this.socket = UnixDomainSocketAddress.of(socket);
  }

  @Override
  public NameResolver newNameResolver(URI target, NameResolver.Args arguments) {
    return new NameResolver() {
      @Override
      public String getServiceAuthority() {
        return "localhost";
      }

      @Override
      public void start(Listener2 listener) {
        listener.onResult2(
            ResolutionResult.newBuilder()
                .setAddressesOrError(
                    StatusOr.fromValue(List.of(new EquivalentAddressGroup(socket))))
                .build());
      }

      @Override
      public void shutdown() {}
    };
  }

  @Override
  public String getDefaultScheme() {
    return SCHEME;
  }

  @Override
  protected boolean isAvailable() {
    return true;
  }

  @Override
  protected int priority() {
    return 5;
  }

  @Override
  public Collection<Class<? extends SocketAddress>> getProducedSocketAddressTypes() {
    return List.of(UnixDomainSocketAddress.class);
  }
}
