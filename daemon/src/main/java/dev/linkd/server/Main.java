package dev.linkd.server;

import dev.linkd.elf.ElfOutputs;
import java.util.Optional;
import picocli.CommandLine;

/** Entry point of the daemon: puts the formats and the services together. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    DaemonCommand command = new DaemonCommand(new ElfOutputs(), Optional.empty());
    System.exit(
        new CommandLine(command).setCaseInsensitiveEnumValuesAllowed(true).execute(arguments));
  }
}
