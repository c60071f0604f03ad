package dev.linkd.elf;

import dev.linkd.diag.LinkException;
import dev.linkd.object.Archive;
import dev.linkd.object.ElfObject;
import dev.linkd.object.FileKinds;
import dev.linkd.store.Content;
import dev.linkd.store.InputStore;
import java.nio.file.Path;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Where the bytes of an archive's members are: in the archive, or in files when it is thin. An
 * object that is taken when it is needed counts as an archive with one member, itself.
 */
final class MemberContents {

  private final InputStore store;
  private final Path path;
  private final Content content;
  private final @Nullable Archive archive;

  MemberContents(InputStore store, Path path, Content content, @Nullable Archive archive) {
    this.store = store;
    this.path = path;
    this.content = content;
    this.archive = archive;
  }

  /** The archive with an index of names; null when the members have to be looked at. */
  @Nullable Archive indexed() {
    return archive != null && archive.indexed() ? archive : null;
  }

  /** Whether it is an archive, not an object. */
  boolean archived() {
    return archive != null;
  }

  int count() {
    return archive == null ? 1 : archive.members();
  }

  /** What the archive calls a member; several can have one name. */
  String name(int member) {
    return archive == null ? path.toString() : archive.memberName(member);
  }

  /** What a member's bytes belong to, with a reference for the caller. */
  Content open(int member) throws LinkException {
    if (archive != null && archive.thin()) {
      return store.open(path.resolveSibling(archive.memberName(member)));
    }
    content.retain();
    return content;
  }

  FileKinds.Kind kind(int member, Content opened) {
    if (archive == null || archive.thin()) {
      return FileKinds.detect(opened.bytes());
    }
    return FileKinds.detect(archive.memberBytes(member));
  }

  ElfObject object(int member, Content opened) throws LinkException {
    if (archive == null) {
      return opened.object(path.toString());
    }
    return archive.thin()
        ? opened.object(archive.memberInputName(member))
        : opened.member(archive, member);
  }

  /** Members that have the same index, name and bytes in another version of the archive. */
  BitSet same(MemberContents other) {
    BitSet same = new BitSet();
    Archive now = archive;
    Archive before = other.archive;
    if (now == null || before == null || now.thin() || before.thin()) {
      return same;
    }
    for (int m = 0; m < now.members(); m++) {
      same.set(m, sameName(m, other) && now.memberBytes(m).mismatch(before.memberBytes(m)) < 0);
    }
    return same;
  }

  /** Whether both have a member at an index, and call it the same. */
  boolean sameName(int member, MemberContents other) {
    return member < count() && member < other.count() && name(member).equals(other.name(member));
  }

  /** Whether a member still has the content that it was read from. */
  boolean current(int member, Content held) {
    if (archive == null || !archive.thin()) {
      return true;
    }
    try {
      Content now = open(member);
      now.release();
      return now == held;
    } catch (LinkException e) {
      // Reading the archive again reports what is wrong with the file.
      return false;
    }
  }
}
