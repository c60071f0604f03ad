package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.object.Bytes;
import dev.linkd.output.ModuleTags;
import dev.linkd.symbol.Symbols;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code .dynsym} with {@code .dynstr}, {@code .gnu.hash} and the version tables. The set of
 * dynamic symbols changes seldom; then all are built again. An address that changes is one entry.
 */
final class DynamicSymbolTable {

  private static final int NONE = -1;

  private final LinkState state;
  private final Layout layout;
  private final SymbolView view;
  private final Providers providers;
  private final Extras extras;
  private final Symbols symbols;

  final OutputSection section;
  final OutputSection strings;

  /** Null when the output has the other kind of hash table only. */
  final @Nullable OutputSection hash;

  final @Nullable SysvHashTable sysvHash;
  final VersionTables versionTables;

  /** Numbers of the libraries that something refers to. */
  private final BitSet usedLibraries = new BitSet();

  private final LibraryNeeds libraryNeeds;

  /** By index of the table: the library that the symbol was imported from, or NONE. */
  private final IntQueue providersWritten = new IntQueue();

  /** Extras rows of the members. */
  private final IntQueue members = new IntQueue();

  private final ByteBuilder bytes = new ByteBuilder();
  private final ByteBuilder names = new ByteBuilder();
  private boolean changed = true;

  /** Sonames for DT_NEEDED with their offsets in .dynstr, and the other strings of .dynamic. */
  private final List<Integer> needed = new ArrayList<>();

  private final DynamicTexts texts;

  private final ExportChoice exports;

  DynamicSymbolTable(
      LinkState state, Layout layout, SymbolView view, Providers providers, ExportChoice exports) {
    this.state = state;
    this.layout = layout;
    this.view = view;
    this.providers = providers;
    this.exports = exports;
    this.libraryNeeds = new LibraryNeeds(state, providers);
    this.extras = state.extras;
    this.symbols = state.symbols;
    SegmentKind tables = SegmentKind.TABLES;
    this.section = layout.table(".dynsym", SHT_DYNSYM, SHF_ALLOC, tables, SYM_SIZE);
    this.strings = layout.table(".dynstr", SHT_STRTAB, SHF_ALLOC, tables, 0);
    ModuleTags.HashStyle style = state.spec.dynamic().tags().hash();
    this.hash = style.gnu() ? layout.table(".gnu.hash", SHT_GNU_HASH, SHF_ALLOC, tables, 0) : null;
    this.sysvHash = style.sysv() ? new SysvHashTable(state, layout, section) : null;
    this.texts = new DynamicTexts(state.spec.dynamic());
    this.versionTables = new VersionTables(state, layout, providers, exports, section, strings);
    strings.alignmentLog2 = 0;
    section.link = strings;
    section.infoValue = 1;
    if (hash != null) {
      hash.link = section;
    }
  }

  /** The strings of .dynamic or the libraries changed. */
  void invalidate() {
    changed = true;
  }

  List<Integer> needed() {
    return needed;
  }

  /** The other entries of .dynamic that are texts. */
  DynamicTexts texts() {
    return texts;
  }

  /**
   * Gives a symbol that has to be exported a row of extras, so that it is considered.
   *
   * @return whether it may be in the table
   */
  boolean consider(int symbol) {
    int extra = symbols.extra(symbol);
    if (extra == NONE && symbols.global(symbol) && exported(symbol)) {
      extra = state.extraOf(symbol);
    }
    if (extra != NONE) {
      state.queueExtra(extra);
    }
    return extra != NONE;
  }

  /** Whether other modules can refer to the definition. */
  boolean exported(int symbol) {
    int resolution = symbols.state(symbol);
    if (resolution == Symbols.UNDEFINED || resolution == Symbols.IMPORTED) {
      return false;
    }
    int visibility = SymbolView.visibility(symbols.info(symbol));
    if (visibility != STV_DEFAULT && visibility != STV_PROTECTED) {
      return false;
    }
    return exports.exports(symbol) && !view.versionAlias(symbol);
  }

  private boolean wanted(int extra) {
    int symbol = extras.get(extra, Extras.SYMBOL);
    if (!symbols.global(symbol)) {
      return false;
    }
    if (exported(symbol)) {
      return true;
    }
    boolean used =
        extras.get(extra, Extras.GOT_USERS) > 0
            || extras.get(extra, Extras.PLT_USERS) > 0
            || extras.get(extra, Extras.TP_USERS) > 0
            || extras.get(extra, Extras.GD_USERS) > 0
            || extras.get(extra, Extras.DESC_USERS) > 0
            || extras.get(extra, Extras.DYNAMIC_USERS) > 0
            || extras.get(extra, Extras.COPY_ATOM) != NONE;
    return used && view.dynamic(symbol);
  }

