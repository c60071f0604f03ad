package dev.linkd.elf;

import dev.linkd.table.Layouts;
import java.lang.foreign.MemorySegment;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * The identity of an image's bytes, for {@code .note.gnu.build-id}: the root of a hash tree over
 * its pages. A change costs the pages it touches and their paths to the root. The bytes of the
 * identity itself count as zero. Equal images have equal identities, whatever their history. An
 * identity has at most 32 bytes.
 */
public final class BuildId {

  static final int PAGE = 4096;

  private static final byte LEAF = 0;
  private static final byte IMAGE = 2;

  private final int bytes;
  private final HashTree tree = new HashTree();
  private final MessageDigest sha256 = HashTree.sha256();
  private final byte[] page = new byte[1 + PAGE];
  private final byte[] digest = new byte[32];

  private long size;
  private long ownFrom;
  private long ownTo;

  /**
   * @param bytes size of the identity
   */
  public BuildId(int bytes) {
    if (bytes > digest.length) {
      throw new IllegalArgumentException("identity of " + bytes + " bytes");
    }
    this.bytes = bytes;
  }

  /** Says where the identity itself is in the image. */
  public void own(long offset) {
    dirty(ownFrom, Math.min(ownTo, size));
    ownFrom = offset;
    ownTo = Math.addExact(offset, bytes);
    dirty(ownFrom, Math.min(ownTo, size));
  }

  /** Changes the size of the image; new bytes are dirty. */
  public void resize(long newSize) {
    if (newSize < 0) {
      throw new IllegalArgumentException("size " + newSize);
    }
    int pages = pages(newSize);
    int oldPages = pages(size);
    tree.ensure(Math.max(pages, 1));
    long from = Math.min(size, newSize);
    if (size != newSize && from % PAGE != 0) {
      tree.mark((int) (from / PAGE));
    }
    for (int removed = pages; removed < oldPages; removed++) {
      tree.mark(removed);
    }
    size = newSize;
    dirty(from, newSize);
  }

  /** Notes that the bytes in [from, to) changed. */
  public void dirty(long from, long to) {
    if (from >= to) {
      return;
    }
    if (from < 0 || to > size) {
      throw new IllegalArgumentException("[" + from + ", " + to + ") of " + size);
    }
    int last = (int) ((to - 1) / PAGE);
    for (int i = (int) (from / PAGE); i <= last; i++) {
      tree.mark(i);
    }
  }

  /**
   * Brings the tree up to date and writes the identity.
   *
   * @param image holds the image
   * @param base where the image starts
   * @return number of pages that were read
   */
  public int digest(MemorySegment image, long base, MemorySegment out, long at) {
    int pages = pages(size);
    int read = 0;
    for (int i = 0; i < tree.marked(); i++) {
      int leaf = tree.markedLeaf(i);
      if (leaf < pages) {
        hashPage(image, base, leaf);
        read++;
      } else {
        tree.set(leaf, 0, 0);
      }
    }
    tree.update();
    page[0] = IMAGE;
    HashTree.putLong(page, 1, size);
    HashTree.putLong(page, 1 + Long.BYTES, tree.root(0));
    HashTree.putLong(page, 1 + 2 * Long.BYTES, tree.root(1));
    sha256.update(page, 0, 1 + 3 * Long.BYTES);
    HashTree.digest(sha256, digest);
    MemorySegment.copy(digest, 0, out, Layouts.BYTE, at, bytes);
    return read;
  }

  private void hashPage(MemorySegment image, long base, int leaf) {
    long from = (long) leaf * PAGE;
    int length = (int) Math.min(PAGE, size - from);
    page[0] = LEAF;
    MemorySegment.copy(image, Layouts.BYTE, base + from, page, 1, length);
    long zeroFrom = Math.clamp(ownFrom - from, 0, length);
    long zeroTo = Math.clamp(ownTo - from, 0, length);
    Arrays.fill(page, 1 + (int) zeroFrom, 1 + (int) zeroTo, (byte) 0);
    sha256.update(page, 0, 1 + length);
    HashTree.digest(sha256, digest);
    tree.set(leaf, HashTree.getLong(digest, 0), HashTree.getLong(digest, Long.BYTES));
  }

  private static int pages(long size) {
    return Math.toIntExact(size / PAGE + (size % PAGE == 0 ? 0 : 1));
  }
}
