package dev.linkd.elf;

import dev.linkd.mapped.MappedFile;
import dev.linkd.output.Atoms;
import dev.linkd.output.OutputSpec;
import dev.linkd.reloc.Relocations;
import dev.linkd.symbol.Definitions;
import dev.linkd.symbol.Symbols;
import dev.linkd.table.ByteHeap;
import dev.linkd.table.Names;
import dev.linkd.table.PairIndex;
import dev.linkd.table.Work;
import java.lang.foreign.MemorySegment;
import java.util.function.IntPredicate;

/**
 * The tables of one output and the queues between the steps of an update. Every part of the engine
 * works on this one state; which part may change which table is said where the table is.
 */
final class LinkState implements AutoCloseable {

  static final int NONE = -1;

  static final int ROWS_MAX = 1 << 27;
  private static final long NAME_BYTES_MAX = 1L << 32;
  private static final long HEAP_BYTES_MAX = 1L << 34;
  private static final long IMAGE_BYTES_MAX = 1L << 36;

  final OutputSpec spec;
  final Work work = new Work();
  final Problems problems;
  final Names names = new Names("names", ROWS_MAX, NAME_BYTES_MAX);
  final Symbols symbols = new Symbols(ROWS_MAX);
  final Relocations relocations = new Relocations(symbols, ROWS_MAX);
  final Atoms atoms = new Atoms(ROWS_MAX);
  final Definitions definitions = new Definitions(symbols, atoms, ROWS_MAX);
  final Extras extras = new Extras(1 << 24);
  final ByteHeap heap = new ByteHeap("atom contents", HEAP_BYTES_MAX);
  final MappedFile file;
  final Inputs inputs = new Inputs();

  /** (scope, name) to symbol; global symbols are the tags of their names. */
  final PairIndex symbolIndex = new PairIndex("symbols by name");

  final AtomIndex atomIndex = new AtomIndex(this);

  /** (symbol, 0) to the first definition that is an alias of it. */
  final PairIndex aliasIndex = new PairIndex("aliases by target");

  final DefaultVersions defaultVersions = new DefaultVersions(this);

  /** (symbol, input) to what the input says of the symbol outside of its atoms. */
  final PairIndex saidIndex = new PairIndex("definitions by symbol and input");

  final ReferenceCounts references = new ReferenceCounts();

  /** Symbols whose resolution has to be decided again. */
  final IntQueue symbolQueue = new IntQueue();

  /** Relocations to be applied, each once: those with the flag PENDING. */
  final IntQueue pending = new IntQueue();

  /** Until something is applied, all relocations are pending, unless atoms are taken out. */
  boolean allPending;

  /** Symbols whose rows in .symtab have to be rewritten: those with the flag TABLE_QUEUED. */
  final IntQueue tableQueue = new IntQueue();

  /** Extras whose slots have to be rewritten. */
  final IntQueue extraQueue = new IntQueue();

  /** The input of what the linker adds: common symbols, known by their names, and copies. */
  int linkerInput = NONE;

  /** Atoms for which others stand. */
  final Folds folds = new Folds();

  /** Decides which atoms have a place; all of them unless sections are collected. */
  Marking marking = Marking.ALL;

  /** Archive members may not be needed any more. */
  boolean membersDoubtful;

  /** Which atoms change between two publishes. */
  final ChangeLog changes = new ChangeLog(atoms);

  /** Counts changes of what headers say that the tree of nodes does not know. */
  private long headerChanges;

  int atomsAdded;
  int atomsChanged;
  int atomsMoved;
  int atomsRemoved;

  LinkState(OutputSpec spec) {
    this.spec = spec;
    this.allPending = !spec.sections().collect() && !spec.sections().folding().any();
    this.problems = new Problems(spec.dynamic().undefined().faults());
    this.file = new MappedFile(spec.path().toString(), IMAGE_BYTES_MAX, work);
  }

  final Room room = new Room();

  /** The segment that holds the unrelocated bytes of an atom, at {@link Atoms#content}. */
  MemorySegment contentSegment(int atom) {
    if (atoms.flag(atom, Atoms.OWNS_CONTENT)) {
      return heap.segment();
    }
    Input input = inputs.get(atoms.input(atom));
    return atoms.flag(atom, Atoms.NEXT_CONTENT) ? input.nextContent() : input.content();
  }