  /** Adds or removes the symbol of an extras row. */
  void settle(int extra) {
    int at = extras.get(extra, Extras.DYNAMIC_LIST);
    boolean wanted = wanted(extra);
    if (wanted && at == NONE) {
      extras.set(extra, Extras.DYNAMIC_LIST, members.size());
      members.add(extra);
      changed = true;
    } else if (!wanted && at != NONE) {
      members.removeAt(at);
      if (at < members.size()) {
        extras.set(members.get(at), Extras.DYNAMIC_LIST, at);
      }
      extras.set(extra, Extras.DYNAMIC_LIST, NONE);
      extras.set(extra, Extras.DYNAMIC_INDEX, NONE);
      changed = true;
    } else if (wanted) {
      changed |= hashed(extra) != (extras.get(extra, Extras.DYNAMIC_INDEX) >= firstHashed);
      changed = changed || providerChanged(extra) || bindingChanged(extra);
    }
  }

  /** Which libraries are needed, and versions, depend on who provides the symbol. */
  private boolean providerChanged(int extra) {
    int index = extras.get(extra, Extras.DYNAMIC_INDEX);
    return importedFrom(extras.get(extra, Extras.SYMBOL)) != providersWritten.get(index - 1);
  }

  /** Number of the library that provides the symbol; NONE when it is not imported. */
  private int importedFrom(int symbol) {
    return symbols.state(symbol) == Symbols.IMPORTED ? symbols.atom(symbol) : NONE;
  }

  /** A library that is referred to weakly only need not be there at run time. */
  private boolean bindingChanged(int extra) {
    int symbol = extras.get(extra, Extras.SYMBOL);
    int index = extras.get(extra, Extras.DYNAMIC_INDEX);
    int written = SymDescriptor.info(state.file.image(), position(index)) >> 4;
    boolean weak = SymbolView.binding(symbols.info(symbol)) == STB_WEAK;
    return symbols.state(symbol) == Symbols.IMPORTED && weak != (written == STB_WEAK);
  }

  private int firstHashed;

  /** Whether other modules can find the symbol here. */
  private boolean hashed(int extra) {
    int symbol = extras.get(extra, Extras.SYMBOL);
    int resolution = symbols.state(symbol);
    if (resolution == Symbols.IMPORTED) {
      return view.address(symbol) != 0;
    }
    return resolution != Symbols.UNDEFINED;
  }

  /**
   * Builds the tables again if the set of symbols changed.
   *
   * @return whether it did
   */
  boolean rebuild() {
    if (!changed) {
      return false;
    }
    changed = false;
    List<Member> ordered = order();
    number(ordered);
    names.clear();
    names.putString("");
    usedLibraries.clear();
    providersWritten.clear();
    for (Member member : ordered) {
      member.nameOffset = names.putString(name(member.symbol));
      int provider = importedFrom(member.symbol);
      providersWritten.add(provider);
      boolean strong = SymbolView.binding(symbols.info(member.symbol)) != STB_WEAK;
      if (provider != NONE && strong) {
        usedLibraries.set(provider);
      }
    }
    libraryNeeds.extend(usedLibraries);
    strings();
    IntQueue order = new IntQueue();
    ordered.forEach(member -> order.add(member.symbol));
    versionTables.write(order, usedLibraries, names);
    if (hash != null) {
      writeHash(ordered, hash);
    }
    if (sysvHash != null) {
      sysvHash.write(order);
    }
    writeSymbols(ordered);
    names.writeTo(state, layout, strings);
    return true;
  }

  private static final class Member {
    final int extra;
    final int symbol;
    final boolean hashed;
    final int hash;
    int nameOffset;

    Member(int extra, int symbol, boolean hashed, int hash) {
      this.extra = extra;
      this.symbol = symbol;
      this.hashed = hashed;
      this.hash = hash;
    }
  }

  private String name(int symbol) {
    int name = symbols.name(symbol);
    return Bytes.text(state.names.bytes(), state.names.offset(name), state.nameLength(symbol));
  }

  private List<Member> order() {
    List<Member> plain = new ArrayList<>();
    List<Member> hashed = new ArrayList<>();
    for (int i = 0; i < members.size(); i++) {
      int extra = members.get(i);
      int symbol = extras.get(extra, Extras.SYMBOL);
      boolean isHashed = hashed(extra);
      Member member = new Member(extra, symbol, isHashed, hash(symbol));
      (isHashed ? hashed : plain).add(member);
    }
    int buckets = GnuHash.buckets(hashed.size());
    hashed.sort(
        Comparator.<Member>comparingInt(m -> GnuHash.bucket(m.hash, buckets))
            .thenComparingInt(m -> m.symbol));
    plain.addAll(hashed);
    return plain;
  }

