package dev.linkd.server;

import dev.linkd.diag.Code;
import dev.linkd.diag.Diagnostic;
import dev.linkd.diag.LinkException;
import dev.linkd.diag.Place;
import dev.linkd.output.FlushResult;
import dev.linkd.output.LinkDriver;
import dev.linkd.output.OutputKind;
import dev.linkd.output.OutputPool;
import dev.linkd.output.OutputSpec;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** An ld whose arguments say what happens: {@code link FILE}, {@code warn}, {@code hang}, …. */
public final class ScriptedDriver implements LinkDriver {
  static final long INPUT_BYTES = 4_711;

  private final CountDownLatch cancelled = new CountDownLatch(1);

  @Override
  public LinkExit link(Invocation invocation, OutputPool outputs, Events events)
      throws InterruptedException {
    return switch (invocation.arguments().getFirst()) {
      case "link" -> linkFile(invocation, outputs, events);
      case "pass" -> pass(events);
      case "echo" -> echo(invocation, events);
      case "flood" -> flood(events);
      case "colour" -> colour(events);
      case "hang" -> hang(events);
      case "defect" -> throw new IllegalStateException("defect on purpose");
      default -> new LinkExit(2, "", Optional.empty());
    };
  }

  @Override
  public long inputBytes() {
    return INPUT_BYTES;
  }

  private static LinkExit linkFile(Invocation invocation, OutputPool outputs, Events events)
      throws InterruptedException {
    Path path = invocation.directory().resolve(invocation.arguments().get(1));
    events.progress("read", 0, 1);
    try {
      FlushResult result =
          outputs.call(
              OutputSpec.of(path, OutputKind.STATIC_EXECUTABLE),
              (output, fresh) -> {
                int stream = output.stream("ld");
                output.defineSymbol(stream, output.name("n" + output.generation()), -1, 1, 0, 0);
                return output.flush();
              });
      return new LinkExit(0, "", Optional.of(result));
    } catch (LinkException fault) {
      events.diagnostic(fault.diagnostic());
      return new LinkExit(1, "", Optional.empty());
    }
  }

  private static LinkExit echo(Invocation invocation, Events events) {
    events.standardOutput(
        String.join(" ", invocation.arguments())
            + " in "
            + invocation.directory()
            + " umask "
            + invocation.umask()
            + " HOME="
            + invocation.environment().get("HOME"));
    events.standardError("as " + invocation.program());
    events.diagnostic(Diagnostic.warning(Code.UNSUPPORTED_INPUT, Place.input("a.o"), "careful"));
    return new LinkExit(7, "OPTIONS_CHANGED", Optional.empty());
  }

  /** An output of bytes that are no text. */
  private static LinkExit pass(Events events) {
    events.standardOutput("text");
    events.passOutput(new byte[] {0x7f, 'E', 'L', 'F', (byte) 0xff, 0});
    return new LinkExit(0, "", Optional.empty());
  }

  private static LinkExit colour(Events events) {
    events.colour(true);
    events.diagnostic(Diagnostic.error(Code.INVALID_REQUEST, Place.NONE, "bad"));
    events.diagnostic(Diagnostic.warning(Code.INVALID_REQUEST, Place.NONE, "odd"));
    return new LinkExit(0, "", Optional.empty());
  }

  private static LinkExit flood(Events events) {
    for (int i = 0; i < 20_000; i++) {
      events.standardOutput("line " + i + " " + "x".repeat(1_000) + "\n");
    }
    return new LinkExit(0, "", Optional.empty());
  }

  private LinkExit hang(Events events) throws InterruptedException {
    events.progress("read", 0, 0);
    while (!events.cancelled()) {
      Thread.sleep(5);
    }
    cancelled.countDown();
    return new LinkExit(1, "", Optional.empty());
  }

  public void awaitCancelled() throws InterruptedException {
    cancelled.await();
  }
}
