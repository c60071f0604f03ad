package dev.linkd.server;

import dev.linkd.diag.Diagnostic;
import dev.linkd.diag.Diagnostic.Severity;
import dev.linkd.output.LinkDriver.Events;
import dev.linkd.rendezvous.Terminal;
import java.io.PrintStream;
import java.io.PrintWriter;

/** Prints what happens in an invocation, as a linker does. */
final class ConsoleEvents implements Events {
  private final String program;
  private final PrintWriter out;
  private final PrintStream bytes;
  private final PrintWriter err;
  private boolean coloured;
  private volatile boolean cancelled;

  /**
   * @param bytes where {@code out} leads to
   */
  ConsoleEvents(String program, PrintWriter out, PrintStream bytes, PrintWriter err) {
    this.program = program;
    this.out = out;
    this.bytes = bytes;
    this.err = err;
    this.coloured = Terminal.wantsColour();
  }

  void cancel() {
    cancelled = true;
  }

  @Override
  public void progress(String phase, long done, long total) {}

  @Override
  public void diagnostic(Diagnostic diagnostic) {
    String severity =
        diagnostic.severity() == Severity.WARNING
            ? Terminal.warning(coloured)
            : Terminal.error(coloured);
    err.println(program + ": " + severity + " " + diagnostic);
    err.flush();
  }

  @Override
  public void standardOutput(String text) {
    out.print(text);
    out.flush();
  }

  @Override
  public void passOutput(byte[] chunk) {
    out.flush();
    bytes.write(chunk, 0, chunk.length);
    bytes.flush();
  }

  @Override
  public void standardError(String text) {
    err.print(text);
    err.flush();
  }

  @Override
  public void colour(boolean always) {
    coloured = always;
  }

  @Override
  public boolean cancelled() {
    return cancelled;
  }
}
