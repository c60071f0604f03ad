package dev.linkd.object;

import java.util.Arrays;
import java.util.Random;

/**
 * Damages valid bytes the way broken tools, truncated downloads and attackers do. Numbers matter
 * more than text, so aligned fields are preferred, and values at the edges of ranges.
 */
final class Mutator {
  private final Random random;

  Mutator(long seed) {
    random = new Random(seed);
  }

  /**
   * A damaged copy.
   *
   * @param hot offsets of structures, as pairs of start and end; half of the damage goes there
   */
  byte[] mutate(byte[] base, int[] hot) {
    byte[] bytes = base.clone();
    int changes = 1 + random.nextInt(random.nextInt(8) == 0 ? 12 : 3);
    for (int i = 0; i < changes; i++) {
      int at = place(bytes.length, hot);
      switch (random.nextInt(6)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = (byte) random.nextInt();
        case 2 -> copy(bytes, at);
        default -> put(bytes, at, 1 << random.nextInt(4), value(bytes.length));
      }
    }
    return random.nextInt(20) == 0 ? resize(bytes) : bytes;
  }

  private int place(int size, int[] hot) {
    if (hot.length == 0 || random.nextBoolean()) {
      return random.nextInt(size);
    }
    int range = random.nextInt(hot.length / 2) * 2;
    int end = Math.min(size, hot[range + 1]);
    return end <= hot[range] ? random.nextInt(size) : random.nextInt(hot[range], end);
  }

  private long value(int size) {
    return switch (random.nextInt(10)) {
      case 0 -> 0;
      case 1 -> -1;
      case 2 -> Long.MAX_VALUE - random.nextInt(100);
      case 3 -> Long.MIN_VALUE + random.nextInt(100);
      case 4 -> Integer.MAX_VALUE - random.nextInt(100);
      case 5 -> size - random.nextInt(100);
      case 6 -> size + random.nextInt(100);
      case 7 -> 1L << random.nextInt(64);
      case 8 -> random.nextInt(300);
      default -> random.nextLong();
    };
  }

  /** Overwrites a little-endian field, aligned to its width. */
  private static void put(byte[] bytes, int at, int width, long value) {
    int start = at & -width;
    for (int i = 0; i < width && start + i < bytes.length; i++) {
      bytes[start + i] = (byte) (value >>> (8 * i));
    }
  }

  private void copy(byte[] bytes, int to) {
    int from = random.nextInt(bytes.length);
    int length = Math.min(1 + random.nextInt(64), bytes.length - Math.max(from, to));
    System.arraycopy(bytes, from, bytes, to, length);
  }

  private byte[] resize(byte[] bytes) {
    return Arrays.copyOf(bytes, random.nextInt(bytes.length + bytes.length / 4 + 1));
  }
}
