package dev.linkd.oracle;

import dev.linkd.oracle.image.ElfSymbol;
import dev.linkd.oracle.model.Atom;
import dev.linkd.oracle.model.Definition;
import dev.linkd.oracle.model.Relocation;
import dev.linkd.oracle.naive.AtomId;
import dev.linkd.oracle.naive.NaiveLink;
import dev.linkd.oracle.naive.Target;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Where each atom of the model is in the published image. Global symbols say it for most atoms; an
 * atom with only local symbols, whose names need not be unique, is found through what refers to it,
 * and at last by its content. A wrong guess cannot hide a mistake: every symbol and every field of
 * a placed atom is checked afterwards.
 */
final class Placement {
  private final NaiveLink link;
  private final FieldReader fields;
  private final Map<AtomId, Long> addresses = new HashMap<>();
  private final Deque<AtomId> fresh = new ArrayDeque<>();
  private final Map<String, List<ElfSymbol>> symbols = new HashMap<>();

  Placement(NaiveLink link, List<ElfSymbol> symbols, FieldReader fields) {
    this.link = link;
    this.fields = fields;
    for (ElfSymbol symbol : symbols) {
      this.symbols.computeIfAbsent(symbol.name(), n -> new ArrayList<>()).add(symbol);
    }
    link.globals()
        .forEach((name, global) -> placeBySymbol(name, global.definition().offset(), global));
    placeByUniqueLocals();
    follow();
    placeByContent();
  }

  Map<AtomId, Long> addresses() {
    return addresses;
  }

  /** Address of a target; empty when its atom was not found. */
  OptionalLong address(Target target) {
    AtomId atom = target.atom();
    if (atom == null) {
      return OptionalLong.of(target.offset());
    }
    Long address = addresses.get(atom);
    return address == null ? OptionalLong.empty() : OptionalLong.of(address + target.offset());
  }

  private void placeBySymbol(String name, long offset, NaiveLink.Global global) {
    AtomId atom = global.target().atom();
    List<ElfSymbol> rows = symbols.getOrDefault(name, List.of());
    if (atom != null && global.target().offset() == offset && rows.size() == 1) {
      place(atom, rows.getFirst().value() - offset);
    }
  }

  private void placeByUniqueLocals() {
    Map<String, Integer> counts = new HashMap<>();
    link.locals().forEach(l -> counts.merge(l.definition().name(), 1, Integer::sum));
    for (NaiveLink.Local local : link.locals()) {
      List<ElfSymbol> rows = symbols.getOrDefault(local.definition().name(), List.of());
      Integer count = counts.get(local.definition().name());
      AtomId atom = local.target().atom();
      if (atom != null && rows.size() == 1 && count != null && count == 1) {
        place(atom, rows.getFirst().value() - local.definition().offset());
      }
    }
  }

  private void follow() {
    while (!fresh.isEmpty()) {
      AtomId id = fresh.remove();
      Atom atom = atom(id);
      Long address = addresses.get(id);
      for (Relocation relocation : atom.relocations()) {
        AtomId target = link.target(id.stream(), relocation).map(Target::atom).orElse(null);
        if (address != null && target != null && !addresses.containsKey(target)) {
          long inside = link.target(id.stream(), relocation).orElseThrow().offset();
          fields.implied(address, atom, relocation).ifPresent(at -> place(target, at - inside));
        }
      }
    }
  }

  /** Atoms that nothing refers to: equal content makes candidates interchangeable. */
  private void placeByContent() {
    Set<ElfSymbol> taken = new HashSet<>();
    for (NaiveLink.Local local : link.locals()) {
      rows(local).filter(row -> placedAt(local, row)).findFirst().ifPresent(taken::add);
    }
    for (NaiveLink.Local local : mostAlignedFirst()) {
      AtomId id = local.target().atom();
      if (id != null && !addresses.containsKey(id)) {
        long offset = local.definition().offset();
        rows(local)
            .filter(row -> !taken.contains(row))
            .filter(row -> (row.value() - offset) % atom(id).alignment() == 0)
            .filter(row -> fields.contentEquals(row.value() - offset, atom(id)))
            .findFirst()
            .ifPresent(
                row -> {
                  taken.add(row);
                  place(id, row.value() - offset);
                  follow();
                });
      }
    }
  }

  /** Which of two empty atoms is where can only be told by their alignments. */
  private List<NaiveLink.Local> mostAlignedFirst() {
    return link.locals().stream()
        .sorted(Comparator.comparingLong((NaiveLink.Local l) -> -alignment(l)))
        .toList();
  }

  private long alignment(NaiveLink.Local local) {
    AtomId id = local.target().atom();
    return id == null ? 1 : atom(id).alignment();
  }

  /** Symbols that could be the local one. */
  private Stream<ElfSymbol> rows(NaiveLink.Local local) {
    Definition definition = local.definition();
    return symbols.getOrDefault(definition.name(), List.of()).stream()
        .filter(row -> row.size() == definition.size() && row.type() == definition.type());
  }

  private boolean placedAt(NaiveLink.Local local, ElfSymbol row) {
    Long address = addresses.get(local.target().atom());
    return address != null && address + local.definition().offset() == row.value();
  }

  private void place(AtomId atom, long address) {
    if (addresses.putIfAbsent(atom, address) == null) {
      fresh.add(atom);
    }
  }

  private Atom atom(AtomId id) {
    Atom atom = link.model().stream(id.stream()).atoms().get(id.key());
    if (atom == null) {
      throw new IllegalStateException("no atom " + id);
    }
    return atom;
  }
}
