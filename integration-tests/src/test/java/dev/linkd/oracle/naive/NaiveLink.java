package dev.linkd.oracle.naive;

import dev.linkd.diag.Code;
import dev.linkd.oracle.model.Atom;
import dev.linkd.oracle.model.Definition;
import dev.linkd.oracle.model.Model;
import dev.linkd.oracle.model.Relocation;
import dev.linkd.oracle.model.StreamModel;
import dev.linkd.oracle.model.SymbolDefinition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Resolves a whole model: which definition each name means, and what each relocation refers to. A
 * strong definition wins over a weak one, and an earlier stream over a later one.
 */
public final class NaiveLink {

  /** A definition that a name could mean. */
  private record Candidate(Definition definition, Target place, @Nullable String alias) {}

  /** The definition that won. */
  public record Global(Definition definition, Target target) {}

  /** A definition that only its stream sees. */
  public record Local(String stream, Definition definition, Target target) {}

  private final Model model;
  private final Map<String, List<Candidate>> candidates = new LinkedHashMap<>();
  private final Map<String, Global> globals = new LinkedHashMap<>();
  private final List<Local> locals = new ArrayList<>();
  private final Map<String, Map<String, Target>> localTargets = new HashMap<>();
  private final List<Fault> faults = new ArrayList<>();

  public NaiveLink(Model model) {
    this.model = model;
    model.streams().forEach(this::collect);
    for (String name : candidates.keySet()) {
      define(name);
    }
    model.streams().forEach(this::checkReferences);
  }

  public Model model() {
    return model;
  }

  public Map<String, Global> globals() {
    return globals;
  }

  public List<Local> locals() {
    return locals;
  }

  /** Why the model cannot be linked; empty when it can. */
  public List<Fault> faults() {
    return faults;
  }

  /** What a relocation of an atom of that stream refers to, without its addend. */
  public Optional<Target> target(String stream, Relocation relocation) {
    String name = relocation.target();
    return switch (relocation.space()) {
      case GLOBAL -> Optional.ofNullable(globals.get(name)).map(Global::target);
      case WEAK ->
          Optional.of(
              Optional.ofNullable(globals.get(name)).map(Global::target).orElse(Target.ZERO));
      case LOCAL -> Optional.ofNullable(localTargets.getOrDefault(stream, Map.of()).get(name));
      case ATOM ->
          Optional.ofNullable(model.streams().get(stream))
              .filter(s -> s.atoms().containsKey(name))
              .map(s -> Target.in(stream, name, 0));
    };
  }

  private void collect(String stream, StreamModel content) {
    for (Atom atom : content.atoms().values()) {
      for (Definition definition : atom.definitions()) {
        Target place = Target.in(stream, atom.key(), definition.offset());
        if (definition.local()) {
          locals.add(new Local(stream, definition, place));
          localTargets.computeIfAbsent(stream, s -> new HashMap<>()).put(definition.name(), place);
        } else {
          candidate(new Candidate(definition, place, null));
        }
      }
    }
    for (SymbolDefinition symbol : content.symbols().values()) {
      candidate(
          new Candidate(symbol.definition(), Target.absolute(symbol.value()), symbol.target()));
    }
  }

  private void candidate(Candidate candidate) {
    candidates
        .computeIfAbsent(candidate.definition().name(), n -> new ArrayList<>())
        .add(candidate);
  }

  private void define(String name) {
    List<Candidate> all = candidates.getOrDefault(name, List.of());
    long strong = all.stream().filter(c -> !c.definition().weak()).count();
    if (strong > 1) {
      faults.add(new Fault(Code.DUPLICATE_SYMBOL, name));
    }
    Definition definition = sized(winner(all));
    resolve(name, new HashSet<>())
        .ifPresent(target -> globals.put(name, new Global(definition, target)));
  }

  /** An alias that gives no size has the size of what it stands for. */
  private Definition sized(Candidate candidate) {
    Definition own = candidate.definition();
    List<Candidate> others = candidates.getOrDefault(candidate.alias(), List.of());
    if (candidate.alias() == null || own.size() != 0 || others.isEmpty()) {
      return own;
    }
    return new Definition(own.name(), own.offset(), sized(winner(others)).size(), own.info());
  }

  private static Candidate winner(List<Candidate> all) {
    return all.stream().min(Comparator.comparing(c -> c.definition().weak())).orElseThrow();
  }

  private Optional<Target> resolve(String name, Set<String> visited) {
    List<Candidate> all = candidates.getOrDefault(name, List.of());
    if (all.isEmpty() || !visited.add(name)) {
      faults.add(new Fault(Code.UNDEFINED_SYMBOL, name));
      return Optional.empty();
    }
    Candidate winner = winner(all);
    String alias = winner.alias();
    return alias == null
        ? Optional.of(winner.place())
        : resolve(alias, visited).map(target -> target.plus(winner.place().offset()));
  }

  private void checkReferences(String stream, StreamModel content) {
    for (Atom atom : content.atoms().values()) {
      for (Relocation relocation : atom.relocations()) {
        if (target(stream, relocation).isEmpty()) {
          faults.add(new Fault(Code.UNDEFINED_SYMBOL, relocation.target()));
        }
      }
    }
  }
}
