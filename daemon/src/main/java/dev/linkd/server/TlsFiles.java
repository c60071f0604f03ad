package dev.linkd.server;

import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Date;
import java.util.Map;

/**
 * PEM files for TLS. What is wrong with them is found when the daemon starts, because every client
 * would only see that its connection breaks.
 *
 * @param certificate chain of the daemon
 * @param key its private key, PKCS#8
 * @param clientAuthorities certificates that sign those of the clients; clients must have one
 */
record TlsFiles(Path certificate, Path key, Path clientAuthorities) {
  private static final String KEY_BEGIN = "-----BEGIN PRIVATE KEY-----";
  private static final String KEY_END = "-----END PRIVATE KEY-----";

  /** How a signature is made with a key of that algorithm. */
  private static final Map<String, String> SIGNATURES =
      Map.of("RSA", "SHA256withRSA", "EC", "SHA256withECDSA", "EdDSA", "EdDSA");

  /**
   * What the server needs.
   *
   * @throws IOException names the file that cannot be used, and why
   */
  SslContext serverContext() throws IOException {
    X509Certificate[] chain = certificates(certificate);
    X509Certificate own = chain[0];
    if (own.getNotAfter().before(new Date())) {
      throw new IOException(
          certificate
              + ": the certificate of the daemon expired at "
              + own.getNotAfter().toInstant());
    }
    PrivateKey secret = privateKey(own.getPublicKey());
    return GrpcSslContexts.configure(SslContextBuilder.forServer(secret, chain))
        .trustManager(certificates(clientAuthorities))
        .clientAuth(ClientAuth.REQUIRE)
        .build();
  }

  private static X509Certificate[] certificates(Path file) throws IOException {
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      X509Certificate[] found =
          factory.generateCertificates(new ByteArrayInputStream(bytes(file))).stream()
              .map(X509Certificate.class::cast)
              .toArray(X509Certificate[]::new);
      if (found.length == 0) {
        throw new IOException(file + " holds no certificate in PEM");
      }
      return found;
    } catch (CertificateException fault) {
      throw new IOException(file + " holds no certificate in PEM", fault);
    }
  }

  private PrivateKey privateKey(PublicKey counterpart) throws IOException {
    String text = new String(bytes(key), StandardCharsets.US_ASCII);
    int start = text.indexOf(KEY_BEGIN);
    int end = text.indexOf(KEY_END);
    if (start < 0 || end < start) {
      throw new IOException(
          key + " holds no private key in PKCS#8 without a password (" + KEY_BEGIN + ")");
    }
    try {
      byte[] encoded =
          Base64.getMimeDecoder().decode(text.substring(start + KEY_BEGIN.length(), end));
      PrivateKey found =
          KeyFactory.getInstance(counterpart.getAlgorithm())
              .generatePrivate(new PKCS8EncodedKeySpec(encoded));
      if (belongs(found, counterpart)) {
        return found;
      }
    } catch (GeneralSecurityException | IllegalArgumentException fault) {
      throw new IOException(
          key + " holds no private key of the certificate in " + certificate, fault);
    }
    throw new IOException(key + " holds no private key of the certificate in " + certificate);
  }

  /** Whether what one signs is accepted by the other. */
  private static boolean belongs(PrivateKey secret, PublicKey counterpart)
      throws GeneralSecurityException {
    String algorithm = SIGNATURES.get(counterpart.getAlgorithm());
    if (algorithm == null) {
      return true;
    }
    Signature signature = Signature.getInstance(algorithm);
    signature.initSign(secret);
    byte[] signed = signature.sign();
    signature.initVerify(counterpart);
    return signature.verify(signed);
  }

  private static byte[] bytes(Path file) throws IOException {
    try {
      return Files.readAllBytes(file);
    } catch (NoSuchFileException fault) {
      throw new IOException(file + " does not exist", fault);
    }
  }
}
