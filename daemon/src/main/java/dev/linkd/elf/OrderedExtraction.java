package dev.linkd.elf;

import dev.linkd.diag.LinkException;
import dev.linkd.elf.ExtractionPlan.Wanted;
import dev.linkd.elf.ReadNames.Definition;
import dev.linkd.elf.ReadNames.Name;
import dev.linkd.object.ElfObject;
import dev.linkd.store.Content;
import dev.linkd.symbol.Symbols;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which archive members a link takes that reads its inputs one after the other, as other linkers
 * do, by symbol tables alone. Where several definitions of a name are no error, the members depend
 * on the order in which they are asked for: one that was taken for another name can define what a
 * second one would be taken for. So they are chosen from the start again in one order that neither
 * edits nor tables have a part in: a member is taken when a name is required that it defines and
 * that nothing read before defines, and what it requires comes next.
 */
final class OrderedExtraction {

  private static final int NONE = -1;

  /** What is read or searched, at its place. */
  private record Step(long place, Object what) {}

  /** An archive, or a shared library, that has been passed. */
  private record Passed(@Nullable ArchiveInput archive, @Nullable Library library) {}

  /** A member of the archive that is searched. */
  private record Candidate(int member, Name name) {}

  private record Place(ArchiveInput archive, int member) {}

  /** A symbol table whose references are being followed. */
  private static final class Reading {
    final ElfObject object;
    int next;

    Reading(ElfObject object) {
      this.object = object;
      this.next = object.firstGlobal();
    }
  }

  private final LinkState state;
  private final ElfParts parts;
  private final List<ArchiveInput> archives;
  private final ReadNames names = new ReadNames();
  private final List<Passed> passed = new ArrayList<>();
  private final Deque<Reading> reading = new ArrayDeque<>();

  /** Required names that no input has defined so far. */
  private final List<Name> open = new ArrayList<>();

  private final List<Name> commons = new ArrayList<>();
  private final Set<Place> places = new HashSet<>();
  private final Set<ObjectInput> kept = new HashSet<>();
  private final List<Wanted> missing = new ArrayList<>();

  /** The archive that is searched, what it is searched for, and the member that was reached. */
  private @Nullable ArchiveInput searched;

  private final PriorityQueue<Candidate> candidates =
      new PriorityQueue<>(Comparator.comparingInt(Candidate::member));
  private int reached;

  /**
   * @param archives those of which members are taken on demand
   */
  OrderedExtraction(LinkState state, ElfParts parts, List<ArchiveInput> archives) {
    this.state = state;
    this.parts = parts;
    this.archives = archives;
  }

  /** Members that are not part of the output yet, in the order of the inputs, with contents. */
  List<Wanted> missing() {
    missing.sort(Comparator.comparingLong(Wanted::order));
    return missing;
  }

  /** Members that are part of the output and should not be. */
  List<ObjectInput> unneeded() {
    List<ObjectInput> unneeded = new ArrayList<>();
    for (ArchiveInput archive : archives) {
      for (ObjectInput member : archive.extracted.values()) {
        if (!kept.contains(member)) {
          unneeded.add(member);
        }
      }
    }
    return unneeded;
  }

  /** Reads all inputs. */
  void run() {
    InputMentions mentions = new InputMentions(state);
    mentions.refer(parts.demanded.pinned(), this::refer);
    for (Step step : steps()) {
      switch (step.what()) {
        case ArchiveInput archive -> search(archive);
        case Library library -> offer(library);
        case ObjectInput object -> read(object.object);
        case Input input -> mentions.of(input, this::define, this::refer);
        default -> throw new IllegalStateException("no input: " + step.what());
      }
    }
    mentions.refer(mentions.flagged(Symbols.USED_BY_LIBRARY), this::refer);
  }

  private List<Step> steps() {
    Set<ArchiveInput> lazy = new HashSet<>(archives);
    List<Step> steps = new ArrayList<>();
    archives.forEach(archive -> steps.add(new Step(archive.order, archive)));
    for (Library library : parts.providers.libraries()) {
      if (!library.indirect) {
        steps.add(new Step(library.place, library));
      }
    }
    state.inputs.forEach(
        input -> {
          boolean member = input instanceof ObjectInput object && lazy.contains(object.archive);
          if (!member) {
            steps.add(new Step(input.order, input));
          }
        });
    steps.sort(Comparator.comparingLong(Step::place));
    return steps;
  }

  private void read(ElfObject object) {
    begin(object);
    follow();
  }

  /** What an object defines counts before what it refers to. */
  private void begin(ElfObject object) {
    for (int y = object.firstGlobal(); y < object.symbols(); y++) {
      int section = object.symbolSection(y);
      if (section != ElfObject.UNDEF) {
        define(
            object.bytes(),
            object.symbolNameOffset(y),
            object.symbolNameLength(y),
            Definition.of(section == ElfObject.COMMON, object.symbolInfo(y)));
      }
    }
    reading.push(new Reading(object));
  }

