package dev.linkd.elf;

import dev.linkd.diag.LinkException;
import dev.linkd.object.Archive;
import dev.linkd.object.ElfObject;
import dev.linkd.object.FileKinds;
import dev.linkd.store.Content;
import dev.linkd.store.InputStore;
import java.nio.file.Path;

/** Where the bytes of an archive's members are: in the archive, or in files when it is thin. */
final class MemberContents {

  final Archive archive;
  private final InputStore store;
  private final Path path;
  private final Content content;

  MemberContents(InputStore store, Path path, Content content, Archive archive) {
    this.store = store;
    this.path = path;
    this.content = content;
    this.archive = archive;
  }

  /** What a member's bytes belong to, with a reference for the caller. */
  Content open(int member) throws LinkException {
    if (archive.thin()) {
      return store.open(path.resolveSibling(archive.memberName(member)));
    }
    content.retain();
    return content;
  }

  FileKinds.Kind kind(int member, Content opened) {
    return FileKinds.detect(archive.thin() ? opened.bytes() : archive.memberBytes(member));
  }

  ElfObject object(int member, Content opened) throws LinkException {
    return archive.thin()
        ? opened.object(archive.memberInputName(member))
        : opened.member(archive, member);
  }

  /** Whether a member still has the content that it was read from. */
  boolean current(int member, Content held) {
    if (!archive.thin()) {
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
