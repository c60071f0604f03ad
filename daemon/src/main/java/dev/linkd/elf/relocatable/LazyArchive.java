package dev.linkd.elf.relocatable;

import dev.linkd.diag.LinkException;
import dev.linkd.object.Archive;
import dev.linkd.object.ElfObject;
import dev.linkd.object.FileKinds;
import dev.linkd.store.Content;
import dev.linkd.store.InputStore;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An archive and those of its members that were looked at; an object that is taken when it is
 * needed counts as one with itself as member.
 */
final class LazyArchive implements AutoCloseable {

  private final InputStore store;
  private final Path path;
  private final @Nullable Archive archive;
  private final Content content;

  /** Contents of the members of a thin archive. */
  private final Map<Integer, Content> files = new HashMap<>();

  LazyArchive(InputStore store, Path path, @Nullable Archive archive, Content content) {
    this.store = store;
    this.path = path;
    this.archive = archive;
    this.content = content;
  }

  int members() {
    return archive == null ? 1 : archive.members();
  }

  /** A member; null when it is no object. */
  @Nullable ElfObject object(int member) throws LinkException {
    if (archive == null) {
      return content.object(path.toString());
    }
    if (!archive.thin()) {
      boolean object = FileKinds.detect(archive.memberBytes(member)) == FileKinds.Kind.OBJECT;
      return object ? content.member(archive, member) : null;
    }
    Content file = files.get(member);
    if (file == null) {
      file = open(archive, member);
      files.put(member, file);
    }
    boolean object = FileKinds.detect(file.bytes()) == FileKinds.Kind.OBJECT;
    return object ? file.object(archive.memberInputName(member)) : null;
  }

  private Content open(Archive thin, int member) throws LinkException {
    return store.open(path.resolveSibling(thin.memberName(member)));
  }

  /** Whether the files of a thin archive are those that were read. */
  boolean current() {
    if (archive == null) {
      return true;
    }
    for (Map.Entry<Integer, Content> file : files.entrySet()) {
      try {
        Content now = open(archive, file.getKey());
        now.release();
        if (now != file.getValue()) {
          return false;
        }
      } catch (LinkException e) {
        return false; // reading the archive again reports what is wrong
      }
    }
    return true;
  }

  @Override
  public void close() {
    files.values().forEach(Content::release);
    files.clear();
  }
}
