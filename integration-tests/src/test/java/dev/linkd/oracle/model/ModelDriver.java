package dev.linkd.oracle.model;

import dev.linkd.diag.LinkException;
import dev.linkd.output.AtomUpdate;
import dev.linkd.output.Output;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Sends the difference between two models to an output, in random order. */
public final class ModelDriver {
  private static final StreamModel EMPTY = new StreamModel();

  private interface Action {
    void run() throws LinkException;
  }

  private final Output output;
  private final Random random;
  private final Map<String, Integer> streams = new HashMap<>();
  private final AtomUpdate update = new AtomUpdate();

  public ModelDriver(Output output, Random random) {
    this.output = output;
    this.random = random;
  }

  /** Makes the output hold {@code after}, given that it holds {@code before}. */
  public void apply(Model before, Model after) throws LinkException {
    for (String name : before.streams().keySet()) {
      if (!after.streams().containsKey(name)) {
        output.removeStream(streams.computeIfAbsent(name, output::stream));
        streams.remove(name);
      }
    }
    List<Action> actions = new ArrayList<>();
    after
        .streams()
        .forEach(
            (name, stream) -> {
              int number = streams.computeIfAbsent(name, output::stream);
              difference(actions, number, before.streams().getOrDefault(name, EMPTY), stream);
            });
    Collections.shuffle(actions, random);
    for (Action action : actions) {
      action.run();
    }
  }

  /** Sends an atom again although nothing changed. */
  public void repeat(String stream, Atom atom) throws LinkException {
    put(streams.computeIfAbsent(stream, output::stream), atom);
  }

  private void difference(List<Action> actions, int stream, StreamModel before, StreamModel after) {
    for (String key : before.atoms().keySet()) {
      if (!after.atoms().containsKey(key)) {
        actions.add(() -> remove(stream, key));
      }
    }
    for (Atom atom : after.atoms().values()) {
      if (!atom.equals(before.atoms().get(atom.key()))) {
        actions.add(() -> put(stream, atom));
      }
    }
    for (String name : before.symbols().keySet()) {
      if (!after.symbols().containsKey(name)) {
        actions.add(() -> removeSymbol(stream, name));
      }
    }
    for (SymbolDefinition symbol : after.symbols().values()) {
      if (!symbol.equals(before.symbols().get(symbol.name()))) {
        actions.add(() -> define(stream, symbol));
      }
    }
  }

  private void remove(int stream, String key) {
    if (!output.removeAtom(stream, output.name(key))) {
      throw new AssertionError("atom " + key + " did not exist");
    }
  }

  private void removeSymbol(int stream, String name) {
    if (!output.removeSymbol(stream, output.name(name))) {
      throw new AssertionError("symbol " + name + " did not exist");
    }
  }

  private void define(int stream, SymbolDefinition symbol) throws LinkException {
    @Nullable String alias = symbol.target();
    int target = alias == null ? -1 : output.name(alias);
    int name = output.name(symbol.name());
    output.defineSymbol(stream, name, target, symbol.value(), symbol.size(), symbol.info());
  }

  private void put(int stream, Atom atom) throws LinkException {
    update.clear();
    update.key = output.name(atom.key());
    update.section = output.name(atom.section());
    update.sectionType = atom.sectionType();
    update.sectionFlags = atom.sectionFlags();
    update.alignment = atom.alignment();
    update.size = atom.size();
    update.bytes = atom.content() ? MemorySegment.ofArray(atom.bytes()) : MemorySegment.NULL;
    for (Definition definition : atom.definitions()) {
      update.addDefinition(
          output.name(definition.name()),
          definition.offset(),
          definition.size(),
          definition.info());
    }
    for (Relocation relocation : atom.relocations()) {
      update.addRelocation(
          relocation.offset(),
          relocation.kind(),
          relocation.space().code(),
          output.name(relocation.target()),
          relocation.addend());
    }
    output.putAtom(stream, update);
  }
}