  /** Whether the atom is part of the image; one that is collected is not. */
  boolean placed(int atom) {
    return atoms.node(atom) != NONE;
  }

  /** The atom that has a place for this one, NONE when it is not part of the image. */
  int home(int atom) {
    return placed(atom) ? atom : folds.leader(atom);
  }

  /** Whether the symbol lies in an atom that is not part of the image. */
  boolean buried(int symbol) {
    return symbols.state(symbol) == Symbols.DEFINED && home(symbols.atom(symbol)) == NONE;
  }

  /** Something that headers say about sections and segments is changing. */
  void headersDoubtful() {
    headerChanges++;
  }

  /**
   * Another number after any change of what the headers of the image say about its sections and
   * segments: while it is the same, they need not be looked at. The verification looks anyway.
   */
  long shape() {
    return headerChanges + file.extents().changes();
  }

  /** Finds or adds a symbol. A symbol lives until {@link Resolver} finds it unused. */
  int symbol(int scope, int name) {
    int symbol = scope == Symbols.GLOBAL ? global(name) : symbolIndex.get(scope, name);
    if (symbol != NONE) {
      return symbol;
    }
    symbol = symbols.add(name, scope);
    names.retain(name);
    if (scope == Symbols.GLOBAL) {
      names.setTag(name, symbol);
      if (baseLength(name) < names.length(name)) {
        symbols.setFlag(symbol, Symbols.VERSIONED, true);
      }
    } else {
      symbolIndex.put(scope, name, symbol);
    }
    queueSymbol(symbol);
    return symbol;
  }

  /** The global symbol with a name, NONE when nothing mentions the name. */
  int global(int name) {
    return names.tag(name);
  }

  private int baseLength(int name) {
    return VersionedNames.base(names.bytes(), names.offset(name), names.length(name));
  }

  /** Length of a symbol's name without the version that it may carry. */
  int nameLength(int symbol) {
    int name = symbols.name(symbol);
    return symbols.flag(symbol, Symbols.VERSIONED) ? baseLength(name) : names.length(name);
  }

  void queueSymbol(int symbol) {
    if (!symbols.flag(symbol, Symbols.QUEUED)) {
      symbols.setFlag(symbol, Symbols.QUEUED, true);
      symbolQueue.add(symbol);
    }
  }

  /** Queues the global symbol with a name if something uses the name. */
  void queueGlobal(String text) {
    int name = names.find(text);
    int symbol = name == NONE ? NONE : global(name);
    if (symbol != NONE) {
      queueSymbol(symbol);
    }
  }

  void queueRelocation(int relocation) {
    if (!relocations.flag(relocation, Relocations.PENDING)) {
      relocations.setFlag(relocation, Relocations.PENDING, true);
      pending.add(relocation);
    }
  }

  void queueRow(int symbol) {
    if (!symbols.flag(symbol, Symbols.TABLE_QUEUED)) {
      symbols.setFlag(symbol, Symbols.TABLE_QUEUED, true);
      tableQueue.add(symbol);
    }
  }

  /** Everything that depends on the address of a symbol has to be written again. */
  void symbolMoved(int symbol) {
    symbols.forgetAddress(symbol);
    int relocation = allPending ? NONE : symbols.firstReference(symbol);
    while (relocation != NONE) {
      work.relocations++;
      queueRelocation(relocation);
      relocation = relocations.next(relocation);
    }
    queueRow(symbol);
    int extra = symbols.extra(symbol);
    if (extra != NONE) {
      queueExtra(extra);
    }
  }

  /** Queues everything that depends on where an atom is: what it contains and who refers to it. */
  void atomMoved(int atom) {
    int first = atoms.firstRelocation(atom);
    int count = atoms.relocations(atom);
    for (int row = first; row < first + count; row++) {
      queueRelocation(row);
    }
    work.relocations += count;
    symbolsMoved(atom);
    int follower = folds.firstFollower(atom);
    for (; follower != NONE; follower = folds.next(follower)) {
      symbolsMoved(follower);
    }
  }

  /** Queues everything that depends on where the atoms in a container are. */
  void atomsMoved(int container) {
    for (int node = file.first(container); node != NONE; node = file.next(node)) {
      if (Owners.isAtom(file.owner(node))) {
        atomMoved(file.owner(node));
      } else {
        atomsMoved(node);
      }
    }
  }

