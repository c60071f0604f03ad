package dev.linkd.store;

import dev.linkd.diag.LinkException;
import dev.linkd.os.FileStatus;
import dev.linkd.os.FileSystemCalls;
import dev.linkd.os.NativeFileSystemCalls;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Looks at files and remembers every answer, also that something is absent. Whatever was derived
 * from nothing but these answers is still right when the file system gives the same ones, and
 * {@link #changed} asks that of all paths in one pass.
 *
 * <p>Watching directories could not replace the pass: a file can be written through another hard
 * link, a mapping or another machine, and a directory above can be renamed, without an event where
 * the watch is. One thread at a time.
 */
public final class FileAnswers implements AutoCloseable {
  private final InputStore store;
  private final FileSystemCalls calls = new NativeFileSystemCalls();
  private final FileStatus status = new FileStatus();
  private final AnswerTable table = new AnswerTable(NativeFileSystemCalls::new);

  /** The path of each row. */
  private final List<Path> paths = new ArrayList<>();

  /** The content of each row that was read; who uses it holds a reference, not this list. */
  private final List<@Nullable Content> contents = new ArrayList<>();

  /** Contents that are held here: texts that nobody else needs. */
  private final List<Content> held = new ArrayList<>();

  /** Rows about files that are still being read. */
  private final BitSet later = new BitSet();

  /** Who reads files before they are asked for; null when nobody does. */
  private @Nullable ReadAhead ahead;

  private boolean sealed;

  public FileAnswers(InputStore store) {
    this.store = store;
  }

  /** Lets somebody read files before they are asked for, until {@link #seal}. */
  public void follow(ReadAhead reader) {
    ahead = reader;
  }

  private int add(Path path) {
    paths.add(path);
    contents.add(null);
    return table.add(path.toString());
  }

  /** Whether the path leads to a regular file. */
  public boolean isRegular(Path path) {
    return table.askKind(add(path), calls, status) == AnswerTable.REGULAR;
  }

  /** Whether the path leads to a directory. */
  public boolean isDirectory(Path path) {
    return table.askKind(add(path), calls, status) == AnswerTable.DIRECTORY;
  }

  /** The answers depend on which file or directory this path leads to. */
  public void identify(Path path) {
    table.askIdentity(add(path), calls, status);
  }

  /** The content of a file, with a reference for the caller; see {@link InputStore#open}. */
  public Content open(Path path) throws LinkException {
    int row = add(path);
    if (ahead != null) {
      ahead.await(path);
    }
    CachedFile file = store.openFile(path);
    note(row, file);
    return file.content();
  }

  /**
   * Answers about the content of an object that may still be read by then. It has to be read, see
   * {@link ReadAhead#awaitSame}, before anything is derived from its content, so that a later
   * change is one of what was noted.
   *
   * @return false when the file is no object, or nobody reads it; then it has to be opened
   */
  public boolean openLater(Path path) {
    if (ahead == null || !ahead.readsObject(path)) {
      return false;
    }
    later.set(add(path));
    return true;
  }

  private void note(int row, CachedFile file) {
    table.note(row, file.stamp(), file.settled());
    contents.set(row, file.content());
  }

  /** What a row is about. */
  public Path path(int row) {
    return paths.get(row);
  }

  /** The row of the last answer. */
  public int lastRow() {
    return table.count() - 1;
  }

  /** Keeps the content of the last answer, so that it is known again in another file. */
  public void keep(Content content) {
    content.retain();
    held.add(content);
  }

  /**
   * A file as UTF-8 text.
   *
   * @return empty when it has more bytes than that
   */
  public Optional<String> text(Path path, long bytesMax) throws LinkException {
    Content content = open(path);
    try {
      if (content.size() > bytesMax) {
        return Optional.empty();
      }
      keep(content);
      byte[] bytes = new byte[Math.toIntExact(content.size())];
      content.bytes().asByteBuffer().get(bytes);
      return Optional.of(new String(bytes, StandardCharsets.UTF_8));
    } finally {
      content.release();
    }
  }

  /** No more answers will be asked for, and all files are read. */
  public void seal() {
    if (ahead != null) {
      for (int row = later.nextSetBit(0); row >= 0; row = later.nextSetBit(row + 1)) {
        var unused = take(row, ahead);
      }
    }
    later.clear();
    ahead = null;
    table.seal();
    sealed = true;
  }

  /** Whether the answers are kept for a later link, by whoever closes them. */
  public boolean sealed() {
    return sealed;
  }

  /** Rows whose answer is another one now, or may be. */
  public BitSet changed() {
    return table.changed();
  }

  /** Number of answers. */
  public int count() {
    return table.count();
  }

  /**
   * Reads the file of a row again if its stamp is another one.
   *
   * @return the content, with a reference for the caller; null when the row is not about a content,
   *     or there is none any more
   */
  public @Nullable Content reopen(int row) {
    if (contents.get(row) == null) {
      return null;
    }
    try {
      CachedFile file = store.openFile(paths.get(row));
      table.note(row, file.stamp(), file.settled());
      return file.content();
    } catch (LinkException e) {
      return null; // whoever asks for the file says what is wrong with it
    }
  }

  /** Whether the row is about a content. */
  public boolean hasContent(int row) {
    return contents.get(row) != null;
  }

  /** Begins to read the files of some rows again. */
  public ReadAhead readAgain(BitSet rows) {
    return ReadAhead.ofAll(store, rows.stream().mapToObj(paths::get).toList());
  }

  /**
   * The row has from now on what was read of its file.
   *
   * @return false when that could not be read
   */
  public boolean take(int row, ReadAhead reader) {
    CachedFile file = reader.result(paths.get(row));
    if (file != null) {
      note(row, file);
    }
    return file != null;
  }

  /** Whether a content is the one that the row had. */
  public boolean had(int row, Content content) {
    return contents.get(row) == content;
  }

  /** The row has this content from now on. */
  public void replace(int row, Content content) {
    contents.set(row, content);
  }

  @Override
  public void close() {
    held.forEach(Content::release);
    held.clear();
  }
}
