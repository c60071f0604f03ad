package dev.linkd.publish;

import static dev.linkd.os.OpenFlags.O_NOFOLLOW;
import static dev.linkd.os.OpenFlags.O_NONBLOCK;
import static dev.linkd.os.OpenFlags.O_WRONLY;

import dev.linkd.os.Errno;
import dev.linkd.os.FileSystemCalls;
import dev.linkd.publish.PublishOptions.Durability;
import java.lang.foreign.MemorySegment;

/**
 * The steady path: writes what changed to the spare and lets it change places with the published
 * file.
 *
 * <p>The spare was published once, so others may still use it. It is written only while a write
 * lease on it is held: the kernel grants that when nobody has it open, mapped or running, and lets
 * whoever opens it wait until it is closed. Every doubt gives the spare up; a new file is written
 * then.
 */
final class SparePatch {
  private final OutputFiles files;
  private final FileSystemCalls calls;
  private final RangeWriter writer;
  private final ChangeRing changes;
  private final ByteRanges pending;
  private final Placement placement;
  private final PublishOptions options;

  /** The spare after it was written, while it becomes the published file. */
  private final FileStamp written = new FileStamp();

  private final ByteRanges ranges = new ByteRanges();

  /**
   * @param pending what changed since the last generation, whose record is not made yet
   */
  SparePatch(
      OutputFiles files,
      RangeWriter writer,
      ChangeRing changes,
      ByteRanges pending,
      Placement placement,
      PublishOptions options) {
    this.files = files;
    this.calls = files.calls;
    this.writer = writer;
    this.changes = changes;
    this.pending = pending;
    this.placement = placement;
    this.options = options;
  }

  /**
   * Publishes the image through the spare.
   *
   * @return why that was not possible, and nothing was published; empty when it was
   */
  String publish(MemorySegment image, long size, long generation) throws PublishException {
    String refused = collect();
    if (refused.isEmpty()) {
      refused = update(image, size);
    }
    if (refused.isEmpty()) {
      written.record(files.spareStamp);
      int error = placement.place(files.spare, true, generation);
      refused = error == 0 ? "" : "the spare cannot be published: " + Errno.name(-error);
    }
    if (refused.isEmpty()) {
      files.recordPublished(written);
    } else {
      files.dropSpare();
    }
    return refused;
  }

  private String collect() {
    if (files.spareGeneration() == OutputFiles.NONE) {
      return "there is no spare";
    }
    ranges.clear();
    if (!changes.addFileRangesSince(files.spareGeneration(), ranges)) {
      return "the spare is too old";
    }
    ranges.addAll(pending);
    return ranges.bytes() > options.patchBytesMax() ? "the change is large" : "";
  }

  private String update(MemorySegment image, long size) {
    int descriptor = calls.open(files.spare, O_WRONLY | O_NOFOLLOW | O_NONBLOCK, 0);
    if (descriptor < 0) {
      return "the spare cannot be opened: " + Errno.name(-descriptor);
    }
    String refused = updateOpen(descriptor, image, size);
    int closed = calls.release(descriptor);
    if (refused.isEmpty() && closed < 0) {
      return "the spare cannot be closed: " + Errno.name(-closed);
    }
    return refused;
  }

  private String updateOpen(int descriptor, MemorySegment image, long size) {
    if (calls.status(descriptor, files.status) < 0 || !files.spareStamp.matches(files.status)) {
      return "the spare was modified";
    }
    if (files.lease(descriptor) < 0) {
      return "the spare is in use";
    }
    int error = writer.write(descriptor, image, size, ranges);
    if (error == 0 && files.status.size() != size) {
      error = calls.truncate(descriptor, size);
    }
    long now = calls.realTime();
    if (error == 0) {
      error = calls.modificationTime(descriptor, now);
    }
    if (error == 0 && options.durability() == Durability.FLUSH) {
      error = calls.sync(descriptor);
    }
    files.spareStamp.written(size, now);
    return error == 0 ? "" : "the spare cannot be written: " + Errno.name(-error);
  }
}
