package dev.linkd.store;

import dev.linkd.os.FileSystemCalls;
import dev.linkd.os.FileSystemType;
import dev.linkd.os.NamelessFile;
import dev.linkd.os.VirtualMemoryException;
import dev.linkd.table.PageHeap;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Moves the contents of inputs out of memory while nobody links. Between two links none of them is
 * read; the next link reads those of the objects that were compiled again, and of functions that
 * move. They cannot be read from the input files then, which hold other bytes by that time.
 *
 * <p>So their bytes are written to a file without a name, and when all of them are on the disk the
 * pages of that file take the place of the memory. The kernel keeps the file in memory that it can
 * take away when others need it, and reads the disk again when that has happened. Contents stay
 * where they are: nobody has to know whether they have been moved.
 *
 * <p>A disk that is full or fails while bytes are written leaves them in memory. One that fails
 * when they are read again ends the process, as memory that fails does.
 *
 * <p>For one thread; contents come and go meanwhile.
 */
public final class ColdContents implements AutoCloseable {

  /** Contents are written in pieces of about this size, and others are asked about in between. */
  private static final long PIECE_BYTES = 4 << 20;

  /** Contents in adjacent pages {@code [from, to)}, each retained. */
  private record Piece(long from, long to, List<Content> contents) {
    void release() {
      contents.forEach(Content::release);
    }
  }

  private final InputStore store;
  private final PageHeap heap;
  private final Path directory;
  private final FileSystemCalls calls;
  private @Nullable NamelessFile file;

  ColdContents(InputStore store, PageHeap heap, Path directory, FileSystemCalls calls) {
    this.calls = calls;
    this.store = store;
    this.heap = heap;
    this.directory = directory;
  }

  /**
   * Moves what is not moved yet, and lets go of what was read since.
   *
   * @param disturbed whether somebody asked for something, so that this has to wait
   * @return whether all was moved
   * @throws IOException when the file cannot be used; what was moved before stays moved
   */
  public boolean move(BooleanSupplier disturbed) throws IOException {
    boolean reclaimed = tidy(disturbed);
    List<Piece> pieces = pieces();
    int written = 0;
    try {
      while (written < pieces.size() && !disturbed.getAsBoolean()) {
        Piece piece = pieces.get(written++);
        file().write(heap.bytes(piece.from, piece.to), piece.from);
      }
      if (written > 0) {
        NamelessFile to = file();
        to.sync();
        exchange(pieces.subList(0, written), to);
      }
    } catch (IOException e) {
      giveBack(pieces.subList(0, written));
      throw e;
    } finally {
      pieces.forEach(Piece::release);
    }
    heap.dropFiled();
    return reclaimed && written == pieces.size();
  }

  /**
   * Gives the blocks of contents back that are gone; what moves contents does that, too.
   *
   * @return whether all was given back
   */
  public boolean tidy(BooleanSupplier disturbed) {
    NamelessFile known = file;
    return known == null || heap.reclaim(known::punch, disturbed);
  }

  /**
   * What is mapped keeps the file, and with blocks that nobody reads a full disk would stay full.
   */
  private void giveBack(List<Piece> written) {
    NamelessFile known = file;
    for (Piece piece : written) {
      if (known != null && !heap.filed(piece.from)) {
        known.punch(piece.from, piece.to);
      }
    }
  }

  /** Bytes that are in the file, in whole pages. */
  public long movedBytes() {
    return heap.filedBytes();
  }

  private void exchange(List<Piece> pieces, NamelessFile file) throws IOException {
    for (Piece piece : pieces) {
      try {
        if (!heap.exchange(piece.from, piece.to, file.descriptor())) {
          return;
        }
      } catch (VirtualMemoryException e) {
        throw new IOException(e);
      }
    }
  }

  /** Only a disk takes memory off; where it is memory that pretends to be one, nothing is won. */
  private NamelessFile file() throws IOException {
    NamelessFile known = file;
    if (known == null) {
      known = new NamelessFile(directory, calls);
      long type = known.fileSystemType();
      if (!FileSystemType.onDisk(type)) {
        known.close();
        throw new IOException(
            directory + " is on " + FileSystemType.name(type) + ", not on a disk");
      }
      file = known;
    }
    return known;
  }

  private List<Piece> pieces() {
    List<Content> contents = store.retainAll(content -> !moved(content));
    contents.sort(Comparator.comparingLong(this::offset));
    List<Piece> pieces = new ArrayList<>();
    long from = 0;
    long to = 0;
    List<Content> together = new ArrayList<>();
    for (Content content : contents) {
      long offset = offset(content);
      if (!together.isEmpty() && (offset != to || to - from >= PIECE_BYTES)) {
        pieces.add(new Piece(from, to, together));
        together = new ArrayList<>();
      }
      if (together.isEmpty()) {
        from = offset;
      }
      together.add(content);
      to = PageHeap.pagesEnd(offset, content.size());
    }
    if (!together.isEmpty()) {
      pieces.add(new Piece(from, to, together));
    }
    return pieces;
  }

  private boolean moved(Content content) {
    return content.size() == 0 || heap.filed(offset(content));
  }

  private long offset(Content content) {
    return heap.offset(content.bytes());
  }

  /** What was moved stays in the file. */
  @Override
  public void close() {
    if (file != null) {
      file.close();
      file = null;
    }
  }
}
