package dev.linkd.object;

/**
 * Places in a linker script that is put together from several files. Comments that nobody writes
 * say where the text of another file begins and ends.
 */
public final class ScriptPlaces {
  private static final String BEGIN = "/*\u0001";
  private static final String END = "/*\u0002*/";

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
    return new Walk(name, text, 0, at).where();
  }

  /** Follows the lines of one file, and of those inside of it, up to an offset. */
  private static final class Walk {
    private final String name;
    private final String text;
    private final int to;
    private int line = 1;
    private int lineStart;
    private int at;
    private boolean ended;

    /** Where the offset is, when it is in a file inside of this one. */
    private String found = "";

    Walk(String name, String text, int from, int to) {
      this.name = name;
      this.text = text;
      this.to = to;
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
      if (text.startsWith(BEGIN, at)) {
        enter();
      } else if (text.startsWith(END, at)) {
        at += END.length();
        ended = true;
      } else if (text.charAt(at++) == '\n') {
        line++;
        lineStart = at;
      }
    }

    private void enter() {
      int begin = at;
      int colon = text.indexOf(':', begin);
      int titleEnd = text.indexOf("*/\n", colon);
      int replaced = Integer.parseInt(text.substring(begin + BEGIN.length(), colon));
      Walk inner = new Walk(text.substring(colon + 1, titleEnd), text, titleEnd + 3, to);
      String place = inner.where();
      if (inner.ended) {
        at = inner.at;
        lineStart += at - begin - replaced;
      } else {
        found = place;
      }
    }
  }
}