  private void define(MemorySegment bytes, long offset, int length, Definition how) {
    state.work.definitions++;
    int known = commons.size();
    names.define(bytes, offset, length, how, commons);
    ArchiveInput archive = searched;
    for (int i = known; archive != null && i < commons.size(); i++) {
      consider(archive, commons.get(i));
    }
  }

  /** Follows references, those of the member that was taken last first. */
  private void follow() {
    while (!reading.isEmpty()) {
      Reading last = reading.peek();
      if (last.next == last.object.symbols()) {
        reading.pop();
        continue;
      }
      ElfObject object = last.object;
      int y = last.next++;
      if (object.symbolSection(y) == ElfObject.UNDEF) {
        Name name = meant(object.bytes(), object.symbolNameOffset(y), object.symbolNameLength(y));
        int binding = SymbolView.binding(object.symbolInfo(y));
        ask(name, binding, object.symbolOther(y) & 3);
      }
    }
  }

  /** The name that a reference to a name means. */
  private Name meant(MemorySegment bytes, long offset, int length) {
    int from = parts.wrapping.none() ? NONE : state.names.find(bytes, offset, length);
    int to = from == NONE ? NONE : parts.wrapping.of(from);
    return to == from
        ? names.of(bytes, offset, length)
        : names.of(state.names.bytes(), state.names.offset(to), state.names.length(to));
  }

  /** A reference that is in no symbol table, to a name that means itself. */
  private void refer(MemorySegment bytes, long offset, int length, int binding, int visibility) {
    ask(names.of(bytes, offset, length), binding, visibility);
    follow();
  }

  private void ask(Name name, int binding, int visibility) {
    names.refer(name, binding, visibility);
    if (!name.open() || parts.linkerSymbols.defines(name.bytes, name.offset, name.length)) {
      return;
    }
    for (int i = 0; i < passed.size(); i++) {
      ArchiveInput archive = passed.get(i).archive();
      Library library = passed.get(i).library();
      if (archive != null && taken(archive, name)) {
        return;
      }
      name.shared |= library != null && provides(library, name);
      if (!name.open()) {
        return;
      }
    }
    if (!name.listed) {
      name.listed = true;
      open.add(name);
    }
  }

  /** Takes the member that defines the name, unless the search has not come to it. */
  private boolean taken(ArchiveInput archive, Name name) {
    int member = archive.member(name.bytes, name.offset, name.length, name.hash);
    if (member != NONE && archive == searched && member > reached) {
      candidates.add(new Candidate(member, name));
      return false;
    }
    return member != NONE && take(archive, member);
  }

  private static boolean provides(Library library, Name name) {
    int base = VersionedNames.base(name.bytes, name.offset, name.length);
    int found =
        base == name.length
            ? library.symbols.find(name.bytes, name.offset, base)
            : library.symbols.find(
                name.bytes,
                name.offset,
                base,
                VersionedNames.version(name.bytes, name.offset, name.length));
    return found != LibrarySymbols.NONE;
  }

  /** A shared library has what is open by now. */
  private void offer(Library library) {
    passed.add(new Passed(null, library));
    open.forEach(name -> name.shared |= name.open() && provides(library, name));
    open.removeIf(this::closed);
  }

  /** Takes the members of an archive that define what is open, in their order. */
  private void search(ArchiveInput archive) {
    passed.add(new Passed(archive, null));
    searched = archive;
    reached = NONE;
    open.removeIf(this::closed);
    commons.removeIf(name -> !name.replaceable());
    open.forEach(name -> consider(archive, name));
    commons.forEach(name -> consider(archive, name));
    while (!candidates.isEmpty()) {
      Candidate candidate = candidates.remove();
      Name name = candidate.name();
      reached = candidate.member();
      boolean wanted =
          name.open()
              || (name.replaceable()
                  && archive.definesFully(reached, name.bytes, name.offset, name.length));
      if (wanted && take(archive, reached)) {
        follow();
      }
    }
    searched = null;
  }

  /** Whether nothing asks for the name any more; then it is listed no longer. */
  private boolean closed(Name name) {
    name.listed = name.open();
    return !name.listed;
  }

  private void consider(ArchiveInput archive, Name name) {
    int member = archive.member(name.bytes, name.offset, name.length, name.hash);
    if (member > reached) {
      candidates.add(new Candidate(member, name));
    }
  }

  /** Returns whether the member is one that was not taken before, and can be read. */
  private boolean take(ArchiveInput archive, int member) {
    if (!places.add(new Place(archive, member))) {
      return false;
    }
    ObjectInput held = archive.extracted.get(member);
    if (held != null) {
      kept.add(held);
      begin(held.object);
      return true;
    }
    try {
      Content content = archive.members.open(member);
      try {
        ElfObject object = archive.members.object(member, content);
        begin(object);
        content.retain();
        missing.add(new Wanted(archive, member, content, object));
      } finally {
        content.release();
      }
      return true;
    } catch (LinkException unreadable) {
      // Reported when the symbol is resolved and the member is asked for by itself.
      return false;
    }
  }
}