  private void number(List<Member> ordered) {
    firstHashed = ordered.size() + 1;
    for (int i = 0; i < ordered.size(); i++) {
      Member member = ordered.get(i);
      if (member.hashed) {
        firstHashed = Math.min(firstHashed, i + 1);
      }
      if (extras.get(member.extra, Extras.DYNAMIC_INDEX) != i + 1) {
        extras.set(member.extra, Extras.DYNAMIC_INDEX, i + 1);
        state.symbolMoved(member.symbol);
      }
    }
  }

  /** Whether the output needs the library, as of the last {@link #rebuild}. */
  boolean needs(Library library) {
    return !library.asNeeded || usedLibraries.get(library.number);
  }

  private void strings() {
    needed.clear();
    List<String> audits = new ArrayList<>();
    for (Library library : providers.libraries()) {
      if (needs(library)) {
        audits.add(library.symbols.audit());
        int offset = names.putString(library.soname);
        if (!needed.contains(offset)) {
          needed.add(offset);
        }
      }
    }
    texts.write(names, audits);
  }

  private void writeHash(List<Member> ordered, OutputSection table) {
    int count = ordered.size() + 1 - firstHashed;
    int[] hashes = new int[count];
    for (int i = 0; i < count; i++) {
      hashes[i] = ordered.get(firstHashed - 1 + i).hash;
    }
    int buckets = GnuHash.buckets(count);
    int words = GnuHash.filterWords(count);
    int size = Math.toIntExact(GnuHash.size(buckets, words, count));
    MemorySegment built = MemorySegment.ofArray(new byte[size]);
    GnuHash.build(built, 0, buckets, words, firstHashed, hashes, count);
    bytes.clear();
    bytes.putAll(built);
    bytes.writeTo(state, layout, table);
  }

  private int hash(int symbol) {
    int name = symbols.name(symbol);
    return GnuHash.hash(state.names.bytes(), state.names.offset(name), state.nameLength(symbol));
  }

  private void writeSymbols(List<Member> ordered) {
    layout.resizeTable(section, (ordered.size() + 1L) * SYM_SIZE);
    long position = state.file.position(section.node);
    state.file.image().asSlice(position, SYM_SIZE).fill((byte) 0);
    state.file.dirty(position, position + SYM_SIZE);
    for (int i = 0; i < ordered.size(); i++) {
      write(ordered.get(i).extra, ordered.get(i).nameOffset);
    }
  }

  /** Rewrites the entry of a member whose address changed. */
  void write(int extra) {
    if (extras.get(extra, Extras.DYNAMIC_LIST) != NONE) {
      long at = position(extras.get(extra, Extras.DYNAMIC_INDEX));
      write(extra, SymDescriptor.name(state.file.image(), at));
    }
  }

  private void write(int extra, int nameOffset) {
    int symbol = extras.get(extra, Extras.SYMBOL);
    int info = symbols.info(symbol);
    int type = SymbolView.type(info);
    boolean imported = symbols.state(symbol) == Symbols.IMPORTED;
    boolean chosen = view.indirect(symbol) && view.pltSlot(symbol) != NONE;
    if (type == STT_GNU_IFUNC && (imported || chosen)) {
      type = STT_FUNC;
    }
    long value = view.address(symbol);
    int sectionNumber = view.section(symbol);
    int index = sectionNumber == NONE ? 0 : layout.section(sectionNumber).index;
    if (symbols.state(symbol) == Symbols.ABSOLUTE) {
      index = SHN_ABS;
    }
    if (type == STT_TLS && index != 0) {
      value -= layout.threadLocalStart();
    }
    long at = position(extras.get(extra, Extras.DYNAMIC_INDEX));
    boolean undefined = index == 0;
    SymDescriptor.put(
        state.file.image(),
        at,
        nameOffset,
        Math.max(STB_GLOBAL, SymbolView.binding(info)) << 4 | type,
        undefined ? STV_DEFAULT : SymbolView.visibility(info),
        index,
        value,
        undefined ? 0 : symbols.size(symbol));
    state.file.dirty(at, at + SYM_SIZE);
    state.work.bytesWritten += SYM_SIZE;
  }

  private long position(int index) {
    return state.file.position(section.node) + (long) index * SYM_SIZE;
  }
}
