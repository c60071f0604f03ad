package dev.linkd.output;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The words of a command line as the kernel passes them: bytes, each word with a NUL behind it. A
 * build repeats the same thousands of words again and again, so they are compared as they are and
 * become strings only when somebody has to read them.
 */
public final class CommandWords {
  private final byte[] bytes;
  private final int hash;

  private CommandWords(byte[] bytes) {
    if (bytes.length > 0 && bytes[bytes.length - 1] != 0) {
      throw new IllegalArgumentException("the last word has no end");
    }
    this.bytes = bytes;
    this.hash = Arrays.hashCode(bytes);
  }

  /**
   * Words that are separate.
   *
   * @throws IllegalArgumentException when one contains NUL
   */
  public static CommandWords of(List<String> words) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (String word : words) {
      if (word.indexOf('\0') >= 0) {
        throw new IllegalArgumentException("a word contains NUL");
      }
      bytes.writeBytes(word.getBytes(StandardCharsets.UTF_8));
      bytes.write(0);
    }
    return new CommandWords(bytes.toByteArray());
  }

  /**
   * Words that follow each other.
   *
   * @param bytes UTF-8, a NUL behind each word; the caller does not change them any more
   * @throws IllegalArgumentException when the last word has no NUL
   */
  public static CommandWords of(byte[] bytes) {
    return new CommandWords(bytes);
  }

  public int count() {
    int count = 0;
    for (byte b : bytes) {
      count += b == 0 ? 1 : 0;
    }
    return count;
  }

  public List<String> list() {
    List<String> words = new ArrayList<>();
    int start = 0;
    for (int at = 0; at < bytes.length; at++) {
      if (bytes[at] == 0) {
        words.add(new String(bytes, start, at - start, StandardCharsets.UTF_8));
        start = at + 1;
      }
    }
    return words;
  }

  /**
   * Leaves out words by how they begin.
   *
   * @param prefix of the words that go
   * @param before prefix that the word before such a word has
   */
  public CommandWords without(String prefix, String before) {
    byte[] wanted = prefix.getBytes(StandardCharsets.UTF_8);
    byte[] earlier = before.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream rest = null;
    int kept = 0;
    int previous = -1;
    for (int start = 0; start < bytes.length; ) {
      int end = end(start);
      if (previous >= 0 && begins(start, wanted) && begins(previous, earlier)) {
        rest = rest == null ? new ByteArrayOutputStream(bytes.length) : rest;
        rest.write(bytes, kept, start - kept);
        kept = end;
      }
      previous = start;
      start = end;
    }
    if (rest == null) {
      return this;
    }
    rest.write(bytes, kept, bytes.length - kept);
    return new CommandWords(rest.toByteArray());
  }

  /** Where the next word starts. */
  private int end(int start) {
    int at = start;
    while (bytes[at] != 0) {
      at++;
    }
    return at + 1;
  }

  private boolean begins(int start, byte[] prefix) {
    int end = start + prefix.length;
    return end <= bytes.length && Arrays.equals(bytes, start, end, prefix, 0, prefix.length);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CommandWords words
        && words.hash == hash
        && Arrays.equals(words.bytes, bytes);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return list().toString();
  }
}
