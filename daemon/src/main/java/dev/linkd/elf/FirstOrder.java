package dev.linkd.elf;

import dev.linkd.mapped.MappedFile;
import dev.linkd.mapped.Policy;
import dev.linkd.mapped.WindowFullException;
import dev.linkd.object.Glob;
import dev.linkd.output.SectionOrder;
import dev.linkd.symbol.Definitions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntUnaryOperator;

/**
 * Brings what floating sections contain into the order that the user asks for, once: when a first
 * link has found out what belongs to the image and before anything is written. Later edits find
 * places where there is room, as always.
 */
final class FirstOrder {

  private static final int NONE = -1;

  private final LinkState state;
  private final Layout layout;
  private final AtomContents contents;
  private final SectionOrder order;
  private boolean done;

  FirstOrder(LinkState state, Layout layout) {
    this.state = state;
    this.layout = layout;
    this.contents = new AtomContents(state, layout);
    this.order = state.spec.layout().placement().order();
    this.done = order.kind() == SectionOrder.Kind.INPUTS || layout.scripted();
  }

  boolean pending() {
    return !done;
  }

  void apply() {
    done = true;
    Random random = new Random(order.seed());
    for (OutputSection section : layout.sections()) {
      boolean floating = !section.dense && section.tableSize < 0 && !section.unwind();
      if (floating && section.allocated()) {
        List<Integer> atoms = atoms(section);
        arrange(atoms, random);
        place(section, atoms);
      }
    }
  }

  private List<Integer> atoms(OutputSection section) {
    List<Integer> atoms = new ArrayList<>();
    MappedFile file = state.file;
    for (int node = file.first(section.node); node != NONE; node = file.next(node)) {
      if (Owners.isAtom(file.owner(node))) {
        atoms.add(file.owner(node));
      }
    }
    return atoms;
  }

  private void arrange(List<Integer> atoms, Random random) {
    switch (order.kind()) {
      case INPUTS -> {}
      case REVERSED -> Collections.reverse(atoms);
      case SHUFFLED -> Collections.shuffle(atoms, random);
      case SYMBOLS -> {
        Map<String, Integer> ranks = new HashMap<>();
        order.names().forEach(name -> ranks.putIfAbsent(name, ranks.size()));
        sort(atoms, atom -> bySymbol(atom, ranks));
      }
      case SECTIONS -> {
        List<Glob> patterns = order.names().stream().map(Glob::new).toList();
        sort(atoms, atom -> bySection(atom, patterns));
      }
    }
  }

  /** Each atom is ranked once; equal ranks keep their order. */
  private static void sort(List<Integer> atoms, IntUnaryOperator rank) {
    Map<Integer, Integer> ranks = new HashMap<>();
    atoms.forEach(atom -> ranks.put(atom, rank.applyAsInt(atom)));
    atoms.sort(Comparator.comparingInt(ranks::get));
  }

  private int bySymbol(int atom, Map<String, Integer> ranks) {
    int best = Integer.MAX_VALUE;
    Definitions definitions = state.definitions;
    int row = state.atoms.firstDefinition(atom);
    for (; row != NONE; row = definitions.nextOfOwner(row)) {
      String name = state.name(definitions.symbol(row));
      int end = name.indexOf('\0'); // equal local names of one input differ behind it
      best = Math.min(best, ranks.getOrDefault(end < 0 ? name : name.substring(0, end), best));
    }
    return best;
  }

  private int bySection(int atom, List<Glob> patterns) {
    String name = state.names.string(state.atoms.sectionName(atom));
    for (int i = 0; i < patterns.size(); i++) {
      if (patterns.get(i).matches(name)) {
        return i;
      }
    }
    return patterns.size();
  }

  private void place(OutputSection section, List<Integer> atoms) {
    MappedFile file = state.file;
    atoms.forEach(atom -> file.remove(state.atoms.node(atom)));
    for (int atom : atoms) {
      long size = section.place(state.atoms.size(atom));
      int alignment = state.atoms.alignmentLog2(atom);
      try {
        state.atoms.setNode(atom, file.add(section.node, Policy.FIXED, size, alignment, atom));
      } catch (WindowFullException e) {
        throw new TableTooLargeException(section.name, e);
      }
      contents.write(atom);
      state.atomMoved(atom);
    }
  }
}
