package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.SHT_NOBITS;

import dev.linkd.diag.Code;
import dev.linkd.diag.Diagnostic;
import dev.linkd.diag.Place;
import dev.linkd.object.ElfObject;
import dev.linkd.table.Layouts;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Sections {@code .gnu.warning.SYMBOL}: their text is printed when another input refers to the
 * symbol. Warns once for each input, at its first reference in the image.
 */
final class SymbolWarnings {

  static final String PREFIX = ".gnu.warning.";

  private static final int NONE = -1;

  /** The name of a symbol, and what is to be said of it. */
  private record Warning(int name, String text) {}

  private final LinkState state;

  /** By the number of the input that contains the sections. */
  private final Map<Integer, List<Warning>> byInput = new TreeMap<>();

  SymbolWarnings(LinkState state) {
    this.state = state;
  }

  /** Takes over what a version of an object says. */
  void replace(Input input, ElfObject object) {
    remove(input);
    if (!object.gnuSections()) {
      return;
    }
    List<Warning> warnings = new ArrayList<>();
    for (int s = 1; s < object.sections(); s++) {
      if (object.sectionNameStartsWith(s, PREFIX) && object.sectionType(s) != SHT_NOBITS) {
        int name = state.names.intern(object.sectionName(s).substring(PREFIX.length()));
        state.names.retain(name);
        byte[] text = object.sectionBytes(s).toArray(Layouts.BYTE);
        warnings.add(new Warning(name, text(text)));
      }
    }
    if (!warnings.isEmpty()) {
      byInput.put(input.number, warnings);
    }
  }

  /** Up to the NUL that ends it, or the line. */
  private static String text(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    int end = text.indexOf('\0');
    return (end < 0 ? text : text.substring(0, end)).strip();
  }

  void remove(Input input) {
    List<Warning> old = byInput.remove(input.number);
    if (old != null) {
      old.forEach(warning -> state.names.release(warning.name()));
    }
  }

  /** Costs as much as there are references to such symbols. */
  void report() {
    if (byInput.isEmpty()) {
      return;
    }
    byInput.forEach((input, warnings) -> warnings.forEach(warning -> report(input, warning)));
  }

  private void report(int owner, Warning warning) {
    int symbol = state.global(warning.name());
    if (symbol == NONE) {
      return;
    }
    Map<Integer, Integer> firsts = new HashMap<>();
    int row = state.symbols.firstReference(symbol);
    for (; row != NONE; row = state.relocations.next(row)) {
      int atom = state.relocations.atom(row);
      int input = state.atoms.input(atom);
      if (input != owner && state.placed(atom)) {
        firsts.merge(input, row, (a, b) -> before(a, b) ? a : b);
      }
      state.work.relocations++;
    }
    firsts.entrySet().stream()
        .sorted(Comparator.comparingLong(entry -> state.inputs.get(entry.getKey()).order))
        .forEach(entry -> state.problems.add(diagnostic(entry.getValue(), warning)));
  }

  /** By section and offset: the same whatever the history of edits. */
  private boolean before(int a, int b) {
    String first = section(a);
    String second = section(b);
    return first.equals(second)
        ? state.relocations.offset(a) <= state.relocations.offset(b)
        : first.compareTo(second) < 0;
  }

  private String section(int row) {
    return state.names.string(state.atoms.sectionName(state.relocations.atom(row)));
  }

  private Diagnostic diagnostic(int row, Warning warning) {
    Input input = state.inputs.get(state.atoms.input(state.relocations.atom(row)));
    Place place = Place.section(input.name, section(row), state.relocations.offset(row));
    return Diagnostic.warning(Code.WARNED_SYMBOL, place, warning.text());
  }
}
