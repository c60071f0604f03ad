package dev.linkd.client.command;

import dev.linkd.client.DaemonConnection;
import dev.linkd.client.DaemonConnector;
import dev.linkd.rendezvous.SocketPath;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The client for people. */
@Command(
    name = "linkctl",
    description = "Talks to linkd, which keeps links resident and patches their outputs.",
    mixinStandardHelpOptions = true,
    versionProvider = ClientRelease.class,
    scope = ScopeType.INHERIT,
    sortOptions = false,
    usageHelpAutoWidth = true,
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:success",
      "1:the program that is linked has errors, or verify found differences",
      "2:wrong usage",
      "3:no daemon runs and none could be started, or it does not end",
      "4:the daemon refused the request",
      "5:the demo lacks something, a compiler say",
      "6:standard output could not be written"
    },
    footer = {
      "",
      "The daemon is started by the first command that needs it, and stops by itself",
      "when it is not used for three hours. LINKD_DAEMON names its program (off: ld",
      "links without a daemon), LINKD_SOCKET its socket."
    },
    subcommands = {
      DemoCommand.class,
      StatusCommand.class,
      OutputsCommand.class,
      OpenCommand.class,
      ApplyCommand.class,
      FlushCommand.class,
      WatchCommand.class,
      DumpCommand.class,
      QueryCommand.class,
      VerifyCommand.class,
      CloseCommand.class,
      StopCommand.class,
      StatsCommand.class,
      LdCommand.class,
      CompletionCommand.class
    })
public final class Linkctl implements Runnable {
  @Option(
      names = "--socket",
      paramLabel = "PATH",
      scope = ScopeType.INHERIT,
      description = "Socket of the daemon; default: $LINKD_SOCKET, else the user's own.")
  private @Nullable Path socket;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      scope = ScopeType.INHERIT,
      description = "text or json. Default: text.")
  private Format format = Format.text;

  @Spec private @Nullable CommandSpec spec;

  /** The command line of {@code linkctl}. */
  public static CommandLine commandLine() {
    return new CommandLine(new Linkctl())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExpandAtFiles(false) // a response file is the linker's own
        .setParameterExceptionHandler(new UsageFaults())
        .setExecutionExceptionHandler(new Faults());
  }

  @Override
  public void run() {
    throw new ParameterException(spec().commandLine(), "name a command");
  }

  /** What the commands print to. */
  Printer printer() {
    CommandLine line = spec().commandLine();
    return new Printer(line.getOut(), line.getErr(), format, Colours.usual());
  }

  /** The daemon, started when necessary. */
  DaemonConnection connect() throws IOException, InterruptedException {
    return new DaemonConnector(socketPath()).connect();
  }

  /** The daemon that runs. */
  DaemonConnection connectRunning() throws IOException {
    return new DaemonConnector(socketPath()).connectRunning();
  }

  /** The socket of the daemon. */
  Path socketPath() throws IOException {
    return socket == null ? SocketPath.usual(System.getenv()) : socket.toAbsolutePath();
  }

  private CommandSpec spec() {
    if (spec == null) {
      throw new IllegalStateException("not started through a command line");
    }
    return spec;
  }
}
