package dev.linkd.driver;

import dev.linkd.diag.LinkException;
import dev.linkd.object.LayoutScript;
import dev.linkd.output.NameRules;
import dev.linkd.output.NameRules.DefinedSymbol;
import dev.linkd.output.ScriptText;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a command line says about names. The last definition of a symbol counts. */
final class NameChoices {
  private static final String SOURCE = "--defsym";

  private final Map<String, DefinedSymbol> defined = new LinkedHashMap<>();

  /** Definitions with functions of linker scripts, by name. */
  private final Map<String, String> scripted = new LinkedHashMap<>();

  final Set<String> wrapped = new LinkedHashSet<>();
  final Set<String> demanded = new LinkedHashSet<>();
  final Set<String> demandedPatterns = new LinkedHashSet<>();
  boolean firstWins;
  boolean warnCommon;

  /** Reads {@code NAME=EXPRESSION}. */
  void define(String text) throws UsageException {
    int equals = text.indexOf('=');
    if (equals <= 0 || equals == text.length() - 1) {
      throw new UsageException("--defsym: syntax error: " + text);
    }
    String name = text.substring(0, equals).strip();
    String value = text.substring(equals + 1);
    defined.remove(name);
    scripted.remove(name);
    if (ExpressionParser.isOfScript(value)) {
      scripted.put(name, value);
    } else {
      defined.put(name, new DefinedSymbol(name, ExpressionParser.parse(value)));
    }
  }

  /** What the layout of the image has to compute, as assignments of a linker script. */
  Optional<ScriptText> script(Optional<ScriptText> given) throws UsageException {
    if (scripted.isEmpty()) {
      return given;
    }
    StringBuilder text = new StringBuilder();
    for (Map.Entry<String, String> definition : scripted.entrySet()) {
      String assignment = definition.getKey() + " = " + definition.getValue() + ";\n";
      check(assignment);
      text.append(assignment);
    }
    return Optional.of(
        given.isPresent()
            ? given.get().plus("\n" + text)
            : new ScriptText(SOURCE, text.toString()));
  }

  /** One assignment and nothing else. */
  private static void check(String assignment) throws UsageException {
    try {
      if (LayoutScript.parse(SOURCE, assignment).commands().size() == 1) {
        return;
      }
    } catch (LinkException fault) {
      throw new UsageException(SOURCE + ":1: syntax error: " + fault.diagnostic().message());
    }
    throw new UsageException(SOURCE + ":1: syntax error in " + assignment.strip());
  }

  NameRules rules() throws UsageException {
    for (String name : defined.keySet()) {
      checkCycle(name, new HashSet<>());
    }
    return new NameRules(
        List.copyOf(defined.values()),
        List.copyOf(wrapped),
        List.copyOf(demanded),
        List.copyOf(demandedPatterns),
        firstWins,
        warnCommon);
  }

  private void checkCycle(String name, Set<String> above) throws UsageException {
    DefinedSymbol symbol = defined.get(name);
    if (symbol == null) {
      return;
    }
    if (!above.add(name)) {
      throw new UsageException("--defsym: " + name + " is defined by itself");
    }
    Set<String> used = new LinkedHashSet<>();
    symbol.value().names(used::add);
    for (String other : used) {
      checkCycle(other, above);
    }
    above.remove(name);
  }
}
