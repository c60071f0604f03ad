package dev.linkd.oracle.program;

import java.util.Arrays;

/** Edits of data objects and tables of pointers. */
final class DataEdits {
  private final Program program;
  private final Choice choice;

  DataEdits(Program program, Choice choice) {
    this.program = program;
    this.choice = choice;
  }

  void add() {
    DataObject.Kind kind = DataObject.Kind.values()[choice.below(DataObject.Kind.values().length)];
    int number = program.next();
    DataObject object =
        new DataObject(
            "data" + number, choice.globalName("d"), choice.stream(), kind, choice.level());
    object.words = kind.words() ? words(choice.below(20)) : object.words;
    object.zeros = kind == DataObject.Kind.ZEROS ? 4 * choice.below(100) : 0;
    for (int i = choice.below(6); kind.pointers() && i > 0; i--) {
      choice.pointer(object).ifPresent(object.pointers::add);
    }
    program.objects().add(object);
  }

  void remove() {
    choice
        .object()
        .ifPresent(
            o -> {
              program.objects().remove(o);
              program.forget(o);
            });
  }

  void change() {
    choice
        .object()
        .filter(o -> o.words.length > 0)
        .ifPresent(o -> o.words[choice.below(o.words.length)] = choice.number());
  }

  /** Sometimes to nothing: an atom of size 0 still has a symbol. */
  void resize() {
    choice
        .object()
        .ifPresent(
            o -> {
              int count = choice.chance(6) ? 0 : 1 + choice.below(choice.chance(10) ? 4000 : 60);
              if (o.kind == DataObject.Kind.ZEROS) {
                o.zeros = 4 * count;
              } else if (o.kind.words() && (count > 0 || !pointedAt(o))) {
                int old = o.words.length;
                o.words = Arrays.copyOf(o.words, count);
                for (int i = old; i < count; i++) {
                  o.words[i] = choice.number();
                }
              }
            });
  }

  void addPointer() {
    choice
        .one(program.objects().stream().filter(o -> o.kind.pointers()).toList())
        .filter(o -> o.pointers.size() < 30)
        .ifPresent(
            o ->
                choice
                    .pointer(o)
                    .ifPresent(p -> o.pointers.add(choice.below(o.pointers.size() + 1), p)));
  }

  void removePointer() {
    choice
        .one(program.objects().stream().filter(o -> !o.pointers.isEmpty()).toList())
        .ifPresent(o -> o.pointers.remove(choice.below(o.pointers.size())));
  }

  void align() {
    choice.object().ifPresent(o -> o.alignment = (o.kind.pointers() ? 8L : 4L) << choice.below(7));
  }

  /** The atom goes from .rodata to .data or back. */
  void toggleConstant() {
    choice
        .object()
        .filter(o -> o.kind.words())
        .ifPresent(
            o ->
                o.kind =
                    o.kind == DataObject.Kind.CONSTANTS
                        ? DataObject.Kind.VARIABLES
                        : DataObject.Kind.CONSTANTS);
  }

  private boolean pointedAt(DataObject object) {
    return program.objects().stream()
        .flatMap(o -> o.pointers.stream())
        .anyMatch(p -> p.entity().equals(object));
  }

  private int[] words(int count) {
    int[] words = new int[count];
    Arrays.setAll(words, i -> choice.number());
    return words;
  }
}
