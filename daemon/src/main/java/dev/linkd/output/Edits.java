package dev.linkd.output;

import dev.linkd.diag.Diagnostic;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Whether an output was edited since its last flush, and the number of its content: each edit gives
 * another one, in a range that no other output of the process has.
 */
public final class Edits {
  private static final int EDITS_LOG2 = 40;
  private static final AtomicLong OPENED = new AtomicLong();

  private long revision = OPENED.incrementAndGet() << EDITS_LOG2;
  private boolean pending = true;
  private List<Diagnostic> warnings = List.of();

  /** The content is another one. */
  public void made() {
    pending = true;
    revision++;
  }

  /**
   * Says whether something was edited.
   *
   * @return the same
   */
  public boolean made(boolean any) {
    if (any) {
      made();
    }
    return any;
  }

  /** Whether a flush has something to do. */
  public boolean pending() {
    return pending;
  }

  /** A flush has seen all edits. */
  public void flushed(FlushResult result) {
    pending = !result.ok();
    warnings = result.diagnostics();
  }

  /** What the last flush complained about; it holds as long as nothing is edited. */
  public List<Diagnostic> warnings() {
    return warnings;
  }

  /** See {@link Output#revision}. */
  public long revision() {
    return revision;
  }
}
