package dev.linkd.server;

import dev.linkd.output.LinkDriver;
import dev.linkd.output.LinkDriver.Invocation;
import dev.linkd.output.OutputFactory;
import dev.linkd.rendezvous.FileView;
import dev.linkd.session.Counters;
import dev.linkd.session.Limits;
import dev.linkd.session.OutputRegistry;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code linkd link}: an {@code ld} for callers who have no daemon that they can use. A signal that
 * ends the process first ends the link, which leaves the output as it was and no hidden file.
 */
@Command(
    name = "link",
    description =
        "Links once in this process, as ld does, and ends: linkd link -- -o program main.o. Nothing"
            + " stays resident.")
final class LinkCommand implements Callable<Integer> {
  private static final String PROGRAM = "ld.linkd";

  /** How long the end of the process waits for the end of the link. */
  private static final long CANCEL_SECONDS_MAX = 10;

  @Parameters(arity = "0..*", paramLabel = "ARGUMENT", description = "What ld understands.")
  private List<String> arguments = new ArrayList<>();

  @Spec private @Nullable CommandSpec spec;

  private final OutputFactory factory;
  private final LinkDriver driver;
  private final PrintStream passed;

  /**
   * @param passed takes an output that goes to standard output
   */
  LinkCommand(OutputFactory factory, LinkDriver driver, PrintStream passed) {
    this.factory = factory;
    this.driver = driver;
    this.passed = passed;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (spec == null) {
      throw new IllegalStateException("not started through a command line");
    }
    LogSetup.quiet();
    ConsoleEvents events =
        new ConsoleEvents(
            PROGRAM, spec.commandLine().getOut(), passed, spec.commandLine().getErr());
    CountDownLatch ended = new CountDownLatch(1);
    Thread hook = Thread.ofPlatform().name("signal").unstarted(() -> cancel(events, ended));
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      return link(events);
    } finally {
      ended.countDown();
    }
  }

  private int link(ConsoleEvents events) throws IOException, InterruptedException {
    Invocation invocation =
        new Invocation(
            PROGRAM, arguments, Path.of("").toAbsolutePath(), System.getenv(), FileView.umask());
    OutputRegistry outputs = new OutputRegistry(factory, Limits.DEFAULT, new Counters());
    try {
      return driver.link(invocation, outputs, events).status();
    } finally {
      outputs.closeAll("the link has ended");
    }
  }

  private static void cancel(ConsoleEvents events, CountDownLatch ended) {
    events.cancel();
    try {
      ended.await(CANCEL_SECONDS_MAX, TimeUnit.SECONDS);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }
}
