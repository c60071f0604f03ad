package dev.linkd.elf;

import dev.linkd.diag.Code;
import dev.linkd.diag.Diagnostic;
import dev.linkd.diag.Diagnostic.Severity;
import dev.linkd.diag.Place;
import dev.linkd.object.Glob;
import dev.linkd.object.SymbolPattern;
import dev.linkd.object.VersionScript;
import dev.linkd.object.cpp.CppNames;
import dev.linkd.output.UndefinedVersions;
import dev.linkd.symbol.Symbols;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The versions of an output and which names its version script gives to them. A name that is
 * written out counts most, then patterns that export, then patterns that do not, and {@code *} only
 * for what no other pattern matches; of several patterns the last one counts.
 */
final class VersionNodes {

  /** No pattern matches the name. */
  static final int NONE = -1;

  /** The name is not exported. */
  static final int LOCAL = 0;

  /** The name is exported without a version. */
  static final int GLOBAL = 1;

  /** Index of the first version; it is the third entry of the definitions' numbering. */
  static final int FIRST = 2;

  /** A pattern and the index that names which match it get. */
  private record Rule(Glob glob, int node, boolean cpp) {}

  /** A name that is written out with its version. */
  private record Exported(int id, String text, String version) {}

  /** What a version is called and extends. */
  record Version(String name, List<String> parents) {}

  private final LinkState state;
  private final List<Version> versions = new ArrayList<>();
  private final Map<String, Integer> byName = new HashMap<>();

  /** Index by name id, for names that are written out. */
  private final IntMap exact = new IntMap();

  /** Index by readable name of C++. */
  private final Map<String, Integer> exactCpp = new HashMap<>();

  /** There are patterns for names of C++. */
  private boolean cpp;

  private final List<Exported> exported = new ArrayList<>();
  private final List<Rule> globals = new ArrayList<>();
  private final List<Rule> locals = new ArrayList<>();
  private int otherGlobals = NONE;
  private int otherLocals = NONE;

  /** What names get that the script does not speak of. */
  private final int unnamed;

  VersionNodes(LinkState state) {
    this.state = state;
    for (VersionScript.Node node : state.spec.dynamic().exports().versions().nodes()) {
      int index = node.name().isEmpty() ? GLOBAL : add(node.name(), node.parents());
      rules(node.globals(), index, globals);
      rules(node.locals(), LOCAL, locals);
      export(node);
    }
    unnamed = state.spec.dynamic().exports().defaultVersion() ? add(base(state), List.of()) : NONE;
  }

  /** The name of the base version: that of the library. */
  static String base(LinkState state) {
    String soname = state.spec.dynamic().soname();
    Path file = state.spec.path().getFileName();
    return soname.isEmpty() && file != null ? file.toString() : soname;
  }

  private int add(String name, List<String> parents) {
    versions.add(new Version(name, parents));
    int index = FIRST + versions.size() - 1;
    byName.put(name, index);
    return index;
  }

  private void rules(List<SymbolPattern> patterns, int index, List<Rule> rules) {
    for (SymbolPattern pattern : patterns) {
      Glob glob = new Glob(pattern.text());
      cpp |= pattern.cpp();
      if (pattern.exact() && pattern.cpp()) {
        exactCpp.putIfAbsent(pattern.text(), index);
      } else if (pattern.exact()) {
        int name = state.names.intern(pattern.text());
        if (exact.get(name) == IntMap.NONE) {
          state.names.retain(name);
          exact.put(name, index);
        }
      } else if (!glob.all()) {
        rules.add(new Rule(glob, index, pattern.cpp()));
      } else if (index == LOCAL) {
        otherLocals = LOCAL;
      } else {
        otherGlobals = index;
      }
    }
  }

  private void export(VersionScript.Node node) {
    for (SymbolPattern pattern : node.globals()) {
      if (pattern.exact() && !pattern.cpp()) {
        int id = state.names.intern(pattern.text());
        exported.add(new Exported(id, pattern.text(), node.name()));
      }
    }
  }

  /** Index that a name without version gets. */
  int of(int name) {
    int index = scripted(name);
    return index == GLOBAL && unnamed != NONE ? unnamed : index;
  }

  /** What the script says, or what names get that it does not speak of. */
  private int scripted(int name) {
    int found = exact.get(name);
    if (found != IntMap.NONE) {
      return found;
    }
    String readable = cpp ? CppNames.demangle(state.names.string(name)) : "";
    Integer foundCpp = cpp ? exactCpp.get(readable) : null;
    if (foundCpp != null) {
      return foundCpp;
    }
    int global = last(globals, name, readable);
    if (global != NONE) {
      return global;
    }
    int local = last(locals, name, readable);
    if (local != NONE) {
      return local;
    }
    int other = otherGlobals != NONE ? otherGlobals : otherLocals;
    return other != NONE ? other : unnamed;
  }

  private int last(List<Rule> rules, int name, String readable) {
    for (int i = rules.size() - 1; i >= 0; i--) {
      Rule rule = rules.get(i);
      if (rule.cpp() ? rule.glob().matches(readable) : matches(rule.glob(), name)) {
        return rule.node();
      }
    }
    return NONE;
  }

  private boolean matches(Glob glob, int name) {
    return glob.matches(state.names.bytes(), state.names.offset(name), state.names.length(name));
  }

  /** Reports names that the script exports with a version although nothing defines them. */
  void reportUndefined(UndefinedVersions rule) {
    if (rule == UndefinedVersions.ALLOWED) {
      return;
    }
    Exported first = null;
    int others = 0;
    for (Exported name : exported) {
      if (defined(name.id()) || defined(name.text() + '@' + name.version())) {
        continue;
      }
      if (rule == UndefinedVersions.REFUSED) {
        state.problems.add(undefined(Severity.ERROR, name, ""));
      } else if (first == null) {
        first = name;
      } else {
        others++;
      }
    }
    if (first != null) {
      String more = others == 0 ? "" : " (and " + others + " more)";
      state.problems.add(undefined(Severity.WARNING, first, more));
    }
  }

  private Diagnostic undefined(Severity severity, Exported name, String more) {
    String script = state.spec.dynamic().exports().versions().name();
    String shown = name.version().isEmpty() ? "global" : name.version();
    return new Diagnostic(
        severity,
        Code.UNDEFINED_SYMBOL,
        "cannot assign version `%s` to symbol `%s`: symbol not found%s"
            .formatted(shown, name.text(), more),
        Place.symbol(script, name.text()),
        List.of());
  }

  /** Whether a symbol that is called {@code name@VERSION} is defined. */
  boolean taken(int name, int version) {
    String title = versions.get(version - FIRST).name();
    return defined(state.names.string(name) + '@' + title);
  }

  private boolean defined(String text) {
    int name = state.names.find(text);
    return name != NONE && defined(name);
  }

  private boolean defined(int name) {
    int symbol = state.global(name);
    int resolution = symbol == NONE ? Symbols.UNDEFINED : state.symbols.state(symbol);
    return resolution != Symbols.UNDEFINED && resolution != Symbols.IMPORTED;
  }

  /** Index of a version, {@link #NONE} when there is none of that name. */
  int named(String version) {
    return byName.getOrDefault(version, NONE);
  }

  /** Adds a version that only symbols name, which an executable may have. */
  int require(String version) {
    int known = named(version);
    return known == NONE ? add(version, List.of()) : known;
  }

  /** The versions by index minus {@link #FIRST}. */
  List<Version> versions() {
    return versions;
  }
}
