package dev.linkd.elf;

import dev.linkd.symbol.Definitions;
import dev.linkd.symbol.Symbols;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What the user may have meant by a name that nothing defines: a name with one letter more, less,
 * another or two exchanged; other capitals; a C++ function for a C name or the other way round; a
 * definition that its library does not give away.
 */
final class SpellingHints {
  private static final int NONE = -1;

  /** Letters of identifiers. */
  private static final String LETTERS =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.$";

  private static final int NAME_MAX = 200;

  private final LinkState state;
  private final Providers providers;

  SpellingHints(LinkState state, Providers providers) {
    this.state = state;
    this.providers = providers;
  }

  /** Notes for an undefined name; empty when nothing is similar. */
  List<String> of(String name) {
    if (name.isEmpty() || name.length() > NAME_MAX) {
      return List.of();
    }
    MemorySegment bytes = MemorySegment.ofArray(name.getBytes(StandardCharsets.UTF_8));
    for (Library library : providers.libraries()) {
      if (library.symbols.withholds(bytes, 0, (int) bytes.byteSize())) {
        return List.of(library.soname + ": invalid version index 0 for defined symbol " + name);
      }
    }
    return otherLanguage(name)
        .or(() -> similar(name))
        .or(() -> oneEdit(name))
        .map(SpellingHints::notes)
        .orElse(List.of());
  }

  private record Meant(String text, String definedIn) {}

  private static List<String> notes(Meant meant) {
    String first = "did you mean: " + meant.text();
    return meant.definedIn().isEmpty()
        ? List.of(first)
        : List.of(first, "defined in: " + meant.definedIn());
  }

  /** A C++ name {@code _Z3foov} whose C name is defined: extern "C" is missing at the reference. */
  private Optional<Meant> otherLanguage(String name) {
    String plain = plainFunction(name);
    return plain.isEmpty() ? Optional.empty() : defined(plain, "extern \"C\" " + plain);
  }

  /** The identifier of a function in no namespace: {@code foo} of {@code _Z3foov}, else empty. */
  static String plainFunction(String mangled) {
    if (!mangled.startsWith("_Z")) {
      return "";
    }
    int at = 2;
    int length = 0;
    while (at < mangled.length() && Character.isDigit(mangled.charAt(at)) && length < NAME_MAX) {
      length = length * 10 + Character.digit(mangled.charAt(at++), 10);
    }
    boolean whole = length > 0 && at + length < mangled.length();
    return whole ? mangled.substring(at, at + length) : "";
  }

  private Optional<Meant> oneEdit(String name) {
    Set<String> tried = new LinkedHashSet<>();
    for (int i = 0; i < name.length(); i++) {
      String head = name.substring(0, i);
      String tail = name.substring(i);
      if (i + 1 < name.length()) {
        tried.add(head + tail.charAt(1) + tail.charAt(0) + tail.substring(2));
      }
      tried.add(head + tail.substring(1));
    }
    for (int i = 0; i <= name.length(); i++) {
      String head = name.substring(0, i);
      String tail = name.substring(i);
      for (int c = 0; c < LETTERS.length(); c++) {
        tried.add(head + LETTERS.charAt(c) + tail);
        if (!tail.isEmpty()) {
          tried.add(head + LETTERS.charAt(c) + tail.substring(1));
        }
      }
    }
    tried.remove(name);
    tried.remove("");
    for (String other : tried) {
      Optional<Meant> found = defined(other, other);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  /** A look at every name that inputs define; done only for a link that fails. */
  private Optional<Meant> similar(String name) {
    Symbols symbols = state.symbols;
    String lower = name.toLowerCase(Locale.ROOT);
    String asPlain = name.length() + name;
    for (int symbol = 0; symbol < symbols.highWater(); symbol++) {
      if (!symbols.live(symbol) || !symbols.global(symbol) || !isDefined(symbol)) {
        continue;
      }
      String other = state.name(symbol);
      boolean capitals =
          other.length() == name.length() && other.toLowerCase(Locale.ROOT).equals(lower);
      if (capitals || isPlusPlus(other, asPlain) || isNamespaced(other, name)) {
        return Optional.of(new Meant(other, definedIn(symbol)));
      }
    }
    return Optional.empty();
  }

  /** Whether a C++ name stands for the C name, in no namespace or in some. */
  private static boolean isPlusPlus(String other, String asPlain) {
    return other.startsWith("_Z") && (other.startsWith(asPlain, 2) || endsWith(other, asPlain));
  }

  private static boolean endsWith(String nested, String part) {
    int at = nested.startsWith("_ZN") ? nested.indexOf(part + "E") : NONE;
    return at > 0 && !Character.isDigit(nested.charAt(at - 1));
  }

  /** Whether a C++ function is the one meant, but in a namespace: {@code _ZN1n3fooEv}, _Z3foov. */
  private static boolean isNamespaced(String other, String name) {
    String plain = plainFunction(name);
    if (plain.isEmpty()) {
      return false;
    }
    String part = plain.length() + plain;
    return endsWith(other, part) && other.endsWith("E" + name.substring(2 + part.length()));
  }

  private Optional<Meant> defined(String name, String text) {
    int id = state.names.find(name);
    int symbol = id == NONE ? NONE : state.global(id);
    if (symbol != NONE && isDefined(symbol)) {
      return Optional.of(new Meant(text, definedIn(symbol)));
    }
    MemorySegment bytes = MemorySegment.ofArray(name.getBytes(StandardCharsets.UTF_8));
    for (Library library : providers.libraries()) {
      if (library.symbols.find(bytes, 0, (int) bytes.byteSize()) != NONE) {
        return Optional.of(new Meant(text, library.soname));
      }
    }
    return Optional.empty();
  }

  private boolean isDefined(int symbol) {
    return state.symbols.state(symbol) != Symbols.UNDEFINED;
  }

  private String definedIn(int symbol) {
    int row = state.symbols.winner(symbol);
    if (row >= 0 && state.definitions.kind(row) != Definitions.REFERENCE) {
      return state.inputs.get(state.definitions.input(row)).name;
    }
    return state.symbols.state(symbol) == Symbols.IMPORTED
        ? providers.library(state.symbols.atom(symbol)).soname
        : "";
  }
}
