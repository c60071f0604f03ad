package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.diag.LinkException;
import dev.linkd.output.AtomUpdate;
import dev.linkd.symbol.Definitions;

/**
 * Tentative definitions: a name that only has these gets an atom in .bss of the greatest size and
 * alignment that any input asks for.
 */
final class Commons {

  private static final int NONE = -1;

  /** What linker scripts call the sections of common symbols. */
  static final String SECTION = "COMMON";

  private final LinkState state;
  private final Layout layout;
  private final AtomEditor editor;
  private final Input owner;
  private final AtomUpdate update = new AtomUpdate();

  Commons(LinkState state, Layout layout, AtomEditor editor, Input owner) {
    this.layout = layout;
    this.state = state;
    this.editor = editor;
    this.owner = owner;
  }

  /** Makes room for a common symbol and returns the atom. */
  int place(int symbol) {
    long size = 0;
    long alignment = 1;
    Definitions definitions = state.definitions;
    int row = state.symbols.firstDefinition(symbol);
    for (; row != NONE; row = definitions.next(row)) {
      if (definitions.kind(row) == Definitions.COMMON) {
        size = Math.max(size, definitions.size(row));
        alignment = Math.max(alignment, definitions.value(row));
      }
    }
    update.clear();
    update.key = state.symbols.name(symbol);
    boolean threadLocal = threadLocal(symbol);
    update.section = state.names.intern(section(threadLocal));
    update.sectionType = SHT_NOBITS;
    update.sectionFlags = SHF_ALLOC | SHF_WRITE | (threadLocal ? SHF_TLS : 0);
    update.alignment = alignment;
    update.size = size;
    try {
      return editor.put(owner, update, NONE);
    } catch (LinkException e) {
      throw new TableTooLargeException(".bss", e);
    }
  }

  private String section(boolean threadLocal) {
    if (layout.scripted()) {
      return threadLocal ? ".tbss" : SECTION;
    }
    return threadLocal ? SectionRule.THREAD_LOCAL_COMMONS : SectionRule.COMMONS;
  }

  private boolean threadLocal(int symbol) {
    Definitions definitions = state.definitions;
    int row = state.symbols.firstDefinition(symbol);
    while (row != NONE && definitions.kind(row) != Definitions.COMMON) {
      row = definitions.next(row);
    }
    return row != NONE && SymbolView.type(definitions.info(row)) == STT_TLS;
  }

  /** Removes the room of a symbol that is no longer common. */
  void release(int symbol) {
    if (owner.firstAtom == NONE) {
      return; // most programs have no common symbols
    }
    int atom = state.atomIndex.get(owner.number, state.symbols.name(symbol));
    if (atom != NONE && state.symbols.global(symbol)) {
      editor.remove(owner, atom);
    }
  }
}
