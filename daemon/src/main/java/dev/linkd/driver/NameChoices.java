package dev.linkd.driver;

import dev.linkd.output.NameRules;
import dev.linkd.output.NameRules.DefinedSymbol;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a command line says about names. The last definition of a symbol counts. */
final class NameChoices {
  private final Map<String, DefinedSymbol> defined = new LinkedHashMap<>();
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
    defined.put(name, new DefinedSymbol(name, ExpressionParser.parse(value)));
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
