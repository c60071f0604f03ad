package dev.linkd.session;

import java.time.Instant;

/**
 * Which daemon this is.
 *
 * @param release for people, for example "0.1.0"
 * @param build changes with every build; clients replace a daemon of another build
 * @param startedNanos {@link System#nanoTime} at the start
 */
public record DaemonIdentity(
    String release, String build, long pid, Instant started, long startedNanos) {

  long uptimeNanos() {
    return System.nanoTime() - startedNanos;
  }
}
