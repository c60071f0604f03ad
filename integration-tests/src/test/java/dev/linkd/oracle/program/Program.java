package dev.linkd.oracle.program;

import dev.linkd.oracle.image.Elf;
import dev.linkd.oracle.model.Atom;
import dev.linkd.oracle.model.Definition;
import dev.linkd.oracle.model.Model;
import dev.linkd.oracle.model.Relocation;
import dev.linkd.oracle.model.SymbolDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A program as the edits see it; {@link #model} is what a linker is given. */
public final class Program {
  static final String START = "_start";
  static final String ROOTS = "roots";
  static final String RESULT = "result";

  /** The stream of the fixed parts. */
  static final String MAIN = "main";

  private final List<Function> functions = new ArrayList<>();
  private final List<DataObject> objects = new ArrayList<>();
  private final List<Alias> aliases = new ArrayList<>();
  private final Numbers numbers = new Numbers();
  private int created;

  List<Function> functions() {
    return functions;
  }

  List<DataObject> objects() {
    return objects;
  }

  List<Alias> aliases() {
    return aliases;
  }

  Numbers numbers() {
    return numbers;
  }

  /** A number that no earlier call returned. */
  int next() {
    return created++;
  }

  Stream<Entity> entities() {
    return Stream.concat(functions.stream(), objects.stream());
  }

  /** The functions that _start calls. */
  List<Function> roots() {
    return functions.stream().filter(f -> f.visibleFrom(MAIN)).toList();
  }

  /** What the program prints, and in its low byte returns. */
  public int checksum() {
    return new Evaluator(this).checksum();
  }

  public Model model() {
    Model model = new Model();
    List<Function> roots = roots();
    model.stream(MAIN).put(Emitter.start(MAIN, roots.size()));
    model.stream(MAIN).put(roots(roots));
    model.stream(MAIN).put(result());
    for (Function function : functions) {
      if (function.strong) {
        model.stream(function.stream).put(Emitter.function(function));
      }
      if (function.hasTwin()) {
        model.stream(function.twinStream).put(Emitter.twin(function));
      }
    }
    objects.forEach(o -> model.stream(o.stream).put(Emitter.data(o)));
    aliases.forEach(a -> model.stream(a.stream()).put(a.definition()));
    numbers.values().forEach((name, value) -> model.stream(MAIN).put(absolute(name, value)));
    return model;
  }

  private static Atom roots(List<Function> roots) {
    List<Relocation> relocations = new ArrayList<>();
    for (int i = 0; i < roots.size(); i++) {
      Function root = roots.get(i);
      relocations.add(new Relocation(8L * i, Elf.R_X86_64_64, root.space(), root.name, 0));
    }
    int size = 8 * roots.size();
    return object(ROOTS, ".data.unit.roots", Elf.SHT_PROGBITS, 8, size, relocations);
  }

  private static Atom result() {
    return object(RESULT, ".bss.unit.result", Elf.SHT_NOBITS, 4, 4, List.of());
  }

  private static Atom object(
      String name, String section, int type, int alignment, int size, List<Relocation> fields) {
    int info = Elf.STB_GLOBAL << 4 | Elf.STT_OBJECT;
    return new Atom(
        name,
        section,
        type,
        Elf.SHF_ALLOC | Elf.SHF_WRITE,
        alignment,
        size,
        new byte[type == Elf.SHT_NOBITS ? 0 : size],
        List.of(new Definition(name, 0, size, info)),
        fields);
  }

  private static SymbolDefinition absolute(String name, long value) {
    return new SymbolDefinition(name, null, value, 0, Elf.STB_GLOBAL << 4 | Elf.STT_NOTYPE);
  }

  /** Streams in which the entity is referred to by its own name. */
  List<String> users(Entity entity) {
    List<String> streams = new ArrayList<>();
    for (Function function : functions) {
      if (function.steps.stream().anyMatch(s -> s.uses(entity))) {
        streams.add(function.stream);
      }
    }
    for (DataObject object : objects) {
      if (object.pointers.contains(entity)) {
        streams.add(object.stream);
      }
    }
    aliases.stream().filter(a -> a.target().equals(entity)).forEach(a -> streams.add("any"));
    return streams;
  }

  /** Takes every use of something out of the program. */
  void forget(Referable referable) {
    for (Function function : functions) {
      function.steps.replaceAll(s -> s.uses(referable) ? Step.constant(s.index()) : s);
    }
    objects.forEach(o -> o.pointers.removeIf(referable::equals));
    for (Alias alias : List.copyOf(aliases)) {
      if (alias.target().equals(referable)) {
        forget(alias);
        aliases.remove(alias);
      }
    }
  }
}
