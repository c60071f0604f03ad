package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.SHF_ALLOC;

import dev.linkd.diag.Code;
import dev.linkd.diag.Diagnostic;
import dev.linkd.diag.LinkException;
import dev.linkd.diag.Place;
import dev.linkd.object.ElfObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Relocations of an object to what is local to it and lies in a section that is not linked. */
final class DiscardedReferences {

  /** So many places are shown. */
  private static final int PLACES_MAX = 3;

  private final LinkState state;
  private final ObjectSections sections;

  DiscardedReferences(LinkState state, ObjectSections sections) {
    this.state = state;
    this.sections = sections;
  }

  /** Names the symbol and everything that refers to it. */
  LinkException fault(ObjectInput input, ElfObject object, int symbol, Place first) {
    int home = object.symbolSection(symbol);
    Optional<DiscardedDefinitions.Found> found =
        new DiscardedDefinitions(state).in(input, object, home);
    List<String> notes = new ArrayList<>();
    found.ifPresent(definition -> notes.addAll(definition.notes()));
    int count = 0;
    for (int s = 1; s < object.sections(); s++) {
      boolean loaded = (object.sectionFlags(s) & SHF_ALLOC) != 0;
      int relocations =
          loaded && sections.fate(s) == ObjectSections.ATOM ? object.relocationCount(s) : 0;
      for (int r = 0; r < relocations; r++) {
        if (object.relocationSymbol(s, r) == symbol && count++ < PLACES_MAX) {
          long offset = object.relocationOffset(s, r);
          notes.addAll(SourcePlaces.lines("referenced by ", input, object, s, offset));
        }
      }
    }
    if (count > PLACES_MAX) {
      notes.add("referenced " + (count - PLACES_MAX) + " more times");
    }
    found.ifPresent(definition -> notes.add(definition.place()));
    String name = object.symbolName(symbol);
    String shown = name.isEmpty() ? object.sectionName(home) : name;
    return new LinkException(
        Diagnostic.error(
            Code.UNDEFINED_SYMBOL,
            first,
            DiscardedDefinitions.MESSAGE + shown,
            notes.toArray(String[]::new)));
  }
}
