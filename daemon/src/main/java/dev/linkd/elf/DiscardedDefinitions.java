package dev.linkd.elf;

import dev.linkd.object.ElfObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Definitions that do not count because another input's COMDAT group of the same signature does,
 * which lacks the name: sources disagree about a class or a template. Everything is looked up in
 * the objects' files, so that it costs nothing while there is nothing to report.
 */
final class DiscardedDefinitions {
  private final LinkState state;

  DiscardedDefinitions(LinkState state) {
    this.state = state;
  }

  /**
   * A definition in a group that does not count.
   *
   * @param prevailing name of the input whose group counts
   */
  record Found(String input, String section, String signature, String prevailing) {

    /** What lld says of it. */
    List<String> notes() {
      return List.of(
          "defined in " + input,
          "section group signature: " + signature,
          "prevailing definition is in " + prevailing);
    }

    /** What GNU ld says of it. */
    String place() {
      return "defined in discarded section `%s[%s]' of %s".formatted(section, signature, input);
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
    if (object.groups() == 0) {
      return Optional.empty();
    }
    for (int y = object.firstGlobal(); y < object.symbols(); y++) {
      int section = object.symbolSection(y);
      int group = section > 0 ? object.groupOf(section) : -1;
      if (group >= 0 && object.groupComdat(group) && object.symbolName(y).equals(name)) {
        String signature = object.groupSignature(group);
        return prevailing(signature)
            .map(p -> new Found(input.name, object.sectionName(section), signature, p.name));
      }
    }
    return Optional.empty();
  }

  private Optional<ObjectInput> prevailing(String signature) {
    return objects().stream()
        .filter(input -> Groups.signatures(input.object).contains(signature))
        .findFirst();
  }
}
