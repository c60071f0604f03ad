package dev.linkd.elf;

import dev.linkd.diag.LinkException;
import dev.linkd.object.Archive;
import dev.linkd.object.ElfObject;
import dev.linkd.object.FileKinds;
import dev.linkd.store.Content;
import dev.linkd.store.InputStore;
import java.nio.file.Path;
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

  /** Members by the names that they define. Outputs with the same archive share its index. */
  NameSet index() throws LinkException {
    Archive indexed = archive;
    return indexed != null && indexed.indexed()
        ? content.parsed(NameSet.class, "index", (name, bytes) -> ArchiveIndex.of(indexed))
        : ArchiveIndex.of(this);
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

  /** Whether a member has the bytes that a member of another version has, both in the archives. */
  boolean sameBytes(int member, MemberContents other, int theirs) {
    Archive now = archive;
    Archive before = other.archive;
    return now != null
        && before != null
        && !now.thin()
        && !before.thin()
        && now.memberBytes(member).mismatch(before.memberBytes(theirs)) < 0;
  }

  boolean sameName(int member, MemberContents other, int theirs) {
    return name(member).equals(other.name(theirs));
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
