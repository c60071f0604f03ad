package dev.linkd.server;

import java.nio.file.Path;

/**
 * PEM files for TLS.
 *
 * @param certificate chain of the daemon
 * @param key its private key, PKCS#8
 * @param clientAuthorities certificates that sign those of the clients; clients must have one
 */
record TlsFiles(Path certificate, Path key, Path clientAuthorities) {}
