package dev.linkd.elf;

import dev.linkd.symbol.Definitions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Addresses of sections, atoms and symbols, in the columns of lld's map file. */
final class MapReport {

  private static final int NONE = -1;
  private static final String HEADER =
      "             VMA              LMA     Size Align Out     In      Symbol\n";

  /** Sections once more, in one line each, with sizes as people read them. */
  private static final String SUMMARY = "\n           Address       Size  Align Section\n";

  private static final String INPUT_INDENT = "        ";
  private static final String SYMBOL_INDENT = INPUT_INDENT + INPUT_INDENT;

  private final LinkState state;
  private final Layout layout;
  private final SymbolView view;

  /** The file holds what is loaded and nothing else. */
  private final boolean copyOfMemory;

  private final StringBuilder text = new StringBuilder(HEADER);

  MapReport(Link link) {
    this.state = link.state;
    this.layout = link.parts.layout;
    this.view = link.parts.view;
    this.copyOfMemory = state.spec.content().finish().flat();
  }

  String text() {
    List<OutputSection> sections = new ArrayList<>();
    for (OutputSection section : layout.sections()) {
      boolean there = section.allocated() || !copyOfMemory;
      if (there && layout.size(section) > 0 && !section.pseudo() && !section.omitted) {
        sections.add(section);
      }
    }
    sections.sort(
        Comparator.comparing((OutputSection s) -> !s.allocated())
            .thenComparing(s -> s.address, Long::compareUnsigned)
            .thenComparing(s -> s.number));
    sections.forEach(this::section);
    text.append(SUMMARY);
    sections.forEach(this::summary);
    return text.toString();
  }

  private void summary(OutputSection section) {
    String address = "0x" + Long.toHexString(section.address);
    long alignment = 1L << section.alignmentLog2;
    text.append(
        String.format(
            "%18s %10d %6d %s%n", address, layout.size(section), alignment, section.name));
  }

  private void section(OutputSection section) {
    long size = layout.size(section);
    line(section.address, size, 1L << section.alignmentLog2, section.name);
    if (section.tableSize >= 0) {
      line(
          section.address,
          size,
          1L << section.alignmentLog2,
          INPUT_INDENT + "<internal>:(" + section.name + ")");
      return;
    }
    for (int node = state.file.first(section.node); node != NONE; node = state.file.next(node)) {
      int owner = state.file.owner(node);
      if (Owners.isAtom(owner)) {
        atom(owner);
      }
    }
  }

  private void atom(int atom) {
    String input = state.inputs.get(state.atoms.input(atom)).name;
    String section = state.names.string(state.atoms.sectionName(atom));
    line(
        layout.address(atom),
        state.atoms.size(atom),
        1L << state.atoms.alignmentLog2(atom),
        INPUT_INDENT + input + ":(" + section + ")");
    Definitions definitions = state.definitions;
    List<Integer> symbols = new ArrayList<>();
    int row = state.atoms.firstDefinition(atom);
    for (; row != NONE; row = definitions.nextOfOwner(row)) {
      int symbol = definitions.symbol(row);
      if (state.symbols.winner(symbol) == row) {
        symbols.add(symbol);
      }
    }
    symbols.sort(
        Comparator.comparingLong((Integer s) -> state.symbols.value(s)).thenComparing(this::name));
    for (int symbol : symbols) {
      line(
          view.definedAddress(symbol), state.symbols.size(symbol), 1, SYMBOL_INDENT + name(symbol));
    }
  }

  /** Up to the NUL behind which equal local names of one input differ. */
  private String name(int symbol) {
    String name = state.name(symbol);
    int end = name.indexOf('\0');
    return end < 0 ? name : name.substring(0, end);
  }

  private void line(long address, long size, long alignment, String what) {
    text.append(String.format("%16x %16x %8x %5d ", address, address, size, alignment));
    text.append(what).append('\n');
  }
}
