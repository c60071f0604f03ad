package dev.linkd.publish;

import dev.linkd.os.FileStatus;
import java.nio.file.Path;

/** What the log knows of the spare of one output: it is told of a change, not of each exchange. */
final class SpareEntry {
  private final Path output;
  private final SpareLog log;
  private final FileStamp latest = new FileStamp();
  private final FileStamp earlier = new FileStamp();

  SpareEntry(Path output, SpareLog log) {
    this.output = output;
    this.log = log;
  }

  /** The spare is the file whose status this is. */
  void is(FileStatus status) {
    if (latest.sameInode(status) || earlier.sameInode(status)) {
      return;
    }
    earlier.record(latest);
    latest.record(status);
    log.appeared(output, new FileIdentity(status.device(), status.inode(), status.birthTime()));
  }

  /** There is no spare of ours. */
  void none() {
    if (latest.known()) {
      latest.forget();
      earlier.forget();
      log.went(output);
    }
  }
}
