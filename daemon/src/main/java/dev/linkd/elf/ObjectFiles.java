package dev.linkd.elf;

import dev.linkd.diag.LinkException;
import dev.linkd.object.ElfObject;
import dev.linkd.output.Output.InputChange;
import dev.linkd.store.Content;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Adds, replaces and removes objects, whether files of their own or archive members, and reads
 * those again whose choice of COMDAT groups changed.
 */
final class ObjectFiles {

  private final LinkState state;
  private final Groups groups = new Groups();
  private final ObjectLoader loader;

  /** Whether the archive members that are taken depend on all that is mentioned before them. */
  private final boolean ordered;

  /** Inputs that could not be read again, of which nothing is linked at present. */
  private final Set<ObjectInput> broken = new LinkedHashSet<>();

  ObjectFiles(LinkState state, ElfParts parts) {
    this.state = state;
    this.ordered = state.spec.names().firstWins();
    this.loader = new ObjectLoader(state, parts, groups);
  }

  /** What a new object is and where it comes from. */
  record Source(
      String name, long order, Content content, @Nullable ArchiveInput archive, int member) {}

  /** An object that has been added, and what that changed. */
  record Added(ObjectInput input, InputChange change) {}

  /** Reads an object for the first time; on failure nothing of it stays. */
  Added add(Source source, ElfObject object) throws LinkException {
    Added added = addToOthers(source, object);
    reloadStale();
    return added;
  }

  /** Reads one of several objects; when all are read, {@link #reloadStale} has to follow. */
  Added addToOthers(Source source, ElfObject object) throws LinkException {
    Content content = source.content();
    ObjectInput input =
        state.inputs.add(
            source.order(),
            (number, order) ->
                new ObjectInput(
                    number,
                    source.name(),
                    order,
                    content,
                    object,
                    source.archive(),
                    source.member()));
    content.retain();
    groups.add(input, object);
    state.membersDoubtful |= ordered;
    try {
      return new Added(input, loader.load(input, content, object));
    } catch (LinkException e) {
      remove(input);
      throw e;
    }
  }

  /** Changes an input over to another version of its object; on failure nothing of it stays. */
  InputChange replace(ObjectInput input, Content content, ElfObject object) throws LinkException {
    content.retain();
    ElfObject before = input.object;
    state.membersDoubtful |= ordered && !SymbolTables.same(before, object);
    Content held = input.source;
    groups.add(input, object);
    groups.remove(input, before, Groups.signatures(object));
    groups.forget(input);
    broken.remove(input);
    try {
      InputChange change = loader.load(input, content, object);
      input.name = object.name();
      held.release();
      reloadStale();
      return change;
    } catch (LinkException e) {
      input.object = object;
      remove(input);
      content.release();
      throw e;
    }
  }

  /** Takes the same bytes from another content. */
  void moveTo(ObjectInput input, Content content, ElfObject object) throws LinkException {
    if (broken.contains(input)) {
      replace(input, content, object);
      return;
    }
    content.retain();
    input.source.release();
    input.source = content;
    input.object = object;
    input.name = object.name();
    input.beginContent(object.bytes());
    input.commitContent();
  }

  /** Removes everything that an input contributed, and the input. */
  void remove(ObjectInput input) {
    loader.unload(input);
    state.membersDoubtful |= ordered;
    groups.remove(input, input.object, List.of());
    groups.forget(input);
    broken.remove(input);
    state.inputs.remove(input);
    input.source.release();
    reloadStale();
  }

  /** Reads the objects again whose choice of groups changed. */
  void reloadStale() {
    List<ObjectInput> stale = groups.takeStale();
    while (!stale.isEmpty()) {
      stale.forEach(this::reload);
      stale = groups.takeStale();
    }
  }

  private void reload(ObjectInput input) {
    try {
      loader.load(input, input.source, input.object);
      broken.remove(input);
    } catch (LinkException e) {
      loader.unload(input);
      broken.add(input);
      state.problems.add(e.diagnostic());
    }
  }

  /** Tries again what could not be read; what still cannot is a problem of this settle. */
  void settle() {
    if (!broken.isEmpty()) {
      new ArrayList<>(broken).forEach(this::reload);
    }
  }
}
