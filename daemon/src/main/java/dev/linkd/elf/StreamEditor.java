package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.diag.Code;
import dev.linkd.diag.LinkException;
import dev.linkd.diag.Place;
import dev.linkd.output.AtomUpdate;
import dev.linkd.symbol.Definitions;
import dev.linkd.symbol.Symbols;

/** Checks the atoms that clients send and turns their names into rows of the symbol table. */
final class StreamEditor {

  private static final int NONE = -1;
  private static final long SIZE_MAX = 1L << 31;

  private final LinkState state;
  private final ElfParts parts;
  private final AtomUpdate staged = new AtomUpdate();
  final StreamedUnwind unwind;

  StreamEditor(LinkState state, ElfParts parts) {
    this.state = state;
    this.parts = parts;
    this.unwind = new StreamedUnwind(state, parts);
  }

  void put(Stream stream, AtomUpdate update) throws LinkException {
    check(stream, update);
    staged.clear();
    staged.key = update.key;
    staged.section = update.section;
    staged.sectionType = update.sectionType;
    staged.sectionFlags = update.sectionFlags;
    staged.alignment = update.alignment;
    staged.size = update.size;
    staged.bytes = update.bytes;
    staged.bytesOffset = update.bytesOffset;
    int atom = state.atomIndex.get(stream.number, update.key);
    stageDefinitions(stream, update, atom);
    stageRelocations(stream, update, atom);
    staged.sortRelocations();
    int cie = atom == NONE ? NONE : unwind.cie(atom);
    if (unwind.concerns(update)) {
      unwind.put(stream, staged, cie);
      return;
    }
    parts.editor.put(stream, staged, NONE);
    if (cie != NONE) {
      unwind.left(atom, cie);
    }
  }

  private void stageDefinitions(Stream stream, AtomUpdate update, int atom) {
    // The list of an atom begins with what was defined last; nearly every list has one row.
    int row = atom == NONE || update.definitions != 1 ? NONE : state.atoms.firstDefinition(atom);
    int held = row == NONE ? NONE : state.definitions.symbol(row);
    for (int i = 0; i < update.definitions; i++) {
      int info = update.definitionInfo[i];
      boolean local = SymbolView.binding(info) == STB_LOCAL;
      int scope = local ? Scopes.local(stream.number) : Symbols.GLOBAL;
      staged.addDefinition(
          symbol(held, scope, update.definitionNames[i]),
          update.definitionOffsets[i],
          update.definitionSizes[i],
          info);
    }
  }

  private void stageRelocations(Stream stream, AtomUpdate update, int atom) {
    int first = atom == NONE ? NONE : state.atoms.firstRelocation(atom);
    int held = first == NONE ? 0 : state.atoms.relocations(atom);
    for (int i = 0; i < update.relocations; i++) {
      byte space = update.relocationSpaces[i];
      int symbol = i < held ? state.relocations.symbol(first + i) : NONE;
      staged.addRelocation(
          update.relocationOffsets[i],
          update.relocationKinds[i],
          space,
          target(stream, space, symbol, update.relocationTargets[i]),
          update.relocationAddends[i]);
    }
  }

  private int target(Stream stream, byte space, int held, int name) {
    return switch (space) {
      case AtomUpdate.TARGET_LOCAL -> symbol(held, Scopes.local(stream.number), name);
      case AtomUpdate.TARGET_ATOM -> parts.editor.anchors.of(stream, name);
      default -> symbol(held, Symbols.GLOBAL, name);
    };
  }

  /**
   * The symbol of a name. Most updates mention what the atom held already: then its row is read,
   * which has to be read anyway, instead of the index, which would be a cache miss more.
   */
  private int symbol(int held, int scope, int name) {
    Symbols symbols = state.symbols;
    return held != NONE && symbols.name(held) == name && symbols.scope(held) == scope
        ? held
        : state.symbol(scope, name);
  }

