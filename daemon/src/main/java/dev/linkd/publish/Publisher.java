package dev.linkd.publish;

import static dev.linkd.os.OpenFlags.O_NONBLOCK;
import static dev.linkd.os.OpenFlags.O_WRONLY;

import dev.linkd.os.Errno;
import dev.linkd.os.FileStatus;
import dev.linkd.os.FileSystemCalls;
import dev.linkd.os.NativeFileSystemCalls;
import dev.linkd.publish.PublishOptions.Durability;
import dev.linkd.publish.PublishResult.Method;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Publishes the generations of one output at one path. Not thread-safe: the thread that owns the
 * output calls it.
 *
 * <h2>Two files leapfrog</h2>
 *
 * The published file and a spare next to it, {@code .NAME.linkd-spare}. A publish writes to the
 * spare what changed since the spare's generation and swaps the two names, so that its cost follows
 * the change. Whoever opens the path sees one generation or the next, whole; whoever has a
 * generation open, mapped or running keeps it, because a file in use is never written: it loses its
 * name and a new file is written. The first publish makes no spare.
 *
 * <h2>What others do to the output</h2>
 *
 * An output that was deleted, replaced, modified or hard-linked since is written whole, in a new
 * file. Owner, ACL and extended attributes of an existing output are kept, and so is its mode
 * unless the options choose one. A symbolic link at the path is replaced by the output and its
 * target stays as it is, as with GNU ld; only a link to a character device is followed. A character
 * device ({@code /dev/null}) takes the bytes; a directory or anything else is refused.
 *
 * <h2>Between two publishes</h2>
 *
 * No descriptor or mapping of either file exists, so that the output can always be executed.
 */
public final class Publisher implements AutoCloseable {
  /** Most bytes read by one call. */
  private static final long READ_BYTES_MAX = 1 << 30;

  private final Path path;
  private final PublishOptions options;
  private final FileSystemCalls calls;
  private final OutputFiles files;
  private final RangeWriter writer;
  private final ChangeRing changes;

  /** What changed in the file since the last generation, also by calls that failed. */
  private final ByteRanges pending = new ByteRanges();

  /** The same as addresses. */
  private final ByteRanges pendingAddresses = new ByteRanges();

  /** Stay empty. */
  private final ByteRanges noAddresses = new ByteRanges();

  private final AtomChanges noAtoms = new AtomChanges();

  private final Placement placement;
  private final SparePatch sparePatch;
  private final FreshFile freshFile;
  private final FileStatus visible = new FileStatus();
  private long generation;
  private long publishedSize;
  private boolean closed;

  /**
   * Publishes nothing yet.
   *
   * @throws IllegalArgumentException when the path cannot name a file
   */
  public Publisher(Path path, PublishOptions options) {
    this(path, options, new NativeFileSystemCalls());
  }

  Publisher(Path path, PublishOptions options, FileSystemCalls calls) {
    this.path = path;
    this.options = options;
    this.calls = calls;
    files = new OutputFiles(path, calls, options.spareLog());
    writer = new RangeWriter(calls);
    changes = new ChangeRing(options.historyGenerations(), options.historyBytesMax());
    placement = new Placement(files);
    sparePatch = new SparePatch(files, writer, changes, pending, placement, options);
    freshFile = new FreshFile(files, writer, options);
  }

  /** Number of the last generation that was published; 0 before the first. */
  public long generation() {
    return generation;
  }

  /** Gives up the spare, for example because the output is idle; the next publish writes a file. */
  public void invalidateSpare() {
    files.dropSpare();
  }

  /**
   * Gives up the spare if the output was deleted, so that nothing of it stays behind.
   *
   * @return whether the output is gone
   */
  public boolean dropSpareOfDeletedOutput() {
    boolean deleted = calls.status(files.target, visible) == -Errno.ENOENT;
    if (deleted) {
      files.dropSpare();
    }
    return deleted;
  }

  /**
   * Whether the file that others see is the last generation that was published, untouched: the same
   * inode with the stamps that were recorded.
   */
  public boolean intact() {
    try {
      return generation > 0 && lookAtOutput() == Kind.REGULAR && files.published.matches(visible);
    } catch (PublishException e) {
      return false; // what cannot be looked at is not what was published
    }
  }

  /**
   * Makes the published file newer without another generation, for those who compare times. Whoever
   * has it open or runs it is not disturbed.
   *
   * @return false when it is not {@link #intact}, or the time cannot be set
   */
  public boolean touch() {
    return generation > 0 && files.touchPublished();
  }

