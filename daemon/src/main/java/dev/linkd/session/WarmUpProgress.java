package dev.linkd.session;

/**
 * How far the daemon has rehearsed links, so that the first real ones find compiled code.
 *
 * @param played scenes that were played to their end
 * @param scenes all scenes
 * @param nanos how long it took until now, without waiting for idle moments
 */
public record WarmUpProgress(State state, int played, int scenes, long nanos) {
  /** A daemon that does not rehearse. */
  public static final WarmUpProgress OFF = new WarmUpProgress(State.OFF, 0, 0, 0);

  /** States of a rehearsal. */
  public enum State {
    /** It was not asked for. */
    OFF,
    /** It plays, or waits until nobody asks anything of the daemon. */
    RUNNING,
    /** All scenes were played, or as many as time allows. */
    DONE,
    /** Something failed, or the daemon stops; the log says what. */
    ENDED
  }
}
