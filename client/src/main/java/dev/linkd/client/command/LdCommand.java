package dev.linkd.client.command;

import com.google.protobuf.ByteString;
import dev.linkd.client.DaemonConnection;
import dev.linkd.client.DaemonLauncher;
import dev.linkd.client.UnavailableException;
import dev.linkd.rendezvous.BuildId;
import dev.linkd.rendezvous.Terminal;
import dev.linkd.v1.Colour;
import dev.linkd.v1.LinkResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/**
 * {@code linkctl ld}. The daemon links; without one that can be used this process becomes a linker
 * itself, so that a build never fails for want of a daemon.
 */
@Command(
    name = "ld",
    description =
        "Runs an ld command line in the daemon, which keeps what it learns for the next time:"
            + " linkctl ld -- -o program crt1.o main.o -lc. The exit code is that of the link."
            + " Without a daemon it links in its own process.")
final class LdCommand implements Callable<Integer> {
  private static final String NO_DAEMON = "linkd-no-daemon";

  @ParentCommand private Linkctl linkctl = new Linkctl();

  @Parameters(arity = "0..*", paramLabel = "ARGUMENT", description = "What ld understands.")
  private List<String> arguments = new ArrayList<>();

  private boolean coloured = Terminal.wantsColour();

  @Override
  public Integer call() throws Exception {
    OwnLink own = new OwnLink(arguments);
    if (DaemonLauncher.off() || arguments.stream().anyMatch(LdCommand::isNoDaemon)) {
      return own.run("no daemon is wanted");
    }
    String obstacle;
    try (DaemonConnection daemon = linkctl.connect()) {
      checkFrontEnd(System.getenv("LINKD_FRONT_END_BUILD"));
      return link(daemon);
    } catch (IOException fault) {
      obstacle = obstacle(fault);
      warn(obstacle, own.explained());
    } catch (StatusRuntimeException fault) {
      obstacle = obstacle(fault);
      if (isDefect(fault)) {
        error("the daemon failed (" + obstacle + "); linking without it");
      } else {
        warn(obstacle, own.explained());
      }
    }
    return own.run(obstacle);
  }

  /** Links go on, but each takes as long as a first one: somebody has to know. */
  private void warn(String obstacle, boolean always) throws IOException {
    String text = "no daemon: " + obstacle + "; linking in this process";
    if (always || new SeldomWarning(linkctl.socketPath()).isDue(text)) {
      error(text);
    }
  }

  /** The front-end in C cannot talk to the daemon of another build: each link starts a JVM. */
  private void checkFrontEnd(@Nullable String build) throws IOException {
    String text =
        "this ld.linkd was compiled for another build of linkd, so each link takes longer;"
            + " remove lib/native, and the next link compiles it anew";
    if (build != null
        && !build.equals(BuildId.current())
        && new SeldomWarning(linkctl.socketPath()).isDue(text)) {
      error(text);
    }
  }

  private void error(String text) {
    String warning = Terminal.warning(coloured);
    linkctl.printer().error(LinkInvocation.PROGRAM + ": " + warning + " " + text);
  }

  private static boolean isDefect(StatusRuntimeException fault) {
    Status.Code code = fault.getStatus().getCode();
    return code == Status.Code.INTERNAL || code == Status.Code.UNKNOWN;
  }

  private static String obstacle(IOException fault) {
    return fault instanceof UnavailableException unavailable
        ? unavailable.brief()
        : fault.toString();
  }

  private static boolean isNoDaemon(String argument) {
    return argument.equals("--" + NO_DAEMON) || argument.equals("-" + NO_DAEMON);
  }

  /** Why the daemon does not link; faults of the request itself are the caller's. */
  private static String obstacle(StatusRuntimeException fault) {
    Status status = fault.getStatus();
    if (status.getCode() == Status.Code.INVALID_ARGUMENT) {
      throw fault;
    }
    if (isBroken(fault)) {
      return "the daemon ended during the link";
    }
    @Nullable String description = status.getDescription();
    return description == null ? status.getCode().name() : description;
  }

  /** Whether no daemon said it: only the connection broke, or was ended with all others. */
  private static boolean isBroken(StatusRuntimeException fault) {
    com.google.rpc.@Nullable Status said = StatusProto.fromThrowable(fault);
    Status.Code code = fault.getStatus().getCode();
    return code == Status.Code.CANCELLED
        || (code == Status.Code.UNAVAILABLE && (said == null || said.getDetailsCount() == 0));
  }

  private int link(DaemonConnection daemon) throws IOException {
    Iterator<LinkResponse> events = daemon.link().link(LinkInvocation.request(arguments));
    while (events.hasNext()) {
      LinkResponse event = events.next();
      if (event.hasExit()) {
        return event.getExit().getStatus();
      }
      print(event);
    }
    throw Status.UNAVAILABLE
        .withDescription("the daemon ended the invocation without a result")
        .asRuntimeException();
  }

  /** As a linker prints: bytes as they are, diagnostics on standard error. */
  @SuppressWarnings("SystemOut") // the text of another program, in its own bytes
  private void print(LinkResponse event) throws IOException {
    switch (event.getEventCase()) {
      case STANDARD_OUTPUT -> write(System.out, event.getStandardOutput());
      case STANDARD_ERROR -> write(System.err, event.getStandardError());
      case COLOUR -> coloured = event.getColour() == Colour.COLOUR_ALWAYS;
      case DIAGNOSTIC ->
          linkctl
              .printer()
              .error(
                  LinkInvocation.PROGRAM
                      + ": "
                      + Diagnostics.linkerText(event.getDiagnostic(), coloured));
      case PROGRESS, EXIT, EVENT_NOT_SET -> {}
    }
  }

  private static void write(PrintStream stream, ByteString bytes) throws IOException {
    bytes.writeTo(stream);
    stream.flush();
  }
}