  /**
   * Reads the published generation back.
   *
   * @return false when it is not intact any more; then the bytes read are worthless
   */
  public boolean read(MemorySegment into, long size) {
    if (!intact() || size != publishedSize) {
      return false;
    }
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      long at = 0;
      while (at < size) {
        long chunk = Math.min(size - at, READ_BYTES_MAX);
        int count = channel.read(into.asSlice(at, chunk).asByteBuffer(), at);
        if (count <= 0) {
          return false;
        }
        at += count;
      }
    } catch (IOException e) {
      return false; // the caller has another way to get the bytes
    }
    return intact();
  }

  /** The record of every publish, as far back as they are held. Any thread may read it. */
  public ChangeRing changes() {
    return changes;
  }

  /** Publishes an image of which nobody follows addresses and atoms. */
  public PublishResult publish(MemorySegment image, long size, ByteRanges changed)
      throws PublishException {
    return publish(image, size, changed, noAddresses, noAtoms);
  }

  /**
   * Publishes {@code image[0, size)} as the next generation, and adds its record to {@link
   * #changes}.
   *
   * @param image native memory
   * @param changed what differs from the previous generation that was published, in {@code [0,
   *     size)}; what an earlier failed call passed may be left out. The first generation, and bytes
   *     beyond the previous size, are written anyhow
   * @param addresses the same as virtual addresses, for what is loaded
   * @param atoms the atoms that differ from the previous generation that was published
   * @throws PublishException when the previous generation is still the published one
   */
  public PublishResult publish(
      MemorySegment image, long size, ByteRanges changed, ByteRanges addresses, AtomChanges atoms)
      throws PublishException {
    if (closed) {
      throw new IllegalStateException("publisher is closed");
    }
    if (!image.isNative() || size < 0 || size > image.byteSize()) {
      throw new IllegalArgumentException("image must be native memory of at least " + size);
    }
    pending.addAll(changed);
    pendingAddresses.addAll(addresses);
    if (size > publishedSize) {
      pending.add(publishedSize, size);
    }
    long callsBefore = calls.count();
    files.sweep();
    PublishResult result = publish(image, size, callsBefore);
    publishedSize = size;
    changes.add(new ChangeRecord(generation, size, pending, pendingAddresses, atoms));
    pending.clear();
    pendingAddresses.clear();
    return result;
  }

  private PublishResult publish(MemorySegment image, long size, long callsBefore)
      throws PublishException {
    Kind kind = lookAtOutput();
    if (kind == Kind.DEVICE) {
      return stream(image, size, callsBefore);
    }
    boolean ours = kind == Kind.REGULAR && files.published.matches(visible);
    String why;
    if (ours) {
      why = sparePatch.publish(image, size, generation);
      if (why.isEmpty()) {
        return done(Method.PATCHED_SPARE, callsBefore, "");
      }
    } else {
      why = generation == 0 ? "first publish" : "others changed or removed the output";
      forgetOutput();
    }
    return publishFresh(image, size, kind, ours, why, callsBefore);
  }

  /** What is at the path. */
  private enum Kind {
    ABSENT,
    REGULAR,
    SYMBOLIC_LINK,
    DEVICE
  }

  private Kind lookAtOutput() throws PublishException {
    int error = calls.status(files.target, visible);
    if (error == -Errno.ENOENT) {
      return Kind.ABSENT;
    }
    if (error < 0) {
      throw files.failure("look at", error);
    }
    if (visible.isSymbolicLink()) {
      // A link that leads nowhere is replaced like any other, so an error means: no device.
      boolean device =
          calls.statusFollowingLinks(files.target, visible) == 0 && visible.isCharacterDevice();
      return device ? Kind.DEVICE : Kind.SYMBOLIC_LINK;
    }
    if (visible.isDirectory()) {
      throw files.failure("write", -Errno.EISDIR);
    }
    if (visible.isCharacterDevice()) {
      return Kind.DEVICE;
    }
    if (!visible.isRegular()) {
      throw files.failure("write something that is no regular file", -Errno.EINVAL);
    }
    return Kind.REGULAR;
  }

  private void forgetOutput() {
    files.published.forget();
    if (generation == 0) {
      files.clearSpareName();
    }
    files.dropSpare();
  }

  private PublishResult publishFresh(
      MemorySegment image, long size, Kind kind, boolean ours, String why, long callsBefore)
      throws PublishException {
    freshFile.write(image, size, kind == Kind.REGULAR ? visible : null, ours ? pending : null);
    boolean keep = ours && options.spare() && freshFile.leaseIsProof();
    int error = placement.place(freshFile.name(), keep, generation);
    if (error < 0) {
      files.remove(freshFile.name());
      throw files.failure("replace", error);
    }
    files.recordPublished(freshFile.stamp());
    String reason = why;
    if (!freshFile.leaseIsProof()) {
      reason = why + "; no spare on " + freshFile.fileSystem();
    } else if (keep && !placement.refused().isEmpty()) {
      reason = why + "; " + placement.refused();
    }
    Method method = ours ? Method.FULL_COPY : Method.FRESH;
    return done(freshFile.cloned() ? Method.CLONED : method, callsBefore, reason);
  }

  private PublishResult stream(MemorySegment image, long size, long callsBefore)
      throws PublishException {
    int descriptor = calls.open(files.target, O_WRONLY | O_NONBLOCK, 0);
    if (descriptor < 0) {
      throw files.failure("open", descriptor);
    }
    int error = writer.stream(descriptor, image, size);
    int closedWith = calls.close(descriptor);
    if (error < 0 || closedWith < 0) {
      throw files.failure("write", error < 0 ? error : closedWith);
    }
    forgetOutput();
    return done(Method.DEVICE, callsBefore, "the output is a device");
  }

  private PublishResult done(Method method, long callsBefore, String why) {
    String warning = "";
    if (options.durability() == Durability.FLUSH && method != Method.DEVICE) {
      int error = files.syncDirectory();
      warning = error < 0 ? "the directory is not on disk: " + Errno.name(-error) : "";
    }
    generation++;
    int systemCalls = Math.toIntExact(calls.count() - callsBefore);
    return new PublishResult(
        generation, method, writer.bytes(), writer.ranges(), systemCalls, why, warning);
  }

  /**
   * Removes the spare; the output stays. A spare that cannot be removed now is removed by the first
   * publish of the next publisher for the path.
   */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      files.sweep();
      files.dropSpare();
    }
  }
}
