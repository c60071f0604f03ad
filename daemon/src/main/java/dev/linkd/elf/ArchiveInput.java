package dev.linkd.elf;

import dev.linkd.diag.LinkException;
import dev.linkd.object.ElfConstants;
import dev.linkd.object.ElfObject;
import dev.linkd.object.FileKinds;
import dev.linkd.store.Content;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** An archive: its members become inputs when something needs what they define. */
final class ArchiveInput implements Providers.Lazy {

  /** Adds members to the output. */
  interface Extractor {
    void extract(ArchiveInput archive, int member);
  }

  final String name;

  /** Position in the order of resolution; the members follow it. */
  final long order;

  private final LinkState state;
  private final Extractor extractor;

  /** Of the present version of the archive. */
  MemberContents members;

  /** Members by the names that they define. */
  private NameSet index;

  /** Places of the members behind that of the archive, in the order of the members. */
  private int[] places;

  /** Members that are part of the output. */
  final Map<Integer, ObjectInput> extracted = new HashMap<>();

  /**
   * Members that cannot be used, with the symbols that they were needed for. In each settle they
   * are tried once: an attempt touches the symbols that lead to the next one.
   */
  private final Map<Integer, Integer> unusable = new HashMap<>();

  ArchiveInput(
      LinkState state, String name, long order, MemberContents members, Extractor extractor)
      throws LinkException {
    this.state = state;
    this.name = name;
    this.order = order;
    this.members = members;
    this.extractor = extractor;
    this.index = members.index();
    this.places = MemberMatch.places(members.count());
  }

  /**
   * Goes over to another version of the archive; what becomes of the extracted members is the
   * caller's. It is decided again who defines the names for which another member is taken now, or
   * one that has changed.
   */
  MemberMatch become(MemberContents version) throws LinkException {
    NameSet now = version.index();
    NameSet before = index;
    MemberMatch match = MemberMatch.of(members, places, version);
    members = version;
    retry();
    index = now;
    places = match.places();
    state.membersDoubtful |= state.spec.names().firstWins();
    before.visit(
        (bytes, offset, length, member) -> {
          int later = match.later(member);
          if (later == MemberMatch.NONE
              || !match.same(later)
              || now.get(bytes, offset, length) != later) {
            doubt(bytes, offset, length);
          }
        });
    now.visit(
        (bytes, offset, length, member) -> {
          if (!match.same(member) || before.get(bytes, offset, length) != match.earlier(member)) {
            doubt(bytes, offset, length);
          }
        });
    return match;
  }

  private void doubt(MemorySegment bytes, long offset, int length) {
    int name = state.names.find(bytes, offset, length);
    int symbol = name == NameSet.NONE ? NameSet.NONE : state.global(name);
    if (symbol != NameSet.NONE) {
      state.queueSymbol(symbol);
      state.membersDoubtful = true;
    }
  }

  /** Asks again for members that could not be used. */
  void retry() {
    if (unusable.isEmpty()) {
      return;
    }
    for (int symbol : unusable.values()) {
      if (state.symbols.live(symbol)) {
        state.queueSymbol(symbol);
      }
    }
    unusable.clear();
  }

  /** Whether the members that are needed are part of the output as their files are now. */
  boolean current() {
    if (!unusable.isEmpty()) {
      return false;
    }
    for (ObjectInput member : extracted.values()) {
      if (!members.current(member.member, member.source)) {
        return false;
      }
    }
    return true;
  }

  /** Position of a member in the order of resolution. */
  long order(int member) {
    return order + places[member];
  }

  /** Whether it is an archive, not an object that is taken when it is needed. */
  boolean archived() {
    return members.archived();
  }

  /** Whether a file of that kind can be another version. */
  boolean becomes(FileKinds.Kind kind) {
    return archived()
        ? kind == FileKinds.Kind.ARCHIVE || kind == FileKinds.Kind.THIN_ARCHIVE
        : kind == FileKinds.Kind.OBJECT;
  }

  /** Whether the member that has a name defines it, neither tentatively nor as a weak symbol. */
  boolean definesFully(int member, MemorySegment bytes, long offset, int length) {
    try {
      Content content = members.open(member);
      try {
        ElfObject object = members.object(member, content);
        for (int y = object.firstGlobal(); y < object.symbols(); y++) {
          int section = object.symbolSection(y);
          if (section != ElfObject.UNDEF
              && section != ElfObject.COMMON
              && SymbolView.binding(object.symbolInfo(y)) != ElfConstants.STB_WEAK
              && object.symbolNameLength(y) == length
              && MemorySegment.mismatch(
                      object.bytes(),
                      object.symbolNameOffset(y),
                      object.symbolNameOffset(y) + length,
                      bytes,
                      offset,
                      offset + length)
                  < 0) {
            return true;
          }
        }
        return false;
      } finally {
        content.release();
      }
    } catch (LinkException unreadable) {
      // Whoever takes the member reports what is wrong with it.
      return false;
    }
  }

  /** Visits the names that members define. */
  void names(Consumer<String> visitor) {
    index.forEach(visitor);
  }

  /** Member that defines a name, NONE when there is none. */
  int member(int symbol, int hash) {
    int id = state.symbols.name(symbol);
    return index.get(state.names.bytes(), state.names.offset(id), state.names.length(id), hash);
  }

  @Override
  public boolean has(int symbol, int hash) {
    return member(symbol, hash) != NameSet.NONE;
  }

  /** Member that defines a name, NONE when there is none. */
  int member(MemorySegment bytes, long offset, int length, int hash) {
    return index.get(bytes, offset, length, hash);
  }

  @Override
  public boolean has(MemorySegment bytes, long offset, int length, int hash) {
    return member(bytes, offset, length, hash) != NameSet.NONE;
  }

  @Override
  public boolean hasDefinition(int symbol, int hash) {
    int member = member(symbol, hash);
    int id = state.symbols.name(symbol);
    return member != NameSet.NONE
        && definesFully(
            member, state.names.bytes(), state.names.offset(id), state.names.length(id));
  }

  @Override
  public boolean extract(int symbol, int hash) {
    int member = member(symbol, hash);
    if (member == NameSet.NONE || extracted.containsKey(member) || unusable.containsKey(member)) {
      return false;
    }
    extractor.extract(this, member);
    if (extracted.containsKey(member)) {
      return true;
    }
    unusable.put(member, symbol);
    return false;
  }
}
