package dev.linkd.client.command;

import dev.linkd.client.DaemonLauncher;
import dev.linkd.client.ProcessImage;
import dev.linkd.client.UnavailableException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The link without a daemon: this process is replaced by {@code linkd link}, which keeps its
 * number, its working directory and its streams, so that whoever waits for it or kills it notices
 * nothing.
 *
 * @param arguments those of ld
 */
record OwnLink(List<String> arguments) {
  private static final String EXPLAIN = "linkd-explain";

  /** Whether the user wants to know what is done and why. */
  boolean explained() {
    return arguments.stream().anyMatch(a -> a.equals("--" + EXPLAIN) || a.equals("-" + EXPLAIN));
  }

  /**
   * Does not return unless it fails.
   *
   * @param reason why no daemon links
   */
  int run(String reason) throws IOException, InterruptedException {
    String program = DaemonLauncher.installedCommand();
    if (program.isEmpty()) {
      throw new UnavailableException(reason);
    }
    if (explained()) {
      explain(reason);
    }
    List<String> command = new ArrayList<>(List.of(program, "link", "--"));
    command.addAll(arguments);
    throw ProcessImage.replace(command);
  }

  @SuppressWarnings("SystemOut") // the text of a linker
  private static void explain(String reason) {
    System.err.println(LinkInvocation.PROGRAM + ": linked in its own process: " + reason);
    System.err.flush();
  }
}
