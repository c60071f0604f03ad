package dev.linkd.elf;

/** Atoms that have no place of their own because another one with the same meaning has one. */
final class Folds {

  private static final int NONE = -1;

  /** Folded atom to the one that stands for it. */
  private final IntMap leaders = new IntMap();

  /** Leader to the first of its followers, and each follower to the next. */
  private final IntMap followers = new IntMap();

  private final IntMap nexts = new IntMap();

  /** Followers lost their leader, or there is another reason to look at all atoms again. */
  private boolean doubtful;

  int leader(int atom) {
    return leaders.size() == 0 ? NONE : leaders.get(atom);
  }

  int firstFollower(int leader) {
    return leaders.size() == 0 ? NONE : followers.get(leader);
  }

  int next(int follower) {
    return nexts.get(follower);
  }

  int size() {
    return leaders.size();
  }

  void set(int atom, int leader) {
    forget(atom);
    leaders.put(atom, leader);
    int first = followers.get(leader);
    if (first != NONE) {
      nexts.put(atom, first);
    }
    followers.put(leader, atom);
  }

  /** The atom follows no other any more. */
  void forget(int atom) {
    int leader = leaders.remove(atom);
    if (leader == NONE) {
      return;
    }
    int next = nexts.remove(atom);
    int at = followers.get(leader);
    if (at != atom) {
      while (nexts.get(at) != atom) {
        at = nexts.get(at);
      }
      if (next == NONE) {
        nexts.remove(at);
      } else {
        nexts.put(at, next);
      }
    } else if (next == NONE) {
      followers.remove(leader);
    } else {
      followers.put(leader, next);
    }
  }

  /** An atom goes, or has no place any more: its followers have lost their leader. */
  void removed(int atom) {
    if (leaders.size() == 0) {
      return;
    }
    forget(atom);
    for (int f = followers.get(atom); f != NONE; f = followers.get(atom)) {
      forget(f);
      doubtful = true;
    }
  }

  /** The content of an atom changed: it may be equal to others now, or different. */
  void doubt() {
    doubtful = true;
  }

  boolean takeDoubt() {
    boolean was = doubtful;
    doubtful = false;
    return was;
  }
}
