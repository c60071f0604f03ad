package dev.linkd.object.cpp;

/** Demangles names of C++ (Itanium C++ ABI, section 5.1), in the form that c++filt prints. */
public final class CppNames {
  private static final String PREFIX = "_Z";

  private CppNames() {}

  /** Whether the name can be one of C++. */
  public static boolean mangled(String name) {
    return name.startsWith(PREFIX);
  }

  /** The readable form; the name itself when it is none of C++ or is not understood. */
  public static String demangle(String name) {
    if (!mangled(name)) {
      return name;
    }
    try {
      return new NameReader(new Cursor(name, PREFIX.length())).whole();
    } catch (UnknownNameException e) {
      return name;
    }
  }
}
