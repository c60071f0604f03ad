package dev.linkd.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.linkd.v1.AdminServiceGrpc;
import dev.linkd.v1.StatsRequest;
import dev.linkd.v1.VersionRequest;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Serving more than the Unix socket. */
@Timeout(60)
class TcpTest {
  @TempDir Path directory;

  private final X509Bundle authority = authority("cn=authority");

  private static X509Bundle authority(String name) {
    try {
      return new CertificateBuilder()
          .subject(name)
          .setIsCertificateAuthority(true)
          .buildSelfSigned();
    } catch (Exception fault) {
      throw new AssertionError(fault);
    }
  }

  private Path file(String name, String content) throws IOException {
    return Files.writeString(directory.resolve(name), content);
  }

  private DaemonOptions options(Optional<TlsFiles> tls, Optional<InetSocketAddress> metrics) {
    return new DaemonOptions(
        directory.resolve("socket"),
        Optional.empty(),
        Optional.of(new InetSocketAddress("127.0.0.1", 0)),
        tls,
        metrics);
  }

  private TestDaemon tlsDaemon() throws Exception {
    X509Bundle server =
        new CertificateBuilder()
            .subject("cn=daemon")
            .addSanDnsName("localhost")
            .buildIssuedBy(authority);
    TlsFiles files =
        new TlsFiles(
            file("chain.pem", server.getCertificatePathPEM()),
            file("key.pem", server.getPrivateKeyPEM()),
            file("clients.pem", authority.getCertificatePEM()));
    return new TestDaemon(
        directory, options(Optional.of(files), Optional.empty()), new ScriptedDriver());
  }

  private ManagedChannel tlsChannel(int port, Optional<X509Bundle> client) throws Exception {
    SslContextBuilder context =
        GrpcSslContexts.forClient()
            .trustManager(file("ca.pem", authority.getCertificatePEM()).toFile());
    if (client.isPresent()) {
      context.keyManager(
          file("client.pem", client.get().getCertificatePathPEM()).toFile(),
          file("client.key", client.get().getPrivateKeyPEM()).toFile());
    }
    return NettyChannelBuilder.forAddress("127.0.0.1", port)
        .overrideAuthority("localhost")
        .sslContext(context.build())
        .build();
  }

  private static long pid(ManagedChannel channel) {
    try {
      return AdminServiceGrpc.newBlockingStub(channel)
          .withDeadlineAfter(20, TimeUnit.SECONDS)
          .version(VersionRequest.getDefaultInstance())
          .getPid();
    } finally {
      channel.shutdownNow();
    }
  }

  @Test
  void aClientWithACertificateOfTheAuthorityIsServed() throws Exception {
    X509Bundle client = new CertificateBuilder().subject("cn=client").buildIssuedBy(authority);
    try (TestDaemon daemon = tlsDaemon()) {
      assertThat(pid(tlsChannel(daemon.daemon().tcpPort(), Optional.of(client)))).isPositive();
    }
  }

  @Test
  void aClientWithoutOrWithAnotherCertificateIsRefused() throws Exception {
    X509Bundle stranger =
        new CertificateBuilder().subject("cn=client").buildIssuedBy(authority("cn=other"));
    try (TestDaemon daemon = tlsDaemon()) {
      int port = daemon.daemon().tcpPort();
      assertThatThrownBy(() -> pid(tlsChannel(port, Optional.empty())))
          .isInstanceOf(StatusRuntimeException.class);
      assertThatThrownBy(() -> pid(tlsChannel(port, Optional.of(stranger))))
          .isInstanceOf(StatusRuntimeException.class);
    }
  }