  /** Queues everything that refers to a symbol with slots. */
  void extrasMoved() {
    for (int extra = 0; extra < extras.highWater(); extra++) {
      if (extras.live(extra)) {
        symbolMoved(extras.get(extra, Extras.SYMBOL));
      }
    }
  }

  /** Queues relocations that could not be applied, and empties their list. */
  void retry(IntQueue failed) {
    for (int i = 0; i < failed.size(); i++) {
      int row = failed.get(i);
      if (relocations.live(row) && relocations.flag(row, Relocations.FAILED)) {
        relocations.setFlag(row, Relocations.FAILED, false);
        queueRelocation(row);
      }
    }
    failed.clear();
  }

  /** Queues all relocations of some kinds. */
  void queueAll(IntPredicate kinds) {
    for (int row = 0; row < relocations.highWater(); row++) {
      if (relocations.live(row) && kinds.test(relocations.kind(row))) {
        queueRelocation(row);
      }
    }
  }

  /** Queues everything that refers to an atom. */
  void symbolsMoved(int atom) {
    for (int row = atoms.firstDefinition(atom); row != NONE; row = definitions.nextOfOwner(row)) {
      int symbol = definitions.symbol(row);
      if (symbols.winner(symbol) == row) {
        symbolMoved(symbol);
      }
      aliasesMoved(symbol);
    }
    if (atoms.anchor(atom) != NONE) {
      symbolMoved(atoms.anchor(atom));
    }
    int common = common(atom);
    if (common != NONE) {
      symbolMoved(common);
      aliasesMoved(common);
    }
  }

  /** The common symbol that an atom is the room of, NONE for other atoms. */
  int common(int atom) {
    if (atoms.input(atom) != linkerInput) {
      return NONE;
    }
    int symbol = global(atoms.key(atom));
    boolean room =
        symbol != NONE && symbols.state(symbol) == Symbols.DEFINED && symbols.atom(symbol) == atom;
    return room ? symbol : NONE;
  }

  /** An alias may keep its resolution and still be elsewhere: rows of atoms are used again. */
  void aliasesMoved(int symbol) {
    aliasesMoved(symbol, 0);
  }

  /** Aliases of aliases can be a cycle, which ends at the depth that resolution follows. */
  private void aliasesMoved(int symbol, int depth) {
    int row = symbols.flag(symbol, Symbols.HAS_ALIASES) ? aliasIndex.get(symbol, 0) : NONE;
    for (; row != NONE; row = definitions.nextAlias(row)) {
      int alias = definitions.symbol(row);
      symbolMoved(alias);
      if (depth < Resolver.ALIAS_DEPTH_MAX) {
        aliasesMoved(alias, depth + 1);
      }
    }
  }

  void queueExtra(int extra) {
    int queued = extras.get(extra, Extras.QUEUED);
    if ((queued & Extras.SETTLE) == 0) {
      extras.set(extra, Extras.QUEUED, queued | Extras.SETTLE);
      extraQueue.add(extra);
    }
  }

  /** The symbol's row of extras, added when it has none. */
  int extraOf(int symbol) {
    int extra = symbols.extra(symbol);
    if (extra == NONE) {
      extra = extras.add(symbol);
      symbols.setExtra(symbol, extra);
    }
    return extra;
  }

  /** Begins to count anew what the next settle does. */
  void clearCounters() {
    work.clear();
    atomsAdded = 0;
    atomsChanged = 0;
    atomsMoved = 0;
    atomsRemoved = 0;
    changes.forgetNet();
  }

  String name(int symbol) {
    return names.string(symbols.name(symbol));
  }

  /** Bytes of address space that are backed by memory. */
  long residentBytes() {
    return names.committed()
        + symbols.bytes()
        + definitions.bytes()
        + relocations.bytes()
        + atoms.bytes()
        + extras.bytes()
        + heap.committed()
        + file.committed()
        + symbolIndex.bytes()
        + atomIndex.bytes()
        + aliasIndex.bytes()
        + saidIndex.bytes()
        + references.bytes()
        + defaultVersions.bytes();
  }

  @Override
  public void close() {
    marking.close();
    defaultVersions.close();
    references.close();
    saidIndex.close();
    aliasIndex.close();
    atomIndex.close();
    symbolIndex.close();
    file.close();
    heap.close();
    extras.close();
    atoms.close();
    relocations.close();
    definitions.close();
    symbols.close();
    names.close();
  }
}
