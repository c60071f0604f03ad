package dev.linkd.elf;

import dev.linkd.diag.LinkException;
import dev.linkd.object.Archive;
import dev.linkd.object.ElfObject;
import dev.linkd.object.FileKinds;
import dev.linkd.output.Output.InputSpec;
import dev.linkd.store.Content;
import dev.linkd.store.InputStore;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The archives of an output: takes members in that are needed, and out that are not any more. */
final class ArchiveFiles {

  private final LinkState state;
  private final ElfParts parts;
  private final Providers providers;
  private final DemandedSymbols demanded;
  private final ObjectFiles objects;
  private final InputStore store;

  /** Whether the members depend on the order of the inputs. */
  private final boolean ordered;

  private boolean firstExtraction;

  /** Archives of which members are taken on demand. */
  private final List<ArchiveInput> lazy = new ArrayList<>();

  ArchiveFiles(LinkState state, ElfParts parts, ObjectFiles objects, InputStore store) {
    this.state = state;
    this.parts = parts;
    this.providers = parts.providers;
    this.demanded = parts.demanded;
    this.objects = objects;
    this.store = store;
    this.ordered = state.spec.names().firstWins();
  }

  /**
   * Adds an archive, or an object that is taken when it is needed.
   *
   * @param archive null for an object
   */
  ArchiveInput add(InputSpec spec, long order, Content content, @Nullable Archive archive)
      throws LinkException {
    MemberContents members = new MemberContents(store, spec.path(), content, archive);
    ArchiveInput input =
        new ArchiveInput(state, spec.path().toString(), order, members, this::extract);
    content.retain();
    if (demanded.hasPatterns()) {
      input.names(demanded::offer);
    }
    providers.addArchive(order, input);
    if (!spec.wholeArchive()) {
      lazy.add(input);
      return input;
    }
    try {
      addMembers(input);
    } catch (LinkException e) {
      remove(input);
      content.release();
      throw e;
    }
    return input;
  }

  /**
   * Changes an archive over to another version. A member that is in both stays an input: it is
   * compared section by section as an object is, or not at all when its bytes are the same. On
   * failure nothing of the archive stays.
   */
  void replace(ArchiveInput input, InputSpec spec, Content content) throws LinkException {
    content.retain();
    try {
      Archive archive = input.archived() ? content.archive(input.name) : null;
      MemberMatch match = input.become(new MemberContents(store, spec.path(), content, archive));
      List<ObjectInput> members = new ArrayList<>(input.extracted.values());
      input.extracted.clear();
      for (ObjectInput member : members) {
        int m = match.later(member.member);
        if (m == MemberMatch.NONE) {
          objects.remove(member);
        } else {
          member.member = m;
          replaceMember(input, member, match.same(m));
        }
      }
      if (demanded.hasPatterns()) {
        input.names(demanded::offer);
      }
      if (spec.wholeArchive()) {
        addMembers(input);
      }
    } catch (LinkException e) {
      remove(input);
      content.release();
      throw e;
    }
  }

  /** On failure the member goes, and whoever needs it reports why it cannot be taken again. */
  private void replaceMember(ArchiveInput archive, ObjectInput member, boolean same) {
    int m = member.member;
    try {
      Content content = archive.members.open(m);
      try {
        ElfObject object = archive.members.object(m, content);
        if (same) {
          objects.moveTo(member, content, object);
        } else if (object != member.object) {
          objects.replace(member, content, object);
        }
      } finally {
        content.release();
      }
      archive.extracted.put(m, member);
    } catch (LinkException unusable) {
      if (state.inputs.holds(member)) {
        objects.remove(member);
      }
    }
  }

  /** Adds all members that are objects and not inputs already. */
  private void addMembers(ArchiveInput archive) throws LinkException {
    for (int m = 0; m < archive.members.count(); m++) {
      if (!archive.extracted.containsKey(m)) {
        addMember(archive, m);
      }
    }
    objects.reloadStale();
  }

  private void extract(ArchiveInput archive, int member) {
    try {
      extract(new ExtractionPlan(state, parts).of(archive, member), archive, member);
    } catch (LinkException e) {
      state.problems.add(e.diagnostic());
    }
  }

  private void extract(List<ExtractionPlan.Wanted> plan, ArchiveInput archive, int member)
      throws LinkException {
    LinkException fault = null;
    for (ExtractionPlan.Wanted wanted : plan) {
      try {
        add(wanted.archive(), wanted.member(), wanted.content(), wanted.object());
      } catch (LinkException e) {
        // Others are reported when they are asked for by themselves.
        fault = wanted.archive() == archive && wanted.member() == member ? e : fault;
      } finally {
        wanted.content().release();
      }
    }
    objects.reloadStale();
    if (fault != null) {
      throw fault;
    }
  }

  /** Makes a member part of the output unless it is no object. */
  private void addMember(ArchiveInput archive, int m) throws LinkException {
    Content content = archive.members.open(m);
    try {
      if (archive.members.kind(m, content) == FileKinds.Kind.OBJECT) {
        add(archive, m, content, archive.members.object(m, content));
      }
    } finally {
      content.release();
    }
  }

  private void add(ArchiveInput archive, int m, Content content, ElfObject object)
      throws LinkException {
    ObjectFiles.Source source =
        new ObjectFiles.Source(object.name(), archive.order(m), content, archive, m);
    archive.extracted.put(m, objects.addToOthers(source, object).input());
  }

  /** Removes an archive with its members; its content is the caller's. */
  void remove(ArchiveInput archive) {
    lazy.remove(archive);
    providers.removeArchive(archive);
    new ArrayList<>(archive.extracted.values()).forEach(this::removeMember);
  }

  private void removeMember(ObjectInput member) {
    ArchiveInput archive = member.archive;
    if (archive != null) {
      archive.extracted.remove(member.member);
    }
    objects.remove(member);
  }

  /** Before a settle: removes members that nothing needs any more. */
  void settle() {
    firstExtraction = true;
    for (int i = 0; i < lazy.size(); i++) { // without an iterator: this happens in every update
      lazy.get(i).retry();
      firstExtraction &= lazy.get(i).extracted.isEmpty();
    }
    if (ordered) {
      settleInOrder();
    }
    while (state.membersDoubtful) {
      state.membersDoubtful = false;
      List<ObjectInput> unneeded = new MemberLiveness(state, parts, lazy).unneeded();
      unneeded.forEach(this::removeMember);
    }
  }

  /** Changes over to the members that one read of all inputs in their order takes. */
  private void settleInOrder() {
    if (lazy.isEmpty()) {
      state.membersDoubtful = false;
      return;
    }
    // What streams mention is not watched.
    state.inputs.forEach(input -> state.membersDoubtful |= input instanceof Stream);
    if (!state.membersDoubtful) {
      return;
    }
    OrderedExtraction extraction = new OrderedExtraction(state, parts, lazy);
    extraction.run();
    extraction.unneeded().forEach(this::removeMember);
    for (ExtractionPlan.Wanted wanted : extraction.missing()) {
      try {
        add(wanted.archive(), wanted.member(), wanted.content(), wanted.object());
      } catch (LinkException unusable) {
        // Reported when a name is resolved and the member is asked for by itself.
        continue;
      } finally {
        wanted.content().release();
      }
    }
    objects.reloadStale();
    state.membersDoubtful = false;
  }

  /** After a settle: one that chose the members from the start has what a fresh link would. */
  void settled() {
    state.membersDoubtful &= !firstExtraction && !ordered;
  }
}
