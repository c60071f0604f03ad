package dev.linkd.object.demangle;

/**
 * Turns symbol names into what programmers wrote, in the form of {@code c++filt}. What cannot be
 * understood stays as it is. Names may be hostile: depth and length are bounded.
 */
public final class Demangler {
  private static final int NAME_MAX = 1 << 16;

  private Demangler() {}

  /** The readable form of one symbol name, or the name itself. */
  public static String demangle(String name) {
    if (name.length() < 3 || name.length() > NAME_MAX || name.charAt(0) != '_') {
      return name;
    }
    try {
      if (name.startsWith("_R")) {
        return new RustParser(name).parse();
      }
      if (!name.startsWith("_Z")) {
        return name;
      }
      String legacy = LegacyRust.demangle(name);
      return legacy.isEmpty() ? cPlusPlus(name) : legacy;
    } catch (MangledNameException notOurs) {
      // Not every name with such a beginning is a mangled one; then it is its own readable form.
      return name;
    }
  }

  /** Behind a dot or {@code $} stands what a compiler made of the function. */
  private static String cPlusPlus(String name) throws MangledNameException {
    int dot = name.indexOf('.');
    String whole = dot < 0 ? name : name.substring(0, dot);
    String text = new ItaniumParser(whole.substring(2)).parse();
    return dot < 0 ? text : text + " [clone " + name.substring(dot) + "]";
  }

  /** A text in which every mangled name is replaced that stands for itself, not inside a path. */
  public static String demangleAll(String text) {
    StringBuilder all = new StringBuilder();
    int done = 0;
    for (int at = next(text, 0); at >= 0; at = next(text, at + 1)) {
      if (at < done || (at > 0 && partOfName(text.charAt(at - 1)))) {
        continue;
      }
      int end = at;
      while (end < text.length() && symbolCharacter(text.charAt(end))) {
        end++;
      }
      all.append(text, done, at).append(demangle(text.substring(at, end)));
      done = end;
    }
    return all.append(text, done, text.length()).toString();
  }

  private static int next(String text, int from) {
    int plus = text.indexOf("_Z", from);
    int rust = text.indexOf("_R", from);
    return plus < 0 || rust < 0 ? Math.max(plus, rust) : Math.min(plus, rust);
  }

  private static boolean symbolCharacter(char c) {
    return c == '_' || c == '.' || c == '$' || isAlphanumeric(c);
  }

  private static boolean partOfName(char c) {
    return symbolCharacter(c) || c == '/' || c == '-';
  }

  private static boolean isAlphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }
}
