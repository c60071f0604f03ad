package dev.linkd.oracle.program;

/** Edits of functions: what a programmer changes most. */
final class FunctionEdits {
  private static final int HUGE = 60_000;

  private final Program program;
  private final Choice choice;

  FunctionEdits(Program program, Choice choice) {
    this.program = program;
    this.choice = choice;
  }

  void add() {
    int number = program.next();
    Function function =
        new Function(
            "fn" + number,
            choice.globalName("f"),
            choice.stream(),
            choice.level(),
            choice.number());
    int steps = choice.below(5);
    for (int i = 0; i < steps; i++) {
      function.steps.add(choice.step(function));
    }
    function.alignment = 1L << choice.below(6);
    program.functions().add(function);
  }

  void remove() {
    choice
        .function()
        .ifPresent(
            f -> {
              program.functions().remove(f);
              program.forget(f);
            });
  }

  /** Another function takes over the key and the name. */
  void replace() {
    choice
        .function()
        .filter(f -> !f.hasTwin())
        .ifPresent(
            old -> {
              program.functions().remove(old);
              program.forget(old);
              Function function =
                  new Function(old.key, old.name, old.stream, old.level, choice.number());
              function.scope = old.scope;
              program.functions().add(function);
            });
  }

  void constant() {
    choice.function().ifPresent(f -> f.constant = choice.number());
  }

  void grow() {
    choice.function().ifPresent(f -> f.padding += 1 + choice.below(200));
  }

  void growHugely() {
    choice.function().ifPresent(f -> f.padding += HUGE + choice.below(HUGE));
  }

  void shrink() {
    choice.function().ifPresent(f -> f.padding -= Math.min(f.padding, 1 + choice.below(200)));
  }

  /** Functions do not stay big for ever. */
  void shrinkBiggest() {
    program.functions().stream()
        .max(java.util.Comparator.comparingInt(f -> f.padding))
        .ifPresent(f -> f.padding = choice.below(50));
  }

  void align() {
    choice.function().ifPresent(f -> f.alignment = 1L << choice.below(9));
  }

  void addStep() {
    choice
        .function()
        .filter(f -> f.steps.size() < 8)
        .ifPresent(f -> f.steps.add(choice.below(f.steps.size() + 1), choice.step(f)));
  }

  void removeStep() {
    choice
        .function()
        .filter(f -> !f.steps.isEmpty())
        .ifPresent(f -> f.steps.remove(choice.below(f.steps.size())));
  }

  /** The same instruction refers to something else. */
  void retarget() {
    choice
        .function()
        .filter(f -> !f.steps.isEmpty())
        .ifPresent(
            f -> {
              int at = choice.below(f.steps.size());
              Step step = f.steps.get(at);
              if (step.target() != null) {
                choice.target(step.kind(), f).ifPresent(t -> f.steps.set(at, step.with(t)));
              }
            });
  }

  /** The weak definition exists beside the strong one, which wins. */
  void addTwin() {
    choice
        .function()
        .filter(f -> f.scope == Entity.Scope.GLOBAL && !f.hasTwin())
        .ifPresent(
            f -> {
              String stream = choice.stream();
              if (!stream.equals(f.stream)) {
                f.twinStream = stream;
                f.twinConstant = choice.number();
              }
            });
  }

  /** The strong definition goes away, or comes back. */
  void toggleStrong() {
    choice
        .one(program.functions().stream().filter(Function::hasTwin).toList())
        .ifPresent(f -> f.strong = !f.strong);
  }

  void removeTwin() {
    choice
        .one(program.functions().stream().filter(Function::hasTwin).toList())
        .ifPresent(
            f -> {
              f.twinStream = "";
              f.strong = true;
            });
  }
}
