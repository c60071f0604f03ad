package dev.linkd.oracle.program;

import java.util.List;
import java.util.Optional;

/** Edits of names: who is called what, and who may know it. */
final class SymbolEdits {
  private final Program program;
  private final Choice choice;

  SymbolEdits(Program program, Choice choice) {
    this.program = program;
    this.choice = choice;
  }

  void rename() {
    choice
        .entity()
        .ifPresent(
            e -> {
              if (e.scope == Entity.Scope.LOCAL) {
                choice.localName(e.stream).ifPresent(n -> e.name = n);
              } else {
                e.name = choice.globalName(e instanceof Function ? "f" : "d");
              }
            });
  }

  /** Two functions exchange their names: each name is never gone, but means another atom. */
  void swapNames() {
    choice
        .function()
        .filter(SymbolEdits::plain)
        .ifPresent(
            first ->
                choice
                    .function()
                    .filter(SymbolEdits::plain)
                    .ifPresent(
                        second -> {
                          String name = first.name;
                          first.name = second.name;
                          second.name = name;
                        }));
  }

  private static boolean plain(Function function) {
    return function.scope == Entity.Scope.GLOBAL && !function.hasTwin();
  }

  void makeLocal() {
    choice
        .entity()
        .filter(e -> !(e instanceof Function f) || !f.hasTwin())
        .ifPresent(
            e -> {
              boolean onlyHere = program.users(e).stream().allMatch(e.stream::equals);
              if (onlyHere) {
                choice
                    .localName(e.stream)
                    .ifPresent(
                        n -> {
                          e.scope = Entity.Scope.LOCAL;
                          e.name = n;
                        });
              }
            });
  }

  void makeGlobal() {
    choice
        .one(program.entities().filter(e -> e.scope != Entity.Scope.GLOBAL).toList())
        .ifPresent(e -> widen(e, Entity.Scope.GLOBAL));
  }

  void makeHidden() {
    choice
        .entity()
        .filter(e -> !(e instanceof Function f) || !f.hasTwin())
        .ifPresent(e -> widen(e, Entity.Scope.HIDDEN));
  }

  private void widen(Entity entity, Entity.Scope scope) {
    if (entity.scope == Entity.Scope.LOCAL) {
      entity.name = choice.globalName(entity instanceof Function ? "f" : "d");
    }
    entity.scope = scope;
  }

  /** Another stream sends the atom from now on. */
  void move() {
    choice
        .entity()
        .filter(e -> !(e instanceof Function f) || !f.hasTwin())
        .ifPresent(
            e -> {
              widen(e, e.scope == Entity.Scope.LOCAL ? Entity.Scope.GLOBAL : e.scope);
              e.stream = choice.stream();
              repair();
            });
  }

  /** A whole stream is removed; another one has its atoms. */
  void mergeStreams() {
    String from = choice.stream();
    String to = choice.stream();
    if (!from.equals(Program.MAIN) && !from.equals(to)) {
      for (Entity entity : program.entities().filter(e -> e.stream.equals(from)).toList()) {
        boolean twin = entity instanceof Function f && f.hasTwin();
        if (!twin) {
          widen(entity, entity.scope == Entity.Scope.LOCAL ? Entity.Scope.GLOBAL : entity.scope);
          entity.stream = to;
        }
      }
      repair();
    }
  }

  void addAlias() {
    Optional<? extends Referable> target =
        choice.chance(4)
            ? choice.one(program.aliases())
            : choice.entity().filter(e -> e.scope != Entity.Scope.LOCAL);
    target
        .filter(e -> program.aliases().size() < 40)
        .ifPresent(
            e -> program.aliases().add(new Alias(choice.globalName("alias"), choice.stream(), e)));
  }

  void removeAlias() {
    choice
        .one(program.aliases())
        .ifPresent(
            a -> {
              program.aliases().remove(a);
              program.forget(a);
            });
  }

  void setNumber() {
    program.numbers().values().put(Numbers.always(choice.number()), (long) choice.below(100));
  }

  void toggleMaybe() {
    String name = Numbers.sometimes(choice.number());
    if (program.numbers().values().remove(name) == null) {
      program.numbers().values().put(name, 1L + choice.below(100));
    }
  }

  /** Takes out references to local symbols of other streams. */
  private void repair() {
    for (Function function : program.functions()) {
      function.steps.replaceAll(
          s ->
              s.target() == null || s.target().visibleFrom(function.stream)
                  ? s
                  : Step.constant(s.index()));
    }
    for (DataObject object : program.objects()) {
      List.copyOf(object.pointers).stream()
          .filter(p -> !p.visibleFrom(object.stream))
          .forEach(object.pointers::remove);
    }
  }
}
