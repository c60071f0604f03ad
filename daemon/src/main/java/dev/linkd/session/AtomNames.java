package dev.linkd.session;

import com.google.protobuf.ByteString;
import dev.linkd.diag.LinkException;
import dev.linkd.output.Output;
import dev.linkd.v1.AtomPut;
import dev.linkd.v1.Definition;
import dev.linkd.v1.UpdateRequest;

/**
 * The names of the atoms of a request. Those of small atoms that follow each other are looked up
 * together, since the cache misses of a look-up overlap with those of others. Nothing between them
 * may be a flush, which forgets names that nothing uses.
 */
final class AtomNames {
  /** Atoms that are looked up together have at most so many names in all. */
  private static final int TOGETHER = Names.GROUP;

  private static final int KEY = 0;
  private static final int SECTION = 1;
  private static final int FIRST_DEFINITION = 2;

  private final Names names;

  /** Where in the list the names of each atom begin that was looked up. */
  private final int[] starts = new int[TOGETHER];

  /** Updates of the request whose names are known: from the first to before the end. */
  private int first;

  private int end;

  /** Where the names of the atom in hand begin, and how many of them are definitions. */
  private int start;

  private int definitions;

  AtomNames(Names names) {
    this.names = names;
  }

  /** Another request begins. */
  void begin() {
    first = 0;
    end = 0;
  }

  /**
   * Takes the atom of an update in hand.
   *
   * @throws LinkException when one of its names is not allowed
   */
  void take(Output output, UpdateRequest request, int update) throws LinkException {
    if (update < first || update >= end) {
      lookUp(output, request, update);
    }
    start = starts[update - first];
    definitions = request.getUpdates(update).getPutAtom().getDefinitionsCount();
  }

  int key() {
    return names.id(start + KEY);
  }

  int section() {
    return names.id(start + SECTION);
  }

  int definition(int index) {
    return names.id(start + FIRST_DEFINITION + index);
  }

  int target(int index) {
    return names.id(start + FIRST_DEFINITION + definitions + index);
  }

  private void lookUp(Output output, UpdateRequest request, int update) throws LinkException {
    end = update;
    first = update;
    names.begin(output);
    starts[0] = 0;
    AtomPut atom = request.getUpdates(update).getPutAtom();
    add(output, atom);
    int count = count(atom);
    int next = update + 1;
    while (next < request.getUpdatesCount() && request.getUpdates(next).hasPutAtom()) {
      atom = request.getUpdates(next).getPutAtom();
      if (count + count(atom) > TOGETHER || !added(output, atom)) {
        break;
      }
      starts[next - update] = count;
      count += count(atom);
      next++;
    }
    names.end(output);
    end = next;
  }

  private static int count(AtomPut atom) {
    return FIRST_DEFINITION + atom.getDefinitionsCount() + targets(atom);
  }

  /** How many targets an atom has, all given by name or all by number. */
  static int targets(AtomPut atom) {
    return atom.getTargetNamesCount() + atom.getTargetNumbersCount();
  }

  /** Whether all names are allowed; otherwise what is wrong is said when it is the atom's turn. */
  private boolean added(Output output, AtomPut atom) {
    try {
      add(output, atom);
      return true;
    } catch (LinkException later) {
      return false;
    }
  }

  private void add(Output output, AtomPut atom) throws LinkException {
    names.add(output, atom.getKey(), atom.getKeyNumber(), "the key of the atom");
    names.add(output, atom.getSection(), atom.getSectionNumber(), "the section name");
    for (int i = 0; i < atom.getDefinitionsCount(); i++) {
      Definition definition = atom.getDefinitions(i);
      names.add(
          output, definition.getName(), definition.getNameNumber(), "the name of a definition");
    }
    for (int i = 0; i < atom.getTargetNamesCount(); i++) {
      names.add(output, atom.getTargetNames(i), CallNames.NONE, "the name of a target");
    }
    for (int i = 0; i < atom.getTargetNumbersCount(); i++) {
      names.add(output, ByteString.EMPTY, atom.getTargetNumbers(i), "the name of a target");
    }
  }

  /** The key of an atom for messages. */
  String display(AtomPut atom) {
    return names.display(atom.getKey(), atom.getKeyNumber());
  }
}
