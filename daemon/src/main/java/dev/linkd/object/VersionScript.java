package dev.linkd.object;

import dev.linkd.diag.LinkException;
import java.util.List;

/**
 * Which symbols a shared library exports and under which versions ({@code --version-script}, or
 * VERSION in a linker script).
 *
 * @param name what faults call it
 * @param nodes in the order of the script; one without a name is the only one
 */
public record VersionScript(String name, List<Node> nodes) {

  /** The script of a link that has none. */
  public static final VersionScript NONE = new VersionScript("", List.of());

  public VersionScript {
    nodes = List.copyOf(nodes);
  }

  /**
   * A version.
   *
   * @param name empty for the anonymous version
   * @param globals what it exports
   * @param locals what is not exported
   * @param parents names of versions that it extends
   */
  public record Node(
      String name, List<SymbolPattern> globals, List<SymbolPattern> locals, List<String> parents) {
    public Node {
      globals = List.copyOf(globals);
      locals = List.copyOf(locals);
      parents = List.copyOf(parents);
    }
  }

  /** Whether there is no script. */
  public boolean none() {
    return nodes.isEmpty();
  }

  /**
   * Reads a script.
   *
   * @param name what faults call it
   */
  public static VersionScript parse(String name, String text) throws LinkException {
    return new VersionScriptParser(name, text).script();
  }

  /** Reads a list of names in braces ({@code --dynamic-list}). */
  public static List<SymbolPattern> parseList(String name, String text) throws LinkException {
    return new VersionScriptParser(name, text).list();
  }
}
