package dev.linkd.object;

/**
 * Places in a linker script that is put together from several files. Comments that nobody writes
 * say where the text of another file begins and ends.
 */
public final class ScriptPlaces {
  private static final String BEGIN = "/*\u0001";
  private static final String END = "/*\u0002*/";

  /** More than files can be nested, or a path be long; who forges comments gets no further. */
  private static final int DEPTH_MAX = 64;

  private static final int TITLE_MAX = 1 << 13;
  private static final int DIGITS_MAX = 9;

  private ScriptPlaces() {}

  /**
   * The text of another file inside of a script.
   *
   * @param name what messages call the file
   * @param replaced characters of the script for which it stands
   */
  public static String inside(String name, String text, int replaced) {
    String title = name.replace("*/", "* /");
    return BEGIN + replaced + ':' + title + "*/\n" + text + '\n' + END;
  }

  /** {@code name:line:column}, from 1, of an offset in the text of a script. */
  public static String where(String name, String text, int at) {
    return new Walk(name, text, 0, at, 0).where();
  }

  /** Follows the lines of one file, and of those inside of it, up to an offset. */
  private static final class Walk {
    private final String name;
    private final String text;
    private final int to;
    private final int depth;
    private int line = 1;
    private int lineStart;
    private int at;
    private boolean ended;

    /** Where the offset is, when it is in a file inside of this one. */
    private String found = "";

    Walk(String name, String text, int from, int to, int depth) {
      this.name = name;
      this.text = text;
      this.to = to;
      this.depth = depth;
      this.at = from;
      this.lineStart = from;
    }

    String where() {
      while (at < to && at < text.length() && !ended && found.isEmpty()) {
        step();
      }
      return found.isEmpty() ? name + ':' + line + ':' + (to - lineStart + 1) : found;
    }

    private void step() {
      if (text.startsWith(BEGIN, at) && depth < DEPTH_MAX && enter()) {
        return;
      }
      if (text.startsWith(END, at)) {
        at += END.length();
        ended = true;
      } else if (text.charAt(at++) == '\n') {
        line++;
        lineStart = at;
      }
    }

    /** Goes through a file inside of this one; false when the comment does not begin one. */
    private boolean enter() {
      int begin = at;
      int colon = begin + BEGIN.length();
      int replaced = 0;
      while (colon < text.length() && text.charAt(colon) >= '0' && text.charAt(colon) <= '9') {
        replaced = replaced * 10 + text.charAt(colon++) - '0';
      }
      int digits = colon - begin - BEGIN.length();
      if (digits == 0 || digits > DIGITS_MAX || !text.startsWith(":", colon)) {
        return false;
      }
      int titleEnd = text.indexOf("*/\n", colon, Math.min(text.length(), colon + TITLE_MAX));
      if (titleEnd < 0) {
        return false;
      }
      String title = text.substring(colon + 1, titleEnd);
      Walk inner = new Walk(title, text, titleEnd + 3, to, depth + 1);
      String place = inner.where();
      if (inner.ended) {
        at = inner.at;
        lineStart += at - begin - replaced;
      } else {
        found = place;
      }
      return true;
    }
  }
}
