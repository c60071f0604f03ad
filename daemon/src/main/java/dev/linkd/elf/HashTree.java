package dev.linkd.elf;

import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * A binary hash tree (Merkle) over numbered leaves, kept up to date at the cost of the changed
 * paths. Hashes are the first 128 bits of SHA-256.
 *
 * <p>Node 1 is the root, the children of node {@code i} are {@code 2i} and {@code 2i + 1}, leaf
 * {@code n} is node {@code capacity + n}. Two zeros are the hash of a leaf that does not exist, and
 * a node without a right child is its left child; therefore the root depends on the leaves only and
 * not on the capacity, which depends on the past.
 */
final class HashTree {

  /** Longs of a hash. */
  private static final int LONGS = 2;

  private static final byte INNER = 1;

  private final MessageDigest sha256 = sha256();
  private final byte[] message = new byte[1 + 2 * LONGS * Long.BYTES];
  private final byte[] digest = new byte[32];

  private int capacity = 1;
  private long[] hashes = new long[2 * LONGS];

  /** Nodes of one level whose hash is out of date, and the bits that keep them unique. */
  private int[] queue = new int[1];

  private int queued;
  private long[] inQueue = new long[1];

  /** Makes room for leaves; those there are stay. */
  void ensure(int leaves) {
    if (leaves <= capacity) {
      return;
    }
    if (leaves > 1 << 28) {
      throw new IllegalArgumentException("too many leaves: " + leaves);
    }
    int old = capacity;
    capacity = Integer.highestOneBit(leaves - 1) << 1;
    long[] grown = new long[2 * LONGS * capacity];
    for (int from = old, to = capacity; from >= 1; from /= 2, to /= 2) {
      System.arraycopy(hashes, LONGS * from, grown, LONGS * to, LONGS * from);
    }
    for (int node = capacity / old / 2; node >= 1; node /= 2) {
      System.arraycopy(grown, 2 * LONGS * node, grown, LONGS * node, LONGS);
    }
    hashes = grown;
    queue = Arrays.copyOf(queue, capacity);
    inQueue = new long[2 * capacity + 63 >>> 6];
    int marks = queued;
    queued = 0;
    for (int i = 0; i < marks; i++) {
      mark(queue[i] - old);
    }
  }

  /** Notes that a leaf will be set before the next {@link #update}. */
  void mark(int leaf) {
    enqueue(capacity + leaf);
  }

  /** Number of leaves that are marked. */
  int marked() {
    return queued;
  }

  /** A marked leaf. */
  int markedLeaf(int i) {
    return queue[i] - capacity;
  }

  /** Sets the hash of a leaf that is marked. Two zeros remove it. */
  void set(int leaf, long first, long second) {
    hashes[LONGS * (capacity + leaf)] = first;
    hashes[LONGS * (capacity + leaf) + 1] = second;
  }

  /** Computes the paths from the marked leaves to the root and returns how many nodes that were. */
  int update() {
    int computed = 0;
    while (queued > 0 && queue[0] > 1) {
      int nodes = queued;
      queued = 0;
      for (int i = 0; i < nodes; i++) {
        int node = queue[i];
        inQueue[node >>> 6] &= ~(1L << node);
        int before = queued;
        enqueue(node / 2);
        computed += queued - before;
      }
      for (int i = 0; i < queued; i++) {
        combine(queue[i]);
      }
    }
    if (queued > 0) {
      inQueue[0] = 0;
      queued = 0;
    }
    return computed;
  }

  /** One half of the root's hash. */
  long root(int half) {
    return hashes[LONGS + half];
  }

  private void enqueue(int node) {
    long bit = 1L << node;
    if ((inQueue[node >>> 6] & bit) == 0) {
      inQueue[node >>> 6] |= bit;
      queue[queued++] = node;
    }
  }

  private void combine(int node) {
    int left = 2 * LONGS * node;
    int right = left + LONGS;
    if (hashes[right] == 0 && hashes[right + 1] == 0) {
      System.arraycopy(hashes, left, hashes, LONGS * node, LONGS);
      return;
    }
    message[0] = INNER;
    for (int i = 0; i < 2 * LONGS; i++) {
      putLong(message, 1 + i * Long.BYTES, hashes[left + i]);
    }
    sha256.update(message, 0, message.length);
    digest(sha256, digest);
    hashes[LONGS * node] = getLong(digest, 0);
    hashes[LONGS * node + 1] = getLong(digest, Long.BYTES);
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Finishes a digest without an allocation. */
  static void digest(MessageDigest sha256, byte[] out) {
    try {
      sha256.digest(out, 0, out.length);
    } catch (DigestException e) {
      throw new IllegalStateException("the array has the size of the digest", e);
    }
  }

  static long getLong(byte[] bytes, int at) {
    long value = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      value = value << 8 | bytes[at + i] & 0xff;
    }
    return value;
  }

  static void putLong(byte[] bytes, int at, long value) {
    for (int i = 0; i < Long.BYTES; i++) {
      bytes[at + i] = (byte) (value >>> 56 - 8 * i);
    }
  }
}
