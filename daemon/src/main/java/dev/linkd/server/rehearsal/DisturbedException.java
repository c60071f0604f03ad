package dev.linkd.server.rehearsal;

/** Somebody has asked something of the daemon, or it stops: the rehearsal has to end here. */
final class DisturbedException extends Exception {
  private static final long serialVersionUID = 1L;

  DisturbedException() {
    super("disturbed", null, false, false);
  }
}
