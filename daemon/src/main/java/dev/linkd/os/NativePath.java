package dev.linkd.os;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/** Strings as system calls take them. */
public final class NativePath {
  private NativePath() {}

  /**
   * UTF-8 bytes with a terminating NUL, valid while the result is reachable.
   *
   * @throws IllegalArgumentException when the text contains NUL, which would cut it short
   */
  public static MemorySegment of(String text) {
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("path contains NUL");
    }
    return Arena.ofAuto().allocateFrom(text, StandardCharsets.UTF_8);
  }
}
