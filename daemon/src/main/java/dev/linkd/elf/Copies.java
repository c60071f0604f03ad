package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.diag.LinkException;
import dev.linkd.output.AtomUpdate;
import dev.linkd.symbol.Symbols;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Copy relocations: an executable that refers directly to an object of a shared library gets room
 * for it in .bss, the dynamic linker copies the initial value there, and the library uses the copy.
 * Every name that the library has for the object must lead to the copy, or the two would differ.
 */
final class Copies {

  private static final int NONE = -1;

  /** One object and its copy. */
  private static final class Copy {
    final int atom;
    final int dynamicSlot;
    final List<Integer> symbols = new ArrayList<>();
    int users;

    Copy(int atom, int dynamicSlot) {
      this.atom = atom;
      this.dynamicSlot = dynamicSlot;
    }
  }

  /**
   * What a copy is made from; a library that changes may make another necessary.
   *
   * @param names all names that the library has for the object, sorted
   */
  private record ObjectKey(
      int library,
      long value,
      long size,
      int alignmentLog2,
      boolean readOnly,
      List<String> names) {}

  private final LinkState state;
  private final AtomEditor editor;
  private final Providers providers;
  private final DynamicRelocations dynamic;
  private final Input owner;
  private final boolean relro;

  /** Input sections of copies; linker scripts know those of GNU ld. */
  private final String objects;

  private final String constants;
  private final AtomUpdate update = new AtomUpdate();
  private final Map<ObjectKey, Copy> copies = new HashMap<>();
  private final Map<Integer, ObjectKey> bySymbol = new HashMap<>();

  Copies(
      LinkState state,
      Layout layout,
      AtomEditor editor,
      Providers providers,
      DynamicRelocations dynamic,
      Input owner) {
    this.state = state;
    this.editor = editor;
    this.providers = providers;
    this.dynamic = dynamic;
    this.owner = owner;
    this.relro = state.spec.layout().headers().relro();
    this.objects = layout.scripted() ? ".bss" : SectionRule.COPIES;
    this.constants = layout.scripted() ? ".data.rel.ro" : SectionRule.CONSTANT_COPIES;
  }

  /**
   * Drops the copies that symbols of a queue do not use any more, before {@link #settle} makes
   * others: what a library that changed leaves behind would have the name of what takes its place.
   */
  void release(IntQueue extras) {
    for (int i = 0; i < extras.size() && !bySymbol.isEmpty(); i++) {
      int symbol = state.extras.get(extras.get(i), Extras.SYMBOL);
      ObjectKey key = bySymbol.get(symbol);
      if (key != null && !key.equals(wanted(extras.get(i)))) {
        bySymbol.remove(symbol);
        drop(key);
      }
    }
  }

  /** Makes or drops the copy of a symbol whose number of users changed. */
  void settle(int extra) {
    int symbol = state.extras.get(extra, Extras.SYMBOL);
    ObjectKey key = bySymbol.get(symbol);
    ObjectKey now = wanted(extra);
    if (Objects.equals(key, now)) {
      return;
    }
    if (key != null) {
      bySymbol.remove(symbol);
      drop(key);
    }
    if (now != null) {
      make(symbol, now);
    }
  }

  /** What the symbol needs a copy of, if it does. */
  private @Nullable ObjectKey wanted(int extra) {
    int symbol = state.extras.get(extra, Extras.SYMBOL);
    boolean wanted =
        state.extras.get(extra, Extras.COPY_USERS) > 0
            && state.symbols.state(symbol) == Symbols.IMPORTED;
    return wanted ? key(symbol) : null;
  }

  private ObjectKey key(int symbol) {
    Library library = providers.library(state.symbols.atom(symbol));
    LibrarySymbols provided = library.symbols;
    int number = (int) state.symbols.value(symbol);
    List<String> names = new ArrayList<>();
    for (int other : provided.aliases(number)) {
      String version = provided.hiddenVersion(other) ? "@" + provided.version(other) : "";
      names.add(provided.name(other) + version);
    }
    Collections.sort(names);
    return new ObjectKey(
        library.number,
        provided.value(number),
        provided.size(number),
        provided.alignmentLog2(number),
        provided.readOnly(number),
        names);
  }

  private void make(int symbol, ObjectKey key) {
    Copy copy = copies.get(key);
    if (copy == null) {
      copy = new Copy(room(key), dynamic.allocate());
      copies.put(key, copy);
      for (String name : key.names()) {
        alias(copy, name, key.library());
      }
    }
    alias(copy, state.name(symbol), key.library());
    copy.users++;
    bySymbol.put(symbol, key);
  }

  private void alias(Copy copy, String name, int library) {
    int symbol = state.symbol(Symbols.GLOBAL, state.names.intern(name));
    int resolution = state.symbols.state(symbol);
    boolean ours =
        resolution == Symbols.UNDEFINED
            || (resolution == Symbols.IMPORTED && state.symbols.atom(symbol) == library);
    if (!ours || copy.symbols.contains(symbol)) {
      return;
    }
    copy.symbols.add(symbol);
    state.symbols.setFlag(symbol, Symbols.PINNED, true);
    state.queueSymbol(symbol);
    int extra = state.extraOf(symbol);
    state.extras.set(extra, Extras.COPY_ATOM, copy.atom);
    state.extras.set(extra, Extras.COPY_DYNAMIC, copy.dynamicSlot);
    state.symbolMoved(symbol);
  }

  private int room(ObjectKey key) {
    update.clear();
    // Objects of two libraries can have one name.
    String name = "copy of " + key.names().get(0);
    for (int i = 1; state.atomIndex.get(owner.number, state.names.intern(name)) != NONE; i++) {
      name = "copy " + i + " of " + key.names().get(0);
    }
    update.key = state.names.intern(name);
    boolean constant = key.readOnly() && relro;
    update.section = state.names.intern(constant ? constants : objects);
    update.sectionType = constant ? SHT_PROGBITS : SHT_NOBITS;
    update.sectionFlags = SHF_ALLOC | SHF_WRITE | SHF_GNU_RETAIN;
    update.alignment = 1L << key.alignmentLog2();
    update.size = Math.max(1, key.size());
    try {
      return editor.put(owner, update, NONE);
    } catch (LinkException e) {
      throw new TableTooLargeException(".bss", e);
    }
  }

  private void drop(ObjectKey key) {
    Copy copy = copies.get(key);
    if (copy == null || --copy.users > 0) {
      return;
    }
    copies.remove(key);
    dynamic.free(copy.dynamicSlot);
    for (int symbol : copy.symbols) {
      int extra = state.symbols.extra(symbol);
      if (extra == NONE || state.extras.get(extra, Extras.COPY_ATOM) != copy.atom) {
        continue;
      }
      state.extras.set(extra, Extras.COPY_ATOM, NONE);
      state.extras.set(extra, Extras.COPY_DYNAMIC, NONE);
      state.symbols.setFlag(symbol, Symbols.PINNED, false);
      state.symbolMoved(symbol);
      state.queueSymbol(symbol);
    }
    editor.remove(owner, copy.atom);
  }
}
