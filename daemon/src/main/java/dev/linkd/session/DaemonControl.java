package dev.linkd.session;

import java.util.OptionalLong;

/** What administration can ask of the process. */
public interface DaemonControl {

  /** Refuses new work from now on. */
  void drain();

  /** Ends the process soon; returns at once. */
  void stop(long graceNanos, String reason);

  /** Time until the daemon stops because nothing uses it; empty when it never does. */
  OptionalLong idleStopNanos();

  /** How far the rehearsal after the start is. */
  WarmUpProgress warmUp();
}
