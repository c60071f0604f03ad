package dev.linkd.elf;

import dev.linkd.diag.LinkException;
import dev.linkd.object.ElfConstants;
import dev.linkd.object.ElfObject;
import dev.linkd.store.Content;
import dev.linkd.symbol.Definitions;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The members that the extraction of one leads to, by the names in their symbol tables alone. Read
 * in the order of the inputs they need not be read again: of the groups with one signature that of
 * the first input counts, and members are asked for in no order. Only what is certain is followed;
 * the rest is extracted when the symbols are resolved.
 */
final class ExtractionPlan {

  private static final int NONE = -1;

  private final LinkState state;
  private final ElfParts parts;
  private final List<Wanted> wanted = new ArrayList<>();
  private final Set<Place> places = new HashSet<>();

  /** Names of which it is known what they lead to: the wanted members define them, or not. */
  private final NameSet decided = new NameSet();

  /** A member that will be extracted; its content is held until it is. */
  record Wanted(ArchiveInput archive, int member, Content content, ElfObject object) {
    long order() {
      return archive.order(member);
    }
  }

  private record Place(ArchiveInput archive, int member) {}

  ExtractionPlan(LinkState state, ElfParts parts) {
    this.state = state;
    this.parts = parts;
  }

  /**
   * All that the extraction of a member leads to, with itself, in the order of the inputs.
   *
   * @throws LinkException when the member cannot be read
   */
  List<Wanted> of(ArchiveInput archive, int member) throws LinkException {
    places.add(new Place(archive, member));
    add(archive, member);
    // With --wrap names mean others.
    for (int i = 0; parts.wrapping.none() && i < wanted.size(); i++) {
      follow(wanted.get(i).object());
    }
    wanted.sort(Comparator.comparingLong(Wanted::order));
    return wanted;
  }

  private void add(ArchiveInput archive, int member) throws LinkException {
    Content content = archive.members.open(member);
    try {
      ElfObject object = archive.members.object(member, content);
      for (int y = object.firstGlobal(); y < object.symbols(); y++) {
        if (object.symbolSection(y) != ElfObject.UNDEF) {
          decided.add(object.bytes(), object.symbolNameOffset(y), object.symbolNameLength(y));
        }
      }
      wanted.add(new Wanted(archive, member, content, object));
    } catch (LinkException e) {
      content.release();
      throw e;
    }
  }

  private void follow(ElfObject object) {
    for (int y = object.firstGlobal(); y < object.symbols(); y++) {
      if (object.symbolSection(y) == ElfObject.UNDEF && required(object, y)) {
        follow(object.bytes(), object.symbolNameOffset(y), object.symbolNameLength(y));
      }
    }
  }

  private static boolean required(ElfObject object, int y) {
    return SymbolView.binding(object.symbolInfo(y)) == ElfConstants.STB_GLOBAL
        && (object.symbolOther(y) & 3) == ElfConstants.STV_DEFAULT;
  }

  private void follow(MemorySegment bytes, long offset, int length) {
    int hash = NameSet.hash(bytes, offset, length);
    if (!decided.add(bytes, offset, length, hash)
        || VersionedNames.base(bytes, offset, length) != length
        || definedElsewhere(bytes, offset, length)
        || parts.linkerSymbols.mayDefine(bytes, offset, length)) {
      return;
    }
    if (parts.providers.archive(bytes, offset, length, hash) instanceof ArchiveInput archive) {
      int member = archive.member(bytes, offset, length, hash);
      if (!archive.extracted.containsKey(member) && places.add(new Place(archive, member))) {
        try {
          add(archive, member);
        } catch (LinkException unreadable) {
          // Reported when the symbol is resolved and the member is asked for by itself.
          return;
        }
      }
    }
  }

  /** Whether an input defines the name, or says that only this image may. */
  private boolean definedElsewhere(MemorySegment bytes, long offset, int length) {
    int name = state.names.find(bytes, offset, length);
    int symbol = name == NONE ? NONE : state.global(name);
    if (symbol == NONE) {
      return false;
    }
    int row = state.symbols.firstDefinition(symbol);
    return (row != NONE && state.definitions.kind(row) != Definitions.REFERENCE)
        || state.references.visibility(symbol) != ElfConstants.STV_DEFAULT;
  }
}
