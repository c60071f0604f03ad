package dev.linkd.driver;

import dev.linkd.diag.LinkException;
import dev.linkd.object.LayoutCommand;
import dev.linkd.object.LayoutCommand.Assign;
import dev.linkd.object.LayoutScript;
import dev.linkd.output.NameRules;
import dev.linkd.output.NameRules.DefinedSymbol;
import dev.linkd.output.ScriptText;
import dev.linkd.output.SymbolExpression;
import java.util.ArrayList;
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

  /**
   * By name, its value; several where one is made of the one before, as in {@code foo=foo+1}. What
   * is not {@link #defined} needs a linker script.
   */
  private final Map<String, List<String>> valuesOf = new LinkedHashMap<>();

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
    Optional<SymbolExpression> plain =
        ExpressionParser.isOfScript(value)
            ? Optional.empty()
            : Optional.of(ExpressionParser.parse(value));
    Set<String> used = new HashSet<>();
    if (plain.isPresent()) {
      plain.get().names(used::add);
    } else {
      assignment(name, value).value().symbols(used::add);
    }
    List<String> values = new ArrayList<>();
    if (used.contains(name)) {
      values.addAll(valuesOf.getOrDefault(name, List.of()));
    }
    values.add(value);
    valuesOf.put(name, values);
    defined.remove(name);
    if (plain.isPresent() && !used.contains(name)) {
      defined.put(name, new DefinedSymbol(name, plain.get()));
    }
  }

  /** What the layout of the image has to compute, as assignments of a linker script. */
  Optional<ScriptText> script(Optional<ScriptText> given) {
    StringBuilder text = new StringBuilder();
    valuesOf.forEach(
        (name, values) -> {
          if (!defined.containsKey(name)) {
            values.forEach(value -> text.append(text(name, value)).append('\n'));
          }
        });
    if (text.isEmpty()) {
      return given;
    }
    return Optional.of(
        given.isPresent()
            ? given.get().plus("\n" + text)
            : new ScriptText(SOURCE, text.toString()));
  }

  private static String text(String name, String value) {
    return name + " = " + value + ";";
  }

  /** One assignment and nothing else. */
  private static Assign assignment(String name, String value) throws UsageException {
    String text = text(name, value);
    try {
      List<LayoutCommand> commands = LayoutScript.parse(SOURCE, text).commands();
      if (commands.size() == 1 && commands.getFirst() instanceof Assign assign) {
        return assign;
      }
    } catch (LinkException fault) {
      throw new UsageException(SOURCE + ":1: syntax error: " + fault.diagnostic().message());
    }
    throw new UsageException(SOURCE + ":1: syntax error in " + text);
  }

  /**
   * @param entryOptional nobody has to define the entry symbol
   */
  NameRules rules(boolean entryOptional) throws UsageException {
    for (String name : defined.keySet()) {
      checkCycle(name, new HashSet<>());
    }
    return new NameRules(
        List.copyOf(defined.values()),
        List.copyOf(wrapped),
        List.copyOf(demanded),
        List.copyOf(demandedPatterns),
        firstWins,
        warnCommon,
        entryOptional);
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
