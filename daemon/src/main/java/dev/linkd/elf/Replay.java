package dev.linkd.elf;

import dev.linkd.diag.LinkException;
import dev.linkd.output.AtomUpdate;
import dev.linkd.output.Atoms;
import dev.linkd.reloc.Relocations;
import dev.linkd.symbol.Definitions;
import dev.linkd.symbol.Symbols;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Feeds the inputs of one link to an empty one: files are read from disk again, streamed atoms are
 * taken from the contents that are held. No decision of the first link is passed on.
 */
final class Replay {

  private static final int NONE = -1;

  private final LinkState from;
  private final StreamedUnwind unwind;
  private final Link to;
  private final AtomUpdate update = new AtomUpdate();

  Replay(Link from, Link to) {
    this.from = from.state;
    this.unwind = from.streams.unwind;
    this.to = to;
    to.state.inputs.continueAfter(this.from.inputs);
  }

  /**
   * @param made receives each stream of the new link
   */
  void streams(BiConsumer<String, Stream> made) throws LinkException {
    List<Stream> streams = new ArrayList<>();
    from.inputs.forEach(
        input -> {
          if (input instanceof Stream stream) {
            streams.add(stream);
          }
        });
    streams.sort(Comparator.comparingLong(s -> s.order));
    for (Stream stream : streams) {
      Stream copy =
          to.state.inputs.addAt(
              stream.number,
              stream.order,
              (number, order) -> new Stream(number, stream.name, order));
      to.parts.properties.addStream();
      made.accept(stream.name, copy);
      for (int atom = stream.firstAtom; atom != NONE; atom = from.atoms.next(atom)) {
        fill(atom);
        to.streams.put(copy, update);
      }
      loose(stream, copy);
    }
  }

  /**
   * @param made receives each declared library of the new link
   */
  void libraries(Map<String, Library> declared, BiConsumer<String, Library> made) {
    new ArrayList<>(declared.values())
        .forEach(
            library ->
                made.accept(
                    library.soname,
                    to.parts.providers.addLibrary(
                        library.place, library.soname, false, library.symbols)));
  }

  void files(List<InputFiles.Placed> files) throws LinkException {
    for (InputFiles.Placed file : files) {
      to.inputs.putAt(file);
    }
  }

  private int name(int id) {
    return to.state.names.intern(from.names.bytes(), from.names.offset(id), from.names.length(id));
  }

  private void fill(int atom) {
    Atoms atoms = from.atoms;
    update.clear();
    update.key = name(atoms.key(atom));
    update.section = name(atoms.sectionName(atom));
    update.sectionType = atoms.sectionType(atom);
    update.sectionFlags = atoms.sectionFlags(atom);
    update.alignment = 1L << atoms.alignmentLog2(atom);
    int cie = unwind.cie(atom);
    if (cie != NONE) {
      update.bytes = unwind.records(atom, cie);
      update.size = update.bytes.byteSize();
      relocations(cie, 0);
      relocations(atom, atoms.size(cie));
      return;
    }
    update.size = atoms.size(atom);
    if (atoms.content(atom) != NONE) {
      update.bytes = from.contentSegment(atom).asSlice(atoms.content(atom), atoms.size(atom));
    }
    definitions(atom);
    relocations(atom, 0);
  }

  /** The list holds the last definition first. */
  private void definitions(int atom) {
    IntQueue rows = new IntQueue();
    Definitions definitions = from.definitions;
    int row = from.atoms.firstDefinition(atom);
    for (; row != NONE; row = definitions.nextOfOwner(row)) {
      rows.add(row);
    }
    for (int i = rows.size() - 1; i >= 0; i--) {
      row = rows.get(i);
      update.addDefinition(
          name(from.symbols.name(definitions.symbol(row))),
          definitions.value(row),
          definitions.size(row),
          definitions.info(row));
    }
  }

  /**
   * @param before bytes of the update before those of the atom
   */
  private void relocations(int atom, long before) {
    int first = from.atoms.firstRelocation(atom);
    for (int row = first; row < first + from.atoms.relocations(atom); row++) {
      if (from.relocations.kind(row) == Unwind.CIE_POINTER) {
        continue; // made anew
      }
      int symbol = from.relocations.symbol(row);
      update.addRelocation(
          before + from.relocations.offset(row),
          from.relocations.kind(row),
          space(row, symbol),
          name(from.symbols.name(symbol)),
          from.relocations.addend(row));
    }
  }

  private byte space(int row, int symbol) {
    int scope = from.symbols.scope(symbol);
    if (scope == Symbols.GLOBAL) {
      boolean weak = from.relocations.flag(row, Relocations.WEAK);
      return weak ? AtomUpdate.TARGET_WEAK : AtomUpdate.TARGET_GLOBAL;
    }
    return Scopes.isAnchor(scope) ? AtomUpdate.TARGET_ATOM : AtomUpdate.TARGET_LOCAL;
  }

  private void loose(Stream stream, Stream copy) {
    Definitions definitions = from.definitions;
    int row = stream.firstDefinition;
    for (; row != NONE; row = definitions.nextOfOwner(row)) {
      int target = definitions.target(row);
      to.parts.streamSymbols.put(
          copy,
          to.state.symbol(Symbols.GLOBAL, name(from.symbols.name(definitions.symbol(row)))),
          definitions.kind(row),
          target == NONE ? NONE : to.state.symbol(Symbols.GLOBAL, name(from.symbols.name(target))),
          definitions.value(row),
          definitions.size(row),
          definitions.info(row));
    }
  }
}