  /** A client would only see that its connection breaks. */
  @Test
  void filesThatCannotServeAreNamedBeforeAnybodyConnects() throws Exception {
    X509Bundle server = new CertificateBuilder().subject("cn=daemon").buildIssuedBy(authority);
    X509Bundle other =
        new CertificateBuilder()
            .subject("cn=o")
            .algorithm(CertificateBuilder.Algorithm.rsa2048)
            .buildIssuedBy(authority);
    X509Bundle expired =
        new CertificateBuilder()
            .subject("cn=daemon")
            .notBefore(Instant.now().minusSeconds(7_200))
            .notAfter(Instant.now().minusSeconds(3_600))
            .buildIssuedBy(authority);
    Path chain = file("chain.pem", server.getCertificatePathPEM());
    Path key = file("key.pem", server.getPrivateKeyPEM());
    Path clients = file("clients.pem", authority.getCertificatePEM());
    X509Bundle twin = new CertificateBuilder().subject("cn=daemon").buildIssuedBy(authority);
    Path twinKey = file("twin.pem", twin.getPrivateKeyPEM());
    Path otherKey = file("other.pem", other.getPrivateKeyPEM());
    Path old = file("old.pem", expired.getCertificatePathPEM());
    Path oldKey = file("old.key", expired.getPrivateKeyPEM());
    Path empty = file("empty", "");
    Path encrypted = file("locked", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n");
    Path torn = file("torn", "-----BEGIN PRIVATE KEY-----\n!?\n-----END PRIVATE KEY-----\n");
    Path nowhere = directory.resolve("nowhere");

    assertThat(new TlsFiles(chain, key, clients).serverContext().isServer()).isTrue();
    refused(new TlsFiles(nowhere, key, clients), "nowhere does not exist");
    refused(new TlsFiles(empty, key, clients), "empty holds no certificate in PEM");
    refused(new TlsFiles(key, key, clients), "key.pem holds no certificate in PEM");
    refused(new TlsFiles(chain, key, empty), "empty holds no certificate in PEM");
    refused(new TlsFiles(chain, nowhere, clients), "nowhere does not exist");
    refused(new TlsFiles(chain, chain, clients), "chain.pem holds no private key in PKCS#8");
    refused(new TlsFiles(chain, encrypted, clients), "locked holds no private key in PKCS#8");
    refused(new TlsFiles(chain, torn, clients), "torn holds no private key of the certificate");
    refused(new TlsFiles(chain, twinKey, clients), "twin.pem holds no private key of the cert");
    refused(new TlsFiles(chain, otherKey, clients), "other.pem holds no private key of the cert");
    refused(new TlsFiles(old, oldKey, clients), "old.pem: the certificate of the daemon expired");
  }

  private static void refused(TlsFiles files, String why) {
    assertThatThrownBy(files::serverContext)
        .isInstanceOf(IOException.class)
        .hasMessageContaining(why);
  }

  @Test
  void keysOfTheUsualAlgorithmsServe() throws Exception {
    for (CertificateBuilder.Algorithm algorithm :
        List.of(
            CertificateBuilder.Algorithm.rsa2048,
            CertificateBuilder.Algorithm.ecp384,
            CertificateBuilder.Algorithm.ed25519)) {
      X509Bundle server =
          new CertificateBuilder()
              .subject("cn=daemon")
              .algorithm(algorithm)
              .buildIssuedBy(authority);
      TlsFiles files =
          new TlsFiles(
              file("chain.pem", server.getCertificatePathPEM()),
              file("key.pem", server.getPrivateKeyPEM()),
              file("clients.pem", authority.getCertificatePEM()));
      assertThat(files.serverContext().isServer()).as(algorithm.name()).isTrue();
    }
  }

  @Test
  void loopbackMayBePlain() throws Exception {
    try (TestDaemon daemon =
        new TestDaemon(
            directory, options(Optional.empty(), Optional.empty()), new ScriptedDriver())) {
      ManagedChannel channel =
          NettyChannelBuilder.forAddress("127.0.0.1", daemon.daemon().tcpPort())
              .usePlaintext()
              .build();
      assertThat(pid(channel)).isPositive();
    }
  }

  @Test
  void aPublicAddressWithoutTlsIsRefused() {
    DaemonOptions open =
        new DaemonOptions(
            directory.resolve("socket"),
            Optional.empty(),
            Optional.of(new InetSocketAddress("0.0.0.0", 0)),
            Optional.empty(),
            Optional.empty());
    assertThatThrownBy(open::check)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--tls-cert");
    DaemonOptions metrics =
        new DaemonOptions(
            directory.resolve("socket"),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(new InetSocketAddress("0.0.0.0", 0)));
    assertThatThrownBy(metrics::check).hasMessageContaining("loopback");
    Path none = directory.resolve("none");
    DaemonOptions nobody =
        new DaemonOptions(
            directory.resolve("socket"),
            Optional.empty(),
            Optional.empty(),
            Optional.of(new TlsFiles(none, none, none)),
            Optional.empty());
    assertThatThrownBy(nobody::check).hasMessageContaining("give --listen too");
  }

  @Test
  void metricsCountInThePrometheusFormat() throws Exception {
    InetSocketAddress any = new InetSocketAddress("127.0.0.1", 0);
    try (TestDaemon daemon =
            new TestDaemon(
                directory, options(Optional.empty(), Optional.of(any)), new ScriptedDriver());
        HttpClient http = HttpClient.newHttpClient()) {
      daemon.open("program");
      daemon.admin().stats(StatsRequest.getDefaultInstance());
      URI uri = URI.create("http://127.0.0.1:" + daemon.daemon().metricsPort() + "/metrics");
      String body = http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
      assertThat(body)
          .contains("linkd_outputs 1.0", "linkd_updates_total 0.0", "jvm_memory_used_bytes");
    }
  }

  @Test
  void addressesAreParsed() {
    assertThat(Address.parse("127.0.0.1:80")).isEqualTo(new InetSocketAddress("127.0.0.1", 80));
    assertThat(Address.parse("[::1]:65535").getPort()).isEqualTo(65_535);
    assertThat(Address.text(Address.parse("127.0.0.1:80"))).isEqualTo("127.0.0.1:80");
    assertThat(Address.text(Address.parse("[::1]:65535"))).isEqualTo("[0:0:0:0:0:0:0:1]:65535");
    for (String wrong :
        new String[] {"", "80", ":80", "localhost", "localhost:x", "localhost:70000"}) {
      assertThatThrownBy(() -> Address.parse(wrong)).isInstanceOf(IllegalArgumentException.class);
    }
  }
}