  private void check(Stream stream, AtomUpdate update) throws LinkException {
    if (Long.bitCount(update.alignment) != 1
        || Long.numberOfTrailingZeros(update.alignment) > AtomUpdate.ALIGNMENT_LOG2_MAX) {
      throw invalid(stream, update, "alignment " + update.alignment + " is not supported");
    }
    if (update.size < 0 || update.size > SIZE_MAX) {
      throw invalid(stream, update, "size " + update.size + " is out of range");
    }
    if (StreamRules.isTable(update.sectionType)) {
      throw invalid(
          stream,
          update,
          "a section of type " + update.sectionType + " is made by linkd; no atom can be in it");
    }
    boolean content = update.sectionType != SHT_NOBITS;
    if (content && update.bytes.byteSize() - update.bytesOffset != update.size) {
      throw invalid(stream, update, "size " + update.size + " differs from the bytes given");
    }
    if (!content && (update.hasContent() || update.relocations != 0)) {
      throw invalid(stream, update, "a section without content has bytes or relocations");
    }
    if (unwind.concerns(update)) {
      unwind.check(stream, update);
    }
    for (int i = 0; i < update.definitions; i++) {
      long offset = update.definitionOffsets[i];
      if (offset < 0 || offset > update.size || update.definitionSizes[i] < 0) {
        throw invalid(stream, update, "a definition lies outside of the atom");
      }
      if (!StreamRules.isDefinition(update.definitionInfo[i])) {
        throw invalid(stream, update, StreamRules.otherInfo(update.definitionInfo[i]));
      }
    }
    for (int i = 0; i < update.relocations; i++) {
      if (update.relocationOffsets[i] < 0 || update.relocationOffsets[i] >= update.size) {
        throw new LinkException(
            Code.RELOCATION_OUT_OF_BOUNDS,
            place(stream, update, update.relocationOffsets[i]),
            "relocated field lies outside of the atom");
      }
      int kind = update.relocationKinds[i];
      if (Integer.compareUnsigned(kind, KIND_MAX) > 0) {
        throw new LinkException(
            Code.UNKNOWN_RELOCATION,
            place(stream, update, update.relocationOffsets[i]),
            RelocationFaults.unknown(kind));
      }
    }
  }

  private LinkException invalid(Stream stream, AtomUpdate update, String message) {
    return new LinkException(Code.INVALID_REQUEST, place(stream, update, -1), message);
  }

  private Place place(Stream stream, AtomUpdate update, long offset) {
    return Place.section(stream.name, state.names.string(update.key), offset);
  }

  /** Removes an atom; returns whether the stream has it. */
  boolean remove(int stream, int key) {
    if (!state.inputs.has(stream) || !(state.inputs.get(stream) instanceof Stream found)) {
      return false;
    }
    int atom = state.atomIndex.get(stream, key);
    if (atom != NONE) {
      unwind.remove(found, atom);
    }
    return atom != NONE;
  }

  /** Removes a stream with all that it holds. */
  void remove(Stream stream) {
    removeAll(stream);
    parts.properties.removeStream();
    state.inputs.remove(stream);
  }

  void removeAll(Input input) {
    while (input.firstAtom != NONE) {
      unwind.remove(input, input.firstAtom);
    }
    parts.streamSymbols.removeAll(input);
  }

  /**
   * Defines a global symbol as an absolute value or as an alias.
   *
   * @param target name of the symbol it is an alias of, NONE for an absolute value
   */
  void define(Stream owner, int name, int target, long value, long size, int info)
      throws LinkException {
    if (!StreamRules.isDefinition(info)) {
      String symbol = state.names.string(name);
      throw new LinkException(
          Code.INVALID_REQUEST,
          new Place(owner.name, "", symbol, Place.NO_OFFSET),
          StreamRules.otherInfo(info));
    }
    int symbol = state.symbol(Symbols.GLOBAL, name);
    int kind = target == NONE ? Definitions.ABSOLUTE : Definitions.ALIAS;
    int targetSymbol = target == NONE ? NONE : state.symbol(Symbols.GLOBAL, target);
    parts.streamSymbols.put(owner, symbol, kind, targetSymbol, value, size, info);
  }

  /** Removes such a definition; returns whether there was one. */
  boolean undefine(int stream, int name) {
    int symbol = state.global(name);
    return symbol != NONE
        && state.inputs.has(stream)
        && parts.streamSymbols.remove(state.inputs.get(stream), symbol);
  }
}
