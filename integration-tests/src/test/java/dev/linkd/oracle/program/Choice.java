package dev.linkd.oracle.program;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Random choices among the parts of a program. */
final class Choice {
  private static final List<String> STREAMS =
      List.of(Program.MAIN, "unit_a", "unit_b", "unit_c", "unit_d");
  private static final int LOCAL_NAMES = 40;
  private static final int LEVELS = 4;

  private final Program program;
  private final Random random;
  private final boolean independent;

  Choice(Program program, Random random, boolean independent) {
    this.independent = independent;
    this.program = program;
    this.random = random;
  }

  int below(int bound) {
    return random.nextInt(bound);
  }

  int number() {
    return random.nextInt();
  }

  boolean chance(int oneIn) {
    return random.nextInt(oneIn) == 0;
  }

  <T> Optional<T> one(List<T> from) {
    return from.isEmpty() ? Optional.empty() : Optional.of(from.get(random.nextInt(from.size())));
  }

  Optional<Function> function() {
    return one(program.functions());
  }

  Optional<DataObject> object() {
    return one(program.objects());
  }

  Optional<Entity> entity() {
    return one(program.entities().toList());
  }

  String stream() {
    return STREAMS.get(random.nextInt(STREAMS.size()));
  }

  int level() {
    return random.nextInt(LEVELS);
  }

  /** A name that no global symbol has; names of removed symbols come back now and then. */
  String globalName(String prefix) {
    while (true) {
      String name = prefix + "_" + random.nextInt(100_000 + program.next());
      boolean taken = program.entities().anyMatch(e -> e.name.equals(name));
      boolean alias = program.aliases().stream().anyMatch(a -> a.symbol().equals(name));
      if (!taken && !alias) {
        return name;
      }
    }
  }

  /** A name that is free in the stream, but probably used in others. */
  Optional<String> localName(String stream) {
    String name = "local_" + random.nextInt(LOCAL_NAMES);
    boolean taken =
        program.entities().anyMatch(e -> e.stream.equals(stream) && e.name.equals(name));
    return taken ? Optional.empty() : Optional.of(name);
  }

  /** A step that a function of that level and stream may contain. */
  Step step(Function user) {
    Step.Kind kind = Step.Kind.values()[random.nextInt(Step.Kind.values().length)];
    if (independent && kind.holdsAddress()) {
      kind = Step.Kind.LOAD_PC32;
    }
    boolean tooMany = kind.calls() && user.calls() >= 3;
    if (kind == Step.Kind.CONSTANT || tooMany) {
      return Step.constant(number());
    }
    if (kind.usesNumber()) {
      return new Step(kind, null, number() >>> 1, false);
    }
    int index = number() >>> 1;
    Step.Kind chosen = kind;
    return target(kind, user)
        .map(t -> new Step(chosen, t, index, chance(3)))
        .orElseGet(() -> Step.constant(index));
  }

  /** Something that a step of that kind may use. */
  Optional<Referable> target(Step.Kind kind, Function user) {
    List<Referable> all =
        allReferables().stream()
            .filter(r -> r.visibleFrom(user.stream) && fits(kind, r.entity(), user.level))
            .toList();
    return one(all);
  }

  /** Something that a table may point at. */
  Optional<Referable> pointer(DataObject table) {
    boolean functions = table.kind == DataObject.Kind.FUNCTION_POINTERS;
    List<Referable> all =
        allReferables().stream()
            .filter(r -> r.visibleFrom(table.stream))
            .filter(
                r ->
                    switch (r.entity()) {
                      case Function f -> functions && f.level <= table.level;
                      case DataObject d -> !functions && d.kind.words() && d.words.length > 0;
                    })
            .toList();
    return one(all);
  }

  private List<Referable> allReferables() {
    List<Referable> all = new ArrayList<>(program.aliases());
    all.addAll(program.functions());
    all.addAll(program.objects());
    return all;
  }

  private static boolean fits(Step.Kind kind, Entity entity, int level) {
    if (entity instanceof DataObject object) {
      return switch (kind) {
        case CALL_TABLE -> object.kind == DataObject.Kind.FUNCTION_POINTERS && object.level < level;
        case LOAD_TABLE -> object.kind == DataObject.Kind.DATA_POINTERS;
        case STORE_AND_LOAD -> object.kind == DataObject.Kind.ZEROS;
        default -> kind.loadsWord() && object.kind.words();
      };
    }
    return entity instanceof Function callee && kind.callsFunction() && callee.level < level;
  }
}
