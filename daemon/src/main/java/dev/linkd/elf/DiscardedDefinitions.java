package dev.linkd.elf;

import dev.linkd.object.ElfObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Definitions that do not count because their section is not linked: a linker script discards it,
 * or another input's COMDAT group of the same signature counts, which lacks the name, because
 * sources disagree about a class or a template. Everything is looked up in the objects' files, so
 * that it costs nothing while there is nothing to report.
 */
final class DiscardedDefinitions {
  private final LinkState state;

  DiscardedDefinitions(LinkState state) {
    this.state = state;
  }

  static final String MESSAGE = "relocation refers to a symbol in a discarded section: ";

  /**
   * A definition that does not count.
   *
   * @param signature of its group; empty when the section is in none
   * @param prevailing name of the input whose group counts
   */
  record Found(String input, String section, String signature, String prevailing) {

    /** What lld says of it. */
    List<String> notes() {
      if (signature.isEmpty()) {
        return List.of("defined in " + input);
      }
      return List.of(
          "defined in " + input,
          "section group signature: " + signature,
          "prevailing definition is in " + prevailing);
    }

    /** What GNU ld says of it. */
    String place() {
      String group = signature.isEmpty() ? "" : "[" + signature + "]";
      return "defined in discarded section `%s%s' of %s".formatted(section, group, input);
    }
  }

  /** The definition of an undefined symbol that does not count: it is held as a reference. */
  Optional<Found> find(int symbol) {
    String name = state.name(symbol);
    int row = state.symbols.firstDefinition(symbol);
    for (; row != LinkState.NONE; row = state.definitions.next(row)) {
      if (state.inputs.get(state.definitions.input(row)) instanceof ObjectInput input) {
        Optional<Found> found = find(input, name);
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }

  private List<ObjectInput> objects() {
    List<ObjectInput> objects = new ArrayList<>();
    state.inputs.forEach(
        input -> {
          if (input instanceof ObjectInput object) {
            objects.add(object);
          }
        });
    objects.sort(Comparator.comparingLong(object -> object.order));
    return objects;
  }

  private Optional<Found> find(ObjectInput input, String name) {
    ElfObject object = input.object;
    for (int y = object.firstGlobal(); y < object.symbols(); y++) {
      if (object.symbolSection(y) > 0 && object.symbolName(y).equals(name)) {
        return in(input, object, object.symbolSection(y));
      }
    }
    return Optional.empty();
  }

  /** What is defined in a section of an object that does not count. */
  Optional<Found> in(ObjectInput input, ElfObject object, int section) {
    int group = object.groups() == 0 ? -1 : object.groupOf(section);
    String name = object.sectionName(section);
    if (group < 0 || !object.groupComdat(group)) {
      return Optional.of(new Found(input.name, name, "", ""));
    }
    String signature = object.groupSignature(group);
    return prevailing(signature).map(p -> new Found(input.name, name, signature, p.name));
  }

  private Optional<ObjectInput> prevailing(String signature) {
    return objects().stream()
        .filter(input -> Groups.signatures(input.object).contains(signature))
        .findFirst();
  }
}
