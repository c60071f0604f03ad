package dev.linkd.client.command;

import com.google.protobuf.ByteString;
import dev.linkd.client.DaemonConnection;
import dev.linkd.v1.LinkRequest;
import dev.linkd.v1.LinkResponse;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code linkctl ld}. */
@Command(
    name = "ld",
    description =
        "Runs an ld command line in the daemon, which keeps what it learns for the next time:"
            + " linkctl ld -- -o program crt1.o main.o -lc. The exit code is that of the link.")
final class LdCommand implements Callable<Integer> {
  private static final String PROGRAM = "ld.linkd";

  @ParentCommand private Linkctl linkctl = new Linkctl();

  @Parameters(arity = "0..*", paramLabel = "ARGUMENT", description = "What ld understands.")
  private List<String> arguments = new ArrayList<>();

  @Override
  public Integer call() throws Exception {
    try (DaemonConnection daemon = linkctl.connect()) {
      Iterator<LinkResponse> events = daemon.link().link(request());
      while (events.hasNext()) {
        LinkResponse event = events.next();
        if (event.hasExit()) {
          return event.getExit().getStatus();
        }
        print(event);
      }
      throw new RequestFault("the daemon ended the invocation without a result; see its log");
    }
  }

  private LinkRequest request() throws IOException {
    LinkRequest.Builder request =
        LinkRequest.newBuilder()
            .setProgram(ByteString.copyFromUtf8(PROGRAM))
            .setDirectory(ByteString.copyFromUtf8(System.getProperty("user.dir", "/")))
            .setUmask(umask());
    arguments.forEach(argument -> request.addArguments(ByteString.copyFromUtf8(argument)));
    System.getenv()
        .forEach(
            (name, value) -> request.addEnvironment(ByteString.copyFromUtf8(name + "=" + value)));
    return request.build();
  }

  /** The mask of this process; Java has no call for it. */
  private static int umask() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("Umask:")) {
        return Integer.parseInt(line.substring("Umask:".length()).strip(), 8);
      }
    }
    throw new IOException("/proc/self/status names no umask");
  }

  /** As a linker prints: bytes as they are, diagnostics on standard error. */
  @SuppressWarnings("SystemOut") // the text of another program, in its own bytes
  private void print(LinkResponse event) throws IOException {
    switch (event.getEventCase()) {
      case STANDARD_OUTPUT -> write(System.out, event.getStandardOutput());
      case STANDARD_ERROR -> write(System.err, event.getStandardError());
      case DIAGNOSTIC ->
          linkctl
              .printer()
              .error(PROGRAM + ": " + Diagnostics.text(event.getDiagnostic(), Colours.usual()));
      case PROGRESS, EXIT, EVENT_NOT_SET -> {}
    }
  }

  private static void write(PrintStream stream, ByteString bytes) throws IOException {
    bytes.writeTo(stream);
    stream.flush();
  }
}
