package dev.linkd.elf;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.linkd.diag.LinkException;
import dev.linkd.object.Archive;
import dev.linkd.object.ElfObject;
import dev.linkd.object.FileKinds;
import dev.linkd.store.Content;
import java.lang.foreign.MemorySegment;

/** Finds the member of an archive that defines a name. */
final class ArchiveIndex {
  private ArchiveIndex() {}

  /** The index that the archive brings along. */
  static NameSet of(Archive archive) {
    NameSet index = new NameSet();
    for (int i = 0; i < archive.indexSymbols(); i++) {
      index(
          index,
          archive.bytes(),
          archive.indexNameOffset(i),
          archive.indexNameLength(i),
          archive.indexMember(i));
    }
    return index;
  }

  /** The same for an archive without one, of which all members are looked at. */
  static NameSet of(MemberContents members) throws LinkException {
    NameSet index = new NameSet();
    for (int m = 0; m < members.count(); m++) {
      indexMember(index, members, m);
    }
    return index;
  }

  private static void indexMember(NameSet index, MemberContents members, int m)
      throws LinkException {
    Content content = members.open(m);
    try {
      if (members.kind(m, content) != FileKinds.Kind.OBJECT) {
        return;
      }
      ElfObject object = members.object(m, content);
      for (int y = object.firstGlobal(); y < object.symbols(); y++) {
        if (object.symbolSection(y) != ElfObject.UNDEF) {
          index(index, name(object, y), 0, object.symbolNameLength(y), m);
        }
      }
    } finally {
      content.release();
    }
  }

  /** A default version is found by the name alone and by name and version. */
  private static void index(
      NameSet index, MemorySegment bytes, long offset, int length, int member) {
    int base = VersionedNames.base(bytes, offset, length);
    if (!VersionedNames.isDefault(bytes, offset, length, base)) {
      index.putIfAbsent(bytes, offset, length, member);
      return;
    }
    index.putIfAbsent(bytes, offset, base, member);
    byte[] exact = bytes.asSlice(offset, length).toArray(JAVA_BYTE);
    System.arraycopy(exact, base + 1, exact, base, length - base - 1);
    index.putIfAbsent(MemorySegment.ofArray(exact), 0, length - 1, member);
  }

  /** A copy, because the bytes of the member may go. */
  private static MemorySegment name(ElfObject object, int y) {
    MemorySegment bytes = object.bytes();
    int length = object.symbolNameLength(y);
    byte[] copy = bytes.asSlice(object.symbolNameOffset(y), length).toArray(JAVA_BYTE);
    return MemorySegment.ofArray(copy);
  }
}
