package dev.linkd.session;

import dev.linkd.diag.Code;
import dev.linkd.diag.LinkException;
import dev.linkd.diag.Place;
import dev.linkd.output.AtomUpdate;
import dev.linkd.output.Output;
import dev.linkd.v1.AtomPut;
import dev.linkd.v1.Definition;
import dev.linkd.v1.TargetSpace;
import dev.linkd.v1.UpdateRequest;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Checks an atom from the wire and fills an {@link AtomUpdate} with it. All counts, sizes, offsets
 * and indexes are checked here, so that the engine receives consistent arrays; whether a relocation
 * kind exists and whether its field fits is the format's business.
 */
final class AtomReader {
  /** ELF SHT_PROGBITS, which is meant when nothing is said. */
  private static final int PROG_BITS = 1;

  /** ELF SHT_NOBITS. */
  private static final int NO_BITS = 8;

  private final Limits limits;
  private final AtomNames names;
  private final AtomUpdate atom = new AtomUpdate();

  /** Space of each target of the atom in hand. */
  private byte[] spaces = new byte[16];

  AtomReader(Limits limits, Names names) {
    this.limits = limits;
    this.names = new AtomNames(names);
  }

  /** Another request begins. */
  void begin() {
    names.begin();
  }

  /**
   * The atom in the form of the engine; valid until the next call.
   *
   * @param index of the update in the request
   */
  AtomUpdate read(Output output, String stream, UpdateRequest request, int index)
      throws LinkException {
    AtomPut put = request.getUpdates(index).getPutAtom();
    try {
      atom.clear();
      limit(put.getDefinitionsCount(), limits.definitions(), "definitions in an atom");
      limit(AtomNames.targets(put), limits.relocations(), "targets in an atom");
      require(
          put.getTargetNamesCount() == 0 || put.getTargetNumbersCount() == 0,
          "targets are given both by name and by number");
      names.take(output, request, index);
      atom.key = names.key();
      atom.section = names.section();
      readSection(put);
      readContent(put);
      readDefinitions(put);
      readTargets(put);
      readRelocations(put);
      return atom;
    } catch (LinkException fault) {
      throw placed(fault, stream, put);
    }
  }

  private void readSection(AtomPut put) throws LinkException {
    require(put.getSectionType() >= 0, "the section type is out of range");
    atom.sectionType = put.getSectionType() == 0 ? PROG_BITS : put.getSectionType();
    atom.sectionFlags = put.getSectionFlags();
    long alignment = put.getAlignment() == 0 ? 1 : put.getAlignment();
    require(
        Long.bitCount(alignment) == 1
            && Long.numberOfTrailingZeros(alignment) <= AtomUpdate.ALIGNMENT_LOG2_MAX,
        "the alignment is not a power of two up to 2^" + AtomUpdate.ALIGNMENT_LOG2_MAX);
    atom.alignment = alignment;
  }

  private void readContent(AtomPut put) throws LinkException {
    long length = put.getContent().size();
    if (put.getSectionType() == NO_BITS) {
      require(length == 0, "an atom of type SHT_NOBITS has content");
      limit(put.getSize(), limits.atomBytes(), "bytes in an atom");
      atom.size = put.getSize();
      return;
    }
    require(
        put.getSize() == 0 || put.getSize() == length, "the size is not the length of the content");
    atom.size = length;
    atom.bytes = MemorySegment.ofBuffer(put.getContent().asReadOnlyByteBuffer());
  }

  private void readDefinitions(AtomPut put) throws LinkException {
    for (int i = 0; i < put.getDefinitionsCount(); i++) {
      Definition definition = put.getDefinitions(i);
      long offset = definition.getOffset();
      long size = definition.getSize();
      require(offset >= 0 && offset <= atom.size, "a definition starts outside the atom");
      require(size >= 0 && size <= atom.size - offset, "a definition ends outside the atom");
      atom.addDefinition(
          names.definition(i), offset, size, info(definition.getInfo(), definition.getOther()));
    }
  }

  private void readTargets(AtomPut put) throws LinkException {
    int count = AtomNames.targets(put);
    require(put.getTargetSpacesCount() <= count, "there are more target spaces than targets");
    if (count > spaces.length) {
      spaces = Arrays.copyOf(spaces, Math.max(count, spaces.length * 2));
    }
    for (int i = 0; i < count; i++) {
      spaces[i] =
          i < put.getTargetSpacesCount()
              ? space(put.getTargetSpaces(i), put.getTargetSpacesValue(i))
              : AtomUpdate.TARGET_GLOBAL;
    }
  }

  private static byte space(TargetSpace space, int value) throws LinkException {
    return switch (space) {
      case TARGET_SPACE_UNSPECIFIED, TARGET_SPACE_GLOBAL -> AtomUpdate.TARGET_GLOBAL;
      case TARGET_SPACE_LOCAL -> AtomUpdate.TARGET_LOCAL;
      case TARGET_SPACE_ATOM -> AtomUpdate.TARGET_ATOM;
      case TARGET_SPACE_WEAK -> AtomUpdate.TARGET_WEAK;
      case UNRECOGNIZED -> throw invalid("unknown target space " + value);
    };
  }

  private void readRelocations(AtomPut put) throws LinkException {
    int count = put.getRelocationOffsetsCount();
    limit(count, limits.relocations(), "relocations in an atom");
    require(
        put.getRelocationKindsCount() == count
            && put.getRelocationTargetsCount() == count
            && put.getRelocationAddendsCount() == count,
        "the relocation arrays differ in length");
    int targets = AtomNames.targets(put);
    for (int i = 0; i < count; i++) {
      long offset = put.getRelocationOffsets(i);
      int kind = put.getRelocationKinds(i);
      int target = put.getRelocationTargets(i);
      require(offset >= 0 && offset < atom.size, "a relocation is outside the atom");
      require(kind >= 0, "a relocation kind is out of range");
      require(target >= 0 && target < targets, "a relocation has no such target");
      atom.addRelocation(
          offset, kind, spaces[target], names.target(target), put.getRelocationAddends(i));
    }
  }

  /** Binding, type and visibility in the engine's packing. */
  static int info(int info, int other) throws LinkException {
    require(info >= 0 && info <= 0xff, "symbol info is out of range");
    require(other >= 0 && other <= 0xff, "symbol visibility is out of range");
    return info | other << 8;
  }

  static void require(boolean condition, String otherwise) throws LinkException {
    if (!condition) {
      throw invalid(otherwise);
    }
  }

  private static LinkException invalid(String message) {
    return new LinkException(Code.INVALID_REQUEST, Place.NONE, message);
  }

  /** Unsigned: a number above 2^63 exceeds every limit. */
  static void limit(long count, long limit, String what) throws LinkException {
    if (Long.compareUnsigned(count, limit) > 0) {
      throw new LinkException(
          Code.LIMIT_EXCEEDED,
          Place.NONE,
          Long.toUnsignedString(count) + " " + what + "; the daemon allows " + limit);
    }
  }

  private LinkException placed(LinkException fault, String stream, AtomPut put) {
    String atom = names.display(put);
    return new LinkException(
        fault.diagnostic().code(),
        new Place(stream, atom, "", Place.NO_OFFSET),
        fault.diagnostic().message());
  }
}
